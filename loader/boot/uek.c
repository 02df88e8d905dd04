/* Oracle Linux 5's kernel that cannot run as a PV guest. See uek.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/uek.h"

#include <string.h>

#include "common/log.h"
#include "loader/boot/recognition.h"

/* Part of the kernel's version, and so of its path. */
#define UEK_5 "el5uek"

static bool is_uek(const struct probed_entry *entry)
{
    return strstr(entry->kernel, UEK_5) != NULL;
}

/* A number or an index means something in its own menu only. The partition's number does not tell
 * two filesystems of a disk apart: all that stand in no partition have the number 0. Where the
 * filesystem begins does, and that is what the second look at the disk goes by. */
static bool same_menu(const struct probed_entry *a, const struct probed_entry *b)
{
    return a->disk == b->disk && a->partition == b->partition && a->offset == b->offset &&
           a->source && b->source && strcmp(a->source, b->source) == 0;
}

bool uek_is_listed(const struct probed *probed)
{
    struct probed_entry entry;

    for (size_t i = 0; probed_entry_at(probed, i, &entry); i++)
        if (is_uek(&entry))
            return true;
    return false;
}

bool uek_is_chosen(const struct probed *probed, struct probed_entry *chosen)
{
    return probed_boot(probed, chosen) && is_uek(chosen);
}

bool uek_other_entry(const struct probed *probed, const struct probed_entry *chosen,
                     bool for_pygrub, struct probed_entry *other)
{
    for (size_t i = 0; probed_entry_at(probed, i, other); i++)
        if (!is_uek(other) && same_menu(other, chosen) &&
            (!for_pygrub || (other->index && text_is_word(other->index))))
            return true;
    return false;
}

/* --- for pygrub -------------------------------------------------------------------------- */

/* Whether the guest may be an Oracle Linux 5, by its family. */
static bool may_be_oracle(const struct boot_context *boot)
{
    const char *family;

    /* The end of an installation moved the family's name to where it is remembered. */
    if (record_get(boot->record, "other_config", "install-distro", &family, NULL) < 0 ||
        (!family && record_get(boot->record, "other_config", ROUNDS_DISTRO, &family, NULL) < 0))
        return false;
    return !family || !*family || strcmp(family, "rhlike") == 0 || recognition_is_auto(family);
}

int uek_plan_pygrub(const struct boot_context *boot, struct boot_plan *plan, char **index,
                    struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    auto_error struct error ignored = ERROR_INIT;
    struct probed_entry chosen, other;

    if (plan->handoff.kernel || plan->handoff.entry || !may_be_oracle(boot))
        return 0;
    /* pygrub can read disks that we cannot: a failed look is no failed boot. */
    if (probe_disks(boot->settings, plan->disks, plan->disk_count, NULL, &probed, &ignored) < 0) {
        log_step("%s", ignored.text);
        return ignored.name == ERROR_INTERRUPTED ? error_set(err, ignored.name, "%s", ignored.text)
                                                 : 0;
    }
    if (!uek_is_chosen(&probed, &chosen))
        return 0;
    if (!uek_other_entry(&probed, &chosen, true, &other)) {
        log_warning("VM %s: the kernel %s cannot run as a PV guest, and there is no other entry",
                    boot->record->id, chosen.kernel);
        return 0;
    }
    *index = xstrdup(other.index);
    plan->handoff.entry = *index;
    plan->instead =
        xasprintf("the kernel %s cannot run as a PV guest; entry %s (%s) is taken instead",
                  chosen.kernel, *index, other.kernel);
    return 0;
}
