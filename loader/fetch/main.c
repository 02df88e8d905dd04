/* fetch: gets a kernel and a ramdisk from a network repository, for eliloader, which starts
 * it (see fetch.h). It reads its request, locks itself in, and only then talks to anyone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <malloc.h>
#include <string.h>

#include <curl/curl.h>

#include "common/helper/start.h"
#include "common/protocol/fetch.h"
#include "loader/fetch/kinds.h"
#include "loader/fetch/layouts.h"
#include "loader/fetch/names.h"
#include "loader/fetch/sums.h"

/* Address space: 16 MiB are used, libraries and threads' stacks are mapped beside them. */
#define MEMORY_MAX (512ULL * 1024 * 1024)
/* TLS and all digests take less than 10 seconds of a core for a gigabyte. */
#define CPU_SECONDS_MAX 3600
/* Connections, the resolver's sockets, curl's own. */
#define DESCRIPTORS_MAX 64

/* What the resolver and TLS read: configuration, modules, certificates. */
static const char *const read_paths[] = {"/etc",
                                         "/lib",
                                         "/lib64",
                                         "/usr/lib",
                                         "/usr/lib64",
                                         "/usr/share",
                                         "/usr/local/share/ca-certificates",
                                         "/run",
                                         "/var/run",
                                         NULL};

/* TCP ports that are needed: of names' servers, and the source's. */
#define PORTS_MAX (1 + SOURCE_PORTS_MAX)
#define PORT_DNS  53

static int lock_in(const struct fetch_request *request, const struct source_needs *needs,
                   struct report *report, struct error *err)
{
    uint16_t ports[PORTS_MAX] = {PORT_DNS};
    struct confine policy = {
        .uid = request->uid,
        .own_user = request->own_user,
        .complete = request->complete,
        .memory = MEMORY_MAX,
        .file_size =
            request->kernel_max > request->ramdisk_max ? request->kernel_max : request->ramdisk_max,
        .cpu_seconds = CPU_SECONDS_MAX,
        .descriptors = DESCRIPTORS_MAX,
        .threads = true,
        .network = request->repository != NULL,
        .bind = needs->bind,
        .privileged_ports = needs->privileged_ports,
        .ports = needs->any_port ? NULL : ports,
        .port_count = 1 + needs->port_count,
        .lenient = true,
        .read_paths = read_paths,
    };

    memcpy(ports + 1, needs->ports, needs->port_count * sizeof *ports);
    return helper_confine(FETCH_NAME, &policy, report, err);
}

static int fetch(const struct fetch_request *request, struct file_source *source,
                 struct fetch_result *fetched, const char **blamed, struct error *err)
{
    struct sink_spec spec = {
        .fds = {[BOOT_KERNEL] = FETCH_KERNEL_FD, [BOOT_RAMDISK] = FETCH_RAMDISK_FD},
        .names = {[BOOT_KERNEL] = "kernel", [BOOT_RAMDISK] = "ramdisk"},
        .waiting = source_progress,
        .context = source,
    };
    struct sink *sink = sink_new(&spec, err);

    if (!sink)
        return -1;
    int result = layouts_fetch(request, source, sink, fetched, blamed, err);
    sink_free(sink);
    return result;
}

static void take_settings(const struct fetch_request *request, struct source_settings *settings)
{
    *settings = (struct source_settings){
        .repository = request->repository,
        .proxy = request->proxy,
        .cacert = request->cacert,
        .agent = request->agent,
        .connect_timeout = request->connect_timeout,
        .stall_timeout = request->stall_timeout,
        .total_timeout = request->total_timeout,
        .allow_downgrade = request->downgrade,
        .redirects = request->redirects_any       ? REACH_ALLOW_ANY
                     : request->redirects_private ? REACH_ALLOW_PRIVATE
                                                  : REACH_ALLOW_PUBLIC,
    };
}

/* What REQUEST asks of its repository, which is of KIND. */
static int ask_repository(const struct fetch_request *request, const struct source_kind *kind,
                          const struct source_settings *settings, struct report *report,
                          struct fetch_result *fetched, const char **blamed, struct error *err)
{
    const char *path = request->ramdisk ? request->ramdisk : "";
    struct file_source source = {.kind = NULL};
    int result = source_open(&source, kind, settings, report, err);

    if (result == 0)
        result = request->sums
                     ? sums_of_url(&source, path, request->ramdisk_max, &fetched->sums, err)
                     : fetch(request, &source, fetched, blamed, err);
    source_close(&source);
    return result;
}

static int run(struct report *report, struct fetch_result *fetched, const char **blamed,
               struct error *err)
{
    auto_fetch_request struct fetch_request request = {0};
    auto_buffer struct buffer text = BUFFER_INIT(0);
    const struct source_kind *kind = NULL;
    struct source_needs needs = {.port_count = 0};
    struct source_settings settings;

    if (helper_read_request(FETCH_NAME, FETCH_REQUEST_MAX, &text, err) < 0 ||
        fetch_request_parse(buffer_text(&text), text.length, &request, err) < 0)
        return -1;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "cannot start libcurl");
    names_prepare();
    take_settings(&request, &settings);
    if (request.repository) {
        kind = kind_of_source(request.repository);
        kind->needs(&settings, &needs);
    }
    if (lock_in(&request, &needs, report, err) < 0)
        return -1;
    fetched->sums_taken = request.sums;
    if (!kind)
        return sums_of_file(FETCH_FILE_FD, request.ramdisk_max,
                            request.all_digests ? DIGESTS_OF_TABLES : request.ramdisk_digests,
                            report, &fetched->sums, err);
    return ask_repository(&request, kind, &settings, report, fetched, blamed, err);
}

int main(int argc, char **argv)
{
    struct report report = {.fd = CHILD_ANSWER_FD};
    struct fetch_result fetched = {0};
    auto_error struct error err = ERROR_INIT;
    const char *blamed = NULL;
    int result;

    if (!helper_arguments(FETCH_NAME, argc, argv, &result))
        return result;
    /* One heap for all threads: a second one would cost more than all it holds. */
    mallopt(M_ARENA_MAX, 1);
    result = run(&report, &fetched, &blamed, &err);
    result = result == 0 ? fetch_answer(&report, &fetched)
                         : fetch_answer_error(&report, &err, blamed, &fetched);
    fetch_result_free(&fetched);
    return result == 0 ? 0 : 1;
}
