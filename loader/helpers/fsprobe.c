/* Asks the helper `fsprobe` what boots, and checks the shape of its answer once, so that nobody
 * else has to. See fsprobe.h; the contract is common/protocol/fsprobe.h. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "loader/helpers/fsprobe.h"

#include <string.h>

#include "common/protocol/fsprobe.h"
#include "loader/helpers/fsprobe_answer.h"
#include "loader/helpers/probing.h"

/* What one probe is about. */
struct boot_probing {
    struct probing probing;
    struct probe_want want;
};

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

/* jansson takes no text that is not UTF-8. */
static json_t *make_request(const struct probe_want *want, struct error *err)
{
    json_t *request = json_pack("{s:s?, s:s?, s:b, s:o, s:b}", "family", want->family, "arch",
                                want->arch, "well_known", (int)want->well_known, "select",
                                select_json(want), "subvolumes", (int)want->subvolumes);

    if (!request)
        error_set(err, ERROR_USAGE,
                  "cannot ask for that entry, kernel or ramdisk: it is not UTF-8");
    return request;
}

static int probe(struct boot_probing *boot, struct probed *probed, struct error *err)
{
    struct probing *probing = &boot->probing;
    struct outputs *outputs = boot->want.outputs;
    json_t *request = make_request(&boot->want, err);
    json_auto_t *answer = NULL;

    if (!request)
        return -1;
    if (probing_run(probing, request, &answer, NULL, err) < 0 ||
        probed_read(answer, probing->count, probed, err) < 0 ||
        (outputs && probing_take_copies(probing, answer, probed->boots, err) < 0)) {
        probed_free(probed);
        return error_prefix(err, "cannot %s %s", outputs ? "boot from" : "probe",
                            probing->count ? probing->disks[0] : "nothing");
    }
    return 0;
}

int probe_disks(const struct settings *settings, char *const *disks, size_t count,
                const struct probe_want *want, struct probed *probed, struct error *err)
{
    struct boot_probing boot = {.want = {.entry = NULL}};

    if (want)
        boot.want = *want;
    want = &boot.want;
    boot.probing = (struct probing){
        .settings = settings,
        .disks = disks,
        .count = count,
        .outputs = want->outputs,
        .limits = {.kernel_max = want->kernel_max ? want->kernel_max : settings->kernel_max,
                   .ramdisk_max = want->ramdisk_max ? want->ramdisk_max : settings->ramdisk_max,
                   .vm = want->vm,
                   .kernel_reason = want->kernel_reason,
                   .ramdisk_reason = want->ramdisk_reason}};
    int result = probe(&boot, probed, err);
    if (result < 0 && want->outputs)
        probing_drop(want->outputs);
    return result;
}
