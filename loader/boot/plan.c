/* What is asked of whoever boots an installed guest, and what is said when nobody can. See plan.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/plan.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "distros/recognise.h"
#include "loader/host/open_file.h"

/* No disk has more bytes. */
#define OFFSET_MAX INT64_MAX

void boot_plan_free(struct boot_plan *plan)
{
    settings_free(&plan->words);
    replace_string(&plan->args, NULL);
    replace_string(&plan->instead, NULL);
    free(plan->disks);
    plan->disks = NULL;
}

/* --- the plan ---------------------------------------------------------------------------- */

static int require_disk(const struct boot_context *boot, struct error *err)
{
    const char *id = boot->record->id;

    if (boot->settings->operand_count)
        return 0;
    if (boot->state == VM_UNDECIDED && !rounds_has_repository(boot->record))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "VM %s has no install-repository; set it: eliloader vm set %s "
                         "install-repository=http://…; or name the disk that it is installed on",
                         id, id);
    return error_set(err, ERROR_USAGE, "VM %s is installed, and no disk was named to boot it from",
                     id);
}

/* The words of the record, and the arguments from dom0. */
static int read_record(const struct boot_context *boot, enum plan_recorded recorded,
                       struct boot_plan *plan, struct error *err)
{
    const struct record *record = boot->record;
    bool all = recorded == PLAN_WITH_RECORDED;
    const char *pv_args = NULL, *text = NULL;

    if (!record->backend->toolstack_adds_args &&
        ((all ? record_get(record, NULL, "PV_args", &pv_args, err)
              : rounds_pv_args(record, &pv_args, err)) < 0 ||
         (all ? record_get(record, NULL, "PV_bootloader_args", &text, err)
              : rounds_bootloader_args(record, &text, err)) < 0))
        return -1;
    if (settings_parse_words(text ? text : "", boot->editors_record, &plan->words, err) < 0)
        return error_prefix(err, "VM %s: PV_bootloader_args", record->id);
    auto_free char *both = text_join(pv_args, plan->words.args);
    plan->args = text_join(both, boot->settings->args);
    return 0;
}

static void fill_handoff(const struct boot_context *boot, enum plan_recorded recorded,
                         struct boot_plan *plan)
{
    const struct settings *settings = boot->settings, *words = &plan->words;
    /* What the toolstack passes on from the record may be what an earlier run recorded there. */
    bool stale = recorded == PLAN_WITHOUT_RECORDED && boot->record->backend->toolstack_adds_args &&
                 rounds_recorded(boot->record);

    plan->handoff = (struct handoff){
        .disk = settings->operands[0],
        .kernel = settings->kernel && !stale ? settings->kernel : words->kernel,
        .ramdisk = settings->ramdisk && !stale ? settings->ramdisk : words->ramdisk,
        .offset = settings->offset && !stale ? settings->offset : words->offset,
        .entry = settings->entry ? settings->entry : words->entry,
        .interactive = !settings->rehearsal && (settings->interactive || words->interactive),
        .args = *plan->args ? plan->args : NULL,
        .kernel_max = boot->limits.kernel_max,
        .ramdisk_max = boot->limits.ramdisk_max,
        .vm = boot->record->id,
    };
}

/* Whether a kernel is booted by its name where the guest's configuration boots none: the command
 * line, then the record (its words, its key), then all else. It is the guest's own kernel, which an
 * editor may name with --kernel, too. */
static int read_well_known(const struct boot_context *boot, const struct settings *words,
                           bool *well_known, struct error *err)
{
    const struct settings *settings = boot->settings;
    const char *text;

    *well_known = settings->well_known || words->well_known;
    if ((settings->well_known && settings->well_known_origin == ORIGIN_COMMAND_LINE) ||
        words->well_known)
        return 0;
    if (record_get(boot->record, "other_config", "boot-well-known", &text, err) < 0)
        return -1;
    if (!text || !*text || text_to_bool(text, well_known))
        return 0;
    return error_set(err, ERROR_INTERNAL,
                     "VM %s: other-config:boot-well-known is '%s', which is neither yes nor no",
                     boot->record->id, text);
}

