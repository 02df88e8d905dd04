/* Booting a guest without pygrub. See native.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/native.h"

#include <inttypes.h>
#include <string.h>

#include "common/log.h"
#include "common/nearest.h"
#include "loader/boot/kernel_support.h"
#include "loader/boot/uek.h"
#include "loader/boot/unpack.h"

/* One native_boot(). */
struct native {
    const struct settings *settings;
    char *const *disks;
    size_t count;
    const struct probe_want *want;
    struct probed *probed;
};

/* --- what cannot be booted --------------------------------------------------------------- */

/* But for what is told at the end, which is a problem, too. */
static void log_problems(const struct probed *probed)
{
    const char *problem;

    for (size_t i = 0; (problem = probed_problem(probed, i)); i++)
        if (!probed->instead || strcmp(problem, probed->instead) != 0)
            log_step("%s", problem);
}

/* What selects ENTRY in its own menu. The caller frees. */
static char *selector(const struct probed_entry *entry)
{
    return entry->index && strchr(entry->index, '>') ? xstrdup(entry->index)
                                                     : xasprintf("%u", entry->number);
}

/* Adds to ERR, of an entry that is not there, which ones are: at most so many, in so many bytes. */
#define ENTRIES_NAMED     8
#define ENTRIES_NAMED_MAX 1024
static int name_entries(const struct native *boot, struct error *err)
{
    const struct probed *probed = boot->probed;
    auto_buffer struct buffer names = BUFFER_INIT(ENTRIES_NAMED_MAX);
    struct nearest nearest = NEAREST(boot->want->entry);

    for (size_t i = 0; i < probed->entry_count; i++) {
        const struct probed_entry *entry = &probed->entries[i];
        auto_free char *selected = selector(entry);
        if (entry->title)
            nearest_offer(&nearest, entry->title);
        if (i < ENTRIES_NAMED)
            (void)buffer_addf(&names, "%s%s \"%s\"", i ? ", " : "", selected,
                              entry->title ? entry->title : "");
    }
    bool all = !names.full && probed->entry_count <= ENTRIES_NAMED;
    return error_hint(err, "there %s %s%s; `eliloader -l %s` lists what there is%s",
                      probed->entry_count == 1 ? "is" : "are", buffer_text(&names),
                      all ? "" : " and more", boot->disks[0], nearest_hint(&nearest));
}

static int nothing_boots(const struct native *boot, struct error *err)
{
    auto_buffer struct buffer names = BUFFER_INIT(1024);
    const char *why = boot->probed->cause ? boot->probed->cause : "it has no kernel";

    for (size_t i = 0; i < boot->count; i++)
        (void)buffer_addf(&names, "%s%s", i ? ", " : "", boot->disks[i]);
    error_set(err, ERROR_HANDOFF, "nothing on %s can be booted: %s", buffer_text(&names), why);
    return boot->want->entry && boot->probed->entry_count ? name_entries(boot, err) : -1;
}

/* --- Oracle Linux 5 ---------------------------------------------------------------------- */

static int probe(const struct native *boot, const struct probe_want *want, struct error *err)
{
    probed_free(boot->probed);
    return probe_disks(boot->settings, boot->disks, boot->count, want, boot->probed, err);
}

/* Probes again when the chosen kernel is known not to run, and another one stands beside it. */
static int avoid_uek(const struct native *boot, struct error *err)
{
    struct probe_want want = *boot->want;
    struct probed_entry entry, other;

    if (want.entry || want.kernel || !uek_is_chosen(boot->probed, &entry))
        return 0;
    if (!uek_other_entry(boot->probed, &entry, false, &other)) {
        log_warning("the kernel %s cannot run as a PV guest, and there is no other entry",
                    entry.kernel);
        return 0;
    }
    auto_free char *selected = selector(&other);
    auto_free char *instead =
        xasprintf("the kernel %s cannot run as a PV guest; entry %s is taken instead", entry.kernel,
                  selected);
    if (want.outputs) {
        outputs_drop(want.outputs, &want.outputs->kernel);
        outputs_drop(want.outputs, &want.outputs->ramdisk);
    }
    want.entry = selected;
    /* The same number may mean something in a configuration that is asked before this one. */
    auto_free char *volume = entry.volume ? xstrdup(entry.volume) : NULL;
    if (volume) {
        want.volume = volume;
    } else if (entry.disk == 0 && !want.has_offset && !want.has_partition) {
        want.has_offset = true;
        want.offset = entry.offset;
    }
    if (probe(boot, &want, err) < 0)
        return -1;
    if (boot->probed->boots)
        replace_string(&boot->probed->instead, take_pointer(instead));
    return 0;
}

/* --- the boot ---------------------------------------------------------------------------- */

/* What is known of whether the kernel, called WHO, can start as the guest, or as any. */
static int check_support(const struct native *boot, const char *who, struct error *err)
{
    const struct probe_want *want = boot->want;
    const char *path;
    bool pv, pvh;

    if (boot->settings->check_kernel && want->outputs)
        return kernel_support_check(boot->settings, want->outputs->kernel.fd, want->kind, who, err);
    if (!probed_config(boot->probed, &path, &pv, &pvh))
        return 0;
    return kernel_support_judge(want->kind, pv, pvh, who, path, err);
}

int native_boot(const struct settings *settings, char *const *disks, size_t count,
                const struct probe_want *want, const char *dom0_args, struct probed *probed,
                char **args, struct error *err)
{
    static const struct probe_want nothing = {.entry = NULL};
    const struct native boot = {settings, disks, count, want ? want : &nothing, probed};
    struct probed_entry entry;

    *args = NULL;
    if (probe(&boot, boot.want, err) < 0 || avoid_uek(&boot, err) < 0)
        return -1;
    log_problems(probed);
    if (!probed_boot(probed, &entry))
        return nothing_boots(&boot, err);
    log_step("the entry \"%s\" of %s is booted: disk %u, partition %u, kernel %s, ramdisk %s",
             entry.title ? entry.title : "", entry.source ? entry.source : "", entry.disk + 1,
             entry.partition, entry.kernel, entry.ramdisk ? entry.ramdisk : "none");
    auto_free char *of_vm = boot.want->vm ? xasprintf("VM %s", boot.want->vm) : NULL;
    auto_free char *who =
        xasprintf("%s: the kernel %s", of_vm ? of_vm : disks[entry.disk], entry.kernel);
    if (check_support(&boot, who, err) < 0)
        return -1;
    if (boot.want->outputs && unpack_kernel(settings, boot.want->kind, boot.want->kernel_max, who,
                                            boot.want->outputs, err) < 0) {
        /* the disk was looked at, and this is what it boots */
        err->name = err->name == ERROR_INVALID_SOURCE ? ERROR_HANDOFF : err->name;
        return -1;
    }
    *args = text_join(boot.want->args ? boot.want->args : entry.args, dom0_args);
    return 0;
}

void native_tell(const char *vm, const struct probed *probed)
{
    if (probed->instead)
        log_notice("%s%s%s%s", vm ? "VM " : "", vm ? vm : "", vm ? ": " : "", probed->instead);
}
