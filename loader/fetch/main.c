/* fetch: gets a kernel and a ramdisk from a network repository, for eliloader, which starts
 * it (see fetch.h). It reads its request, locks itself in, and only then talks to anyone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/confine.h"
#include "common/io.h"
#include "common/protocol/fetch.h"
#include "loader/fetch/layouts.h"
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

static int read_request(struct fetch_request *request, struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(FETCH_REQUEST_MAX);

    if (read_all(STDIN_FILENO, &text) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot read the request to fetch");
    return request_parse(buffer_text(&text), text.length, request, err);
}

static int lock_in(const struct fetch_request *request, struct report *report, struct error *err)
{
    auto_buffer struct buffer missing = BUFFER_INIT(256);
    struct confine policy = {
        .uid = request->uid,
        .memory = MEMORY_MAX,
        .file_size =
            request->kernel_max > request->ramdisk_max ? request->kernel_max : request->ramdisk_max,
        .cpu_seconds = CPU_SECONDS_MAX,
        .descriptors = DESCRIPTORS_MAX,
        .threads = true,
        .network = true,
        .lenient = true,
        .read_paths = read_paths,
    };

    if (confine_enter(&policy, &missing, err) < 0)
        return -1;
    if (missing.length > 0)
        report_note(report, "this host's kernel lacks %s: fetch runs with less confinement",
                    buffer_text(&missing));
    return 0;
}

static int fetch(struct http *http, struct fetch_result *fetched, const char **blamed,
                 struct error *err)
{
    struct sink_spec spec = {
        .fds = {[BOOT_KERNEL] = FETCH_KERNEL_FD, [BOOT_RAMDISK] = FETCH_RAMDISK_FD},
        .names = {[BOOT_KERNEL] = "kernel", [BOOT_RAMDISK] = "ramdisk"},
        .waiting = http_progress,
        .context = http,
    };
    struct sink *sink = sink_new(&spec, err);

    if (!sink)
        return -1;
    int result = layouts_fetch(http, sink, fetched, blamed, err);
    sink_free(sink);
    return result;
}

/* One file's sums, and nothing else: from the repository, or of the file that was given. */
static int take_sums(const struct fetch_request *request, struct http *http, struct report *report,
                     struct sums *sums, struct error *err)
{
    if (!request->repository)
        return sums_of_file(FETCH_FILE_FD, request->ramdisk_max, report, sums, err);
    int result = http_open(http, request, report, err);
    if (result == 0)
        result = sums_of_url(http, request->ramdisk_max, sums, err);
    http_close(http);
    return result;
}

static int run(struct report *report, struct fetch_result *fetched, const char **blamed,
               struct error *err)
{
    auto_request struct fetch_request request = {0};
    struct http http = {0};

    if (read_request(&request, err) < 0)
        return -1;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "cannot start libcurl");
    if (lock_in(&request, report, err) < 0)
        return -1;
    if (request.sums) {
        fetched->sums_taken = true;
        return take_sums(&request, &http, report, &fetched->sums, err);
    }
    int result = http_open(&http, &request, report, err);
    if (result == 0)
        result = fetch(&http, fetched, blamed, err);
    http_close(&http);
    return result;
}

static int usage(void)
{
    fprintf(stderr, "fetch is a helper that eliloader starts; it is of no use by itself. "
                    "See \"eliloader fetch --help\".\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct report report = {.fd = CHILD_ANSWER_FD};
    struct fetch_result fetched = {0};
    auto_error struct error err = ERROR_INIT;
    const char *blamed = NULL;

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("fetch (eliloader) " ELILOADER_VERSION "\n");
        return 0;
    }
    if (argc > 1)
        return usage();
    /* One heap for all threads: a second one would cost more than all it holds. */
    mallopt(M_ARENA_MAX, 1);
    signal(SIGPIPE, SIG_IGN);
    int result = run(&report, &fetched, &blamed, &err);
    result = result == 0 ? report_answer(&report, &fetched)
                         : report_error(&report, &err, blamed, &fetched);
    fetch_result_free(&fetched);
    return result == 0 ? 0 : 1;
}
