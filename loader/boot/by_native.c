/* The loader itself boots a VM. See by_native.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/by_native.h"

#include "common/log.h"
#include "loader/boot/by_grub.h"
#include "loader/boot/finish.h"
#include "loader/boot/native.h"
#include "loader/boot/plan.h"
#include "loader/helpers/menu.h"
#include "loader/record/rounds.h"

/* What somebody chose on the menu is for this start only: the record stays as it is. */
static int plan_changes(const struct boot_context *boot, bool chosen, json_t *changes,
                        struct error *err)
{
    if (chosen && boot->state != VM_DONE)
        return 0;
    if (boot->state == VM_DONE)
        return rounds_complete(boot->record, changes, err);
    return rounds_finish_native(boot->record, changes, err);
}

/* Nothing boots that we can read: GRUB may be able to. */
static int try_grub(const struct boot_context *boot, const struct boot_plan *plan,
                    const struct probed *probed, struct attempt *attempt, struct error *err)
{
    /* It would not pass on what somebody has typed. */
    if (plan->want.args || !boot_grub_instead(boot, plan, probed, &attempt->why))
        return 0;
    if (boot_grub(boot, err) < 0)
        return -1;
    attempt_free(attempt);
    attempt->args = xstrdup("");
    return 0;
}

int boot_try_native(const struct boot_context *boot, struct attempt *attempt, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    json_auto_t *changes = record_changes_new();
    auto_boot_plan struct boot_plan plan = PLAN_INIT;
    auto_menu_choice struct menu_choice chosen = MENU_CHOICE_INIT;

    if (boot_plan(boot, PLAN_WITHOUT_RECORDED, &plan, err) < 0 ||
        menu_ask(boot->settings, plan.disks, plan.disk_count, &plan.want, &chosen, err) < 0 ||
        /* A record that cannot move on is found before anything is copied. */
        plan_changes(boot, chosen.entry || chosen.kernel, changes, err) < 0)
        return -1;
    if (chosen.entry)
        plan.want.entry = chosen.entry;
    if (chosen.kernel) {
        plan.want.entry = NULL;
        plan.want.kernel = chosen.kernel;
        plan.want.ramdisk = chosen.ramdisk;
    }
    plan.want.args = chosen.args;
    if (attempt_native(boot, &plan, false, &probed, attempt, err) < 0)
        return -1;
    if (!attempt->args)
        return try_grub(boot, &plan, &probed, attempt, err);
    native_tell(boot->record->id, &probed);
    if (boot_finish(boot, &attempt->outputs, attempt->args, changes, err) < 0)
        return -1;
    if (json_array_size(changes))
        log_step("VM %s: install-round is done now: eliloader itself boots it", boot->record->id);
    return 0;
}

int boot_native(const struct boot_context *boot, struct error *err)
{
    auto_attempt struct attempt attempt = ATTEMPT_INIT;

    if (boot_try_native(boot, &attempt, err) < 0)
        return -1;
    if (attempt.args)
        return 0;
    error_set(err, attempt.why.name, "%s", attempt.why.text);
    return boot_hint(boot, attempt.blank, err);
}
