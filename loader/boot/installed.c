/* pygrub boots an installed VM. See installed.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/installed.h"

#include "common/log.h"
#include "loader/boot/attempt.h"
#include "loader/boot/by_native.h"
#include "loader/boot/finish.h"
#include "loader/boot/plan.h"
#include "loader/boot/uek.h"
#include "loader/record/rounds.h"

/* The record remembers the entry, for pygrub; and, for `vm reinstall`, what was there before. */
static int record_entry(const struct boot_context *boot, const char *index, json_t *changes,
                        struct error *err)
{
    const char *args;

    if (record_get(boot->record, NULL, "PV_bootloader_args", &args, err) < 0)
        return -1;
    auto_free char *word = xasprintf("--entry %s", index);
    auto_free char *all = text_join(args, word);
    record_change_test(changes, NULL, "PV_bootloader_args", args);
    /* An entry of this guest's menu means nothing to one that is installed in its place. */
    record_change_set(changes, "other_config", ROUNDS_BOOTLOADER_ARGS, args ? args : "");
    record_change_set(changes, NULL, "PV_bootloader_args", all);
    return 0;
}

static int finish_pygrub(const struct boot_context *boot, struct attempt *attempt,
                         const char *index, struct error *err)
{
    json_auto_t *changes = record_changes_new();

    /* A VM that we boot ourselves is pygrub's for this start only. */
    if (boot->state != VM_DONE && index && record_entry(boot, index, changes, err) < 0)
        return -1;
    if (boot->state == VM_LEFT && rounds_complete(boot->record, changes, err) < 0)
        return -1;
    return boot_finish(boot, &attempt->outputs, attempt->args, changes, err);
}

/* Tries pygrub. 0, also when it failed, which ATTEMPT says; or -1 with ERR. */
static int try_pygrub(const struct boot_context *boot, struct attempt *attempt, char **index,
                      struct error *err)
{
    enum plan_recorded recorded =
        boot->state == VM_LEFT ? PLAN_WITH_RECORDED : PLAN_WITHOUT_RECORDED;
    auto_boot_plan struct boot_plan plan = PLAN_INIT;

    if (boot_plan(boot, recorded, &plan, err) < 0 || uek_plan_pygrub(boot, &plan, index, err) < 0)
        return -1;
    if (attempt_pygrub(boot, &plan.handoff, attempt, err) < 0)
        return -1;
    if (attempt->args && plan.instead)
        log_notice("VM %s: %s", boot->record->id, plan.instead);
    return 0;
}

int boot_pygrub(const struct boot_context *boot, struct error *err)
{
    auto_attempt struct attempt attempt = ATTEMPT_INIT;
    auto_free char *index = NULL;

    if (try_pygrub(boot, &attempt, &index, err) < 0)
        return -1;
    if (attempt.args)
        return finish_pygrub(boot, &attempt, index, err);
    error_set(err, attempt.why.name, "%s", attempt.why.text);
    return boot_hint(boot, false, err);
}

int boot_left(const struct boot_context *boot, struct error *err)
{
    auto_attempt struct attempt pygrub = ATTEMPT_INIT, own = ATTEMPT_INIT;
    auto_free char *index = NULL;

    if (try_pygrub(boot, &pygrub, &index, err) < 0)
        return -1;
    if (pygrub.args)
        return finish_pygrub(boot, &pygrub, index, err);
    if (pygrub.why.name != ERROR_HANDOFF)
        return error_set(err, pygrub.why.name, "%s", pygrub.why.text);
    log_step("VM %s: pygrub cannot boot it, so eliloader tries: %s", boot->record->id,
             pygrub.why.text);
    if (boot_try_native(boot, &own, err) < 0)
        return -1;
    return own.args ? 0 : boot_both_failed(boot, &own.why, &pygrub.why, own.blank, err);
}