/* The same for ourselves. The family stays the remembered one: a guest boots at its hundredth start
 * what it booted at its second. */
static int fill_want(const struct boot_context *boot, struct boot_plan *plan, struct error *err)
{
    const struct handoff *handoff = &plan->handoff;
    struct probe_want *want = &plan->want;
    const char *arch, *family;
    bool well_known;

    if (read_well_known(boot, &plan->words, &well_known, err) < 0 ||
        rounds_family(boot->record, &family, err) < 0 ||
        (!family && record_get(boot->record, "other_config", ROUNDS_DISTRO, &family, err) < 0) ||
        record_get(boot->record, "other_config", "install-arch", &arch, err) < 0)
        return -1;
    *want = (struct probe_want){
        .well_known = well_known,
        .family = family && *family && strcmp(family, RECOGNISE_AUTO) != 0 ? family : NULL,
        .entry = handoff->entry,
        .kernel = handoff->kernel,
        .ramdisk = handoff->ramdisk,
        .has_offset = handoff->offset,
        .kernel_max = handoff->kernel_max,
        .ramdisk_max = handoff->ramdisk_max,
        .kernel_reason = boot->limits.kernel_reason,
        .ramdisk_reason = boot->limits.ramdisk_reason,
        .vm = boot->record->id,
        .kind = boot->kind,
    };
    if (want->family)
        want->arch = arch && *arch ? arch : ARCH_DEFAULT_VM;
    if (handoff->offset && !text_to_number(handoff->offset, OFFSET_MAX, &want->offset))
        return error_set(err, ERROR_USAGE, "--offset is not a number of bytes: '%s'",
                         handoff->offset);
    return 0;
}

/* A drive without a medium is no reason not to boot from the first disk, which has to be there. */
static void find_disks(const struct boot_context *boot, struct boot_plan *plan)
{
    const struct settings *settings = boot->settings;

    plan->disks = xcalloc(settings->operand_count, sizeof *plan->disks);
    for (size_t i = 0; i < settings->operand_count; i++) {
        auto_error struct error why = ERROR_INIT;
        auto_fd int fd = -1;

        if (i > 0)
            fd = disk_open(settings->operands[i], "disk", true, ERROR_INTERNAL, &why);
        if (i > 0 && fd < 0)
            log_step("VM %s: %s; it is left out", boot->record->id, why.text);
        else
            plan->disks[plan->disk_count++] = settings->operands[i];
    }
}

int boot_plan(const struct boot_context *boot, enum plan_recorded recorded, struct boot_plan *plan,
              struct error *err)
{
    if (require_disk(boot, err) < 0 || read_record(boot, recorded, plan, err) < 0)
        return -1;
    fill_handoff(boot, recorded, plan);
    find_disks(boot, plan);
    return fill_want(boot, plan, err);
}

/* --- failures ---------------------------------------------------------------------------- */

int boot_hint(const struct boot_context *boot, bool blank, struct error *err)
{
    const char *id = boot->record->id;

    if (err->name != ERROR_HANDOFF)
        return -1;
    if (rounds_has_repository(boot->record))
        return blank
                   ? error_hint(err,
                                "`eliloader vm reinstall %s` starts its installation again, which "
                                "overwrites its disks",
                                id)
                   : -1;
    if (boot->state == VM_UNDECIDED)
        return error_hint(err, "VM %s has no install-repository, from which it could be installed",
                          id);
    return -1;
}

int boot_both_failed(const struct boot_context *boot, const struct error *own,
                     const struct error *pygrub, bool blank, struct error *err)
{
    enum error_name name = pygrub->name == ERROR_LIMITS ? ERROR_LIMITS : own->name;
    auto_fd int disk = disk_open(boot->settings->operands[0], "disk", true, ERROR_INTERNAL, err);

    /* pygrub has nothing to add where there is no disk. */
    if (disk < 0)
        return -1;
    error_set(err, name, "%s; pygrub: %s", own->text, pygrub->text);
    return boot_hint(boot, blank, err);
}
