/* Starts the helper `fsprobe`. See probing.h; the contract is common/protocol/fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/probing.h"

#include <string.h>

#include "common/escape.h"
#include "common/protocol/fsprobe.h"
#include "loader/helpers/call.h"
#include "loader/helpers/member.h"
#include "loader/host/open_file.h"

/* No disk that can be read takes so long, and no half gigabyte so much longer. Seconds. */
#define PROBE_SECONDS 20
#define COPY_SECONDS  120

#define OUTPUTS 2 /* the kernel's and the ramdisk's */

/* What is open for the helper; those of OUTPUTS, or of nobody else. */
struct opened {
    int fds[GUEST_DISKS_MAX + OUTPUTS + 1];
    size_t count;
};

static void close_all(struct opened *opened)
{
    while (opened->count > 0)
        close_fd(&opened->fds[--opened->count]);
}

static bool copies(const struct probing *probing)
{
    return probing->outputs || probing->fds;
}

static void close_stream(const struct probing *probing)
{
    int fd = probing->stream;

    if (probing->streams)
        close_fd(&fd);
}

/* --- the request ------------------------------------------------------------------------- */

static json_t *names_json(const struct probing *probing)
{
    json_t *names = json_array();

    for (size_t i = 0; i < probing->count; i++) {
        auto_free char *name = text_escape(probing->disks[i]);
        json_array_append_new(names, json_string(name));
    }
    return names;
}

static char *make_request(const struct probing *probing, json_t *request, struct error *err)
{
    json_object_set_new(request, "disks", names_json(probing));
    if (copies(probing))
        json_object_set_new(request, "copy",
                            json_pack("{s:I,s:I}", "kernel_max",
                                      (json_int_t)probing->limits.kernel_max, "ramdisk_max",
                                      (json_int_t)probing->limits.ramdisk_max));
    helper_add_user(request, probing->settings);
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (!text)
        error_set(err, ERROR_INTERNAL, "cannot make the request for the helper fsprobe");
    return text;
}

/* --- descriptors ------------------------------------------------------------------------- */

static int open_disks(const struct probing *probing, struct opened *opened, struct error *err)
{
    for (size_t i = 0; i < probing->count; i++) {
        int fd = disk_open(probing->disks[i], "disk", true, ERROR_INTERNAL, err);
        if (fd < 0)
            return -1;
        opened->fds[opened->count++] = fd;
    }
    return 0;
}

static int open_outputs(const struct probing *probing, struct opened *opened, struct error *err)
{
    struct outputs *outputs = probing->outputs;

    for (size_t i = 0; copies(probing) && i < OUTPUTS; i++) {
        const struct output_file given = {.fd = outputs ? -1 : probing->fds[i]};
        struct output_file *own = !outputs ? NULL : i ? &outputs->ramdisk : &outputs->kernel;

        if (own && outputs_make(outputs, own, err) < 0)
            return -1;
        int fd = output_file_write_fd(own ? own : &given, err);
        if (fd < 0)
            return -1;
        opened->fds[opened->count++] = fd;
    }
    return 0;
}

static int seal_outputs(struct outputs *outputs, struct error *err)
{
    if (!outputs)
        return 0;
    return output_file_seal(&outputs->kernel, err) < 0 ? -1
                                                       : output_file_seal(&outputs->ramdisk, err);
}

void probing_drop(struct outputs *outputs)
{
    outputs_drop(outputs, &outputs->ramdisk);
    outputs_drop(outputs, &outputs->kernel);
}

/* --- the answer -------------------------------------------------------------------------- */

static int bad_copy(const char *kind, struct error *err)
{
    return error_set(err, ERROR_INTERNAL,
                     "the helper fsprobe gave a %s that does not fit its answer", kind);
}

int probing_take_copies(const struct probing *probing, const json_t *answer, bool there,
                        struct error *err)
{
    struct outputs *outputs = probing->outputs;
    const json_t *copied = json_object_get(answer, "copied");
    const json_t *ramdisk = json_object_get(copied, "ramdisk");

    if (!there) {
        probing_drop(outputs);
        return 0;
    }
    if (!member_fits(copied, "kernel", outputs->kernel.fd, probing->limits.kernel_max))
        return bad_copy("kernel", err);
    if (!ramdisk || json_is_null(ramdisk)) {
        outputs_drop(outputs, &outputs->ramdisk);
        return 0;
    }
    if (!member_fits(copied, "ramdisk", outputs->ramdisk.fd, probing->limits.ramdisk_max))
        return bad_copy("ramdisk", err);
    return 0;
}

/* --- together ---------------------------------------------------------------------------- */

static int run_helper(const struct probing *probing, const char *request,
                      const struct opened *opened, json_t **answer, json_t **failure,
                      struct error *err)
{
    const struct helper_call call = {.name = FSPROBE_NAME,
                                     .request = request,
                                     .fds = opened->fds,
                                     .fd_count = opened->count,
                                     .total_seconds = probing->slow
                                                          ? helper_seconds(probing->settings)
                                                      : copies(probing) ? COPY_SECONDS
                                                                        : PROBE_SECONDS,
                                     .total_setting = probing->slow ? "fetch-timeout" : NULL,
                                     .doing = copies(probing) ? "copying" : NULL,
                                     .quiet = probing->settings->quiet};
    json_auto_t *own = NULL;

    if (helper_run(&call, answer, &own, err) == 0)
        return 0;
    const char *file = member_text(own, "file");
    if (err->name == ERROR_LIMITS && file)
        (void)fetch_limit_hint(probing->settings, &probing->limits,
                               strcmp(file, "kernel") == 0 ? "kernel" : "ramdisk", err);
    if (failure)
        *failure = json_incref(own);
    return -1;
}

int probing_run(const struct probing *probing, json_t *request, json_t **answer, json_t **failure,
                struct error *err)
{
    auto_free char *text = make_request(probing, request, err);
    struct opened opened = {.count = 0};

    if (!text) {
        close_stream(probing);
        return -1;
    }
    if (probing->count > GUEST_DISKS_MAX) {
        close_stream(probing);
        return error_set(err, ERROR_USAGE, "%zu disks are more than the %d that are looked at",
                         probing->count, GUEST_DISKS_MAX);
    }
    int result = open_disks(probing, &opened, err);
    if (probing->streams)
        opened.fds[opened.count++] = probing->stream;
    if (result == 0)
        result = open_outputs(probing, &opened, err);
    if (result == 0)
        result = run_helper(probing, text, &opened, answer, failure, err);
    close_all(&opened);
    return result < 0 ? -1 : seal_outputs(probing->outputs, err);
}
