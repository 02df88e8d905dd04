/* Starts the helper `fsprobe` and checks the shape of its answer once, so that nobody else
 * has to. See fsprobe.h; the contract is common/protocol/fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/fsprobe.h"

#include <string.h>

#include "common/escape.h"
#include "common/protocol/fsprobe.h"
#include "loader/helpers/call.h"
#include "loader/helpers/fsprobe_answer.h"
#include "loader/helpers/member.h"
#include "loader/host/open_file.h"

/* No disk that can be read takes so long, and no half gigabyte so much longer. Seconds. */
#define PROBE_SECONDS 20
#define COPY_SECONDS  120

#define OUTPUTS 2 /* the kernel's and the ramdisk's */

/* What one probe is about, and what it holds open. */
struct probing {
    const struct settings *settings;
    char *const *disks;
    size_t count;
    struct probe_want want;
    struct fetch_limits limits;
    int fds[GUEST_DISKS_MAX + OUTPUTS];
    size_t opened;
};

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

static json_t *select_json(const struct probe_want *want)
{
    json_t *select = json_pack("{s:s?,s:s?,s:s?}", "entry", want->entry, "kernel", want->kernel,
                               "ramdisk", want->ramdisk);

    if (select && want->has_offset)
        json_object_set_new(select, "offset", json_integer((json_int_t)want->offset));
    if (select && want->volume)
        json_object_set_new(select, "volume", json_string(want->volume));
    if (select && want->has_partition)
        json_object_set_new(select, "partition", json_integer((json_int_t)want->partition));
    return select;
}

static json_t *copy_json(const struct probing *probing)
{
    if (!probing->want.outputs)
        return json_null();
    return json_pack("{s:I,s:I}", "kernel_max", (json_int_t)probing->limits.kernel_max,
                     "ramdisk_max", (json_int_t)probing->limits.ramdisk_max);
}

static char *make_request(const struct probing *probing, struct error *err)
{
    const struct probe_want *want = &probing->want;
    json_t *request = json_pack("{s:o, s:s?, s:s?, s:o, s:o}", "disks", names_json(probing),
                                "family", want->family, "arch", want->arch, "select",
                                select_json(want), "copy", copy_json(probing));
    helper_add_user(request, probing->settings);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;

    json_decref(request);
    /* jansson takes no text that is not UTF-8. */
    if (!text)
        error_set(err, ERROR_USAGE,
                  "cannot ask for that entry, kernel or ramdisk: it is not UTF-8");
    return text;
}

/* --- descriptors ------------------------------------------------------------------------- */

static int open_disks(struct probing *probing, struct error *err)
{
    for (size_t i = 0; i < probing->count; i++) {
        int fd = disk_open(probing->disks[i], "disk", true, ERROR_INTERNAL, err);
        if (fd < 0)
            return -1;
        probing->fds[probing->opened++] = fd;
    }
    return 0;
}

static int open_outputs(struct probing *probing, struct error *err)
{
    struct outputs *outputs = probing->want.outputs;

    if (!outputs)
        return 0;
    struct output_file *const files[OUTPUTS] = {&outputs->kernel, &outputs->ramdisk};
    for (size_t i = 0; i < OUTPUTS; i++) {
        int fd =
            outputs_make(outputs, files[i], err) < 0 ? -1 : output_file_write_fd(files[i], err);
        if (fd < 0)
            return -1;
        probing->fds[probing->opened++] = fd;
    }
    return 0;
}

static void close_all(struct probing *probing)
{
    while (probing->opened > 0)
        close_fd(&probing->fds[--probing->opened]);
}

static int seal_outputs(struct outputs *outputs, struct error *err)
{
    return output_file_seal(&outputs->kernel, err) < 0 ? -1
                                                       : output_file_seal(&outputs->ramdisk, err);
}

static void drop_outputs(struct outputs *outputs)
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

static int check_copies(const struct probing *probing, const json_t *answer, bool boots,
                        struct error *err)
{
    struct outputs *outputs = probing->want.outputs;
    const json_t *copied = json_object_get(answer, "copied");
    const json_t *ramdisk = json_object_get(copied, "ramdisk");

    if (!boots) {
        drop_outputs(outputs);
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

static int run_helper(const struct probing *probing, const char *request, json_t **answer,
                      struct error *err)
{
    const struct helper_call call = {.name = "fsprobe",
                                     .request = request,
                                     .fds = probing->fds,
                                     .fd_count = probing->opened,
                                     .total_seconds =
                                         probing->want.outputs ? COPY_SECONDS : PROBE_SECONDS};
    json_auto_t *failure = NULL;

    if (helper_run(&call, answer, &failure, err) == 0)
        return 0;
    const char *file = member_text(failure, "file");
    if (err->name == ERROR_LIMITS && file)
        (void)fetch_limit_hint(probing->settings, &probing->limits,
                               strcmp(file, "kernel") == 0 ? "kernel" : "ramdisk", err);
    return -1;
}

static int probe(struct probing *probing, struct probed *probed, struct error *err)
{
    json_auto_t *answer = NULL;
    auto_free char *request = make_request(probing, err);

    if (!request || open_disks(probing, err) < 0 || open_outputs(probing, err) < 0)
        return -1;
    int ended = run_helper(probing, request, &answer, err);
    close_all(probing);
    if (ended < 0 || (probing->want.outputs && seal_outputs(probing->want.outputs, err) < 0) ||
        probed_read(answer, probing->count, probed, err) < 0 ||
        (probing->want.outputs && check_copies(probing, answer, probed->boots, err) < 0)) {
        probed_free(probed);
        return error_prefix(err, "cannot %s %s", probing->want.outputs ? "boot from" : "probe",
                            probing->count ? probing->disks[0] : "nothing");
    }
    return 0;
}

int probe_disks(const struct settings *settings, char *const *disks, size_t count,
                const struct probe_want *want, struct probed *probed, struct error *err)
{
    struct probing probing = {.settings = settings, .disks = disks, .count = count};

    if (count > GUEST_DISKS_MAX)
        return error_set(err, ERROR_USAGE, "%zu disks are more than the %d that are looked at",
                         count, GUEST_DISKS_MAX);
    if (want)
        probing.want = *want;
    probing.limits = (struct fetch_limits){
        .kernel_max = probing.want.kernel_max ? probing.want.kernel_max : settings->kernel_max,
        .ramdisk_max = probing.want.ramdisk_max ? probing.want.ramdisk_max : settings->ramdisk_max,
        .vm = probing.want.vm,
        .kernel_reason = probing.want.kernel_reason,
        .ramdisk_reason = probing.want.ramdisk_reason};
    int result = probe(&probing, probed, err);
    close_all(&probing);
    if (result < 0 && probing.want.outputs)
        drop_outputs(probing.want.outputs);
    return result;
}
