/* A VM that is installed: booted by pygrub, by ourselves, or by whichever can. See context.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "common/log.h"
#include "loader/boot/attempt.h"
#include "loader/boot/context.h"
#include "loader/boot/install.h"
#include "loader/boot/menu.h"

/* Part of the version of Oracle Linux 5's Unbreakable Enterprise Kernel. */
#define UEK_5 "el5uek"

/* --- Oracle Linux 5 ---------------------------------------------------------------------- */

/* An index means something in its own menu only. */
static bool same_menu(const struct probed_entry *a, const struct probed_entry *b)
{
    return a->disk == b->disk && a->partition == b->partition && a->source && b->source &&
           strcmp(a->source, b->source) == 0;
}

bool boot_has_uek(const struct probed *probed)
{
    struct probed_entry entry;

    for (size_t i = 0; probed_entry_at(probed, i, &entry); i++)
        if (strstr(entry.kernel, UEK_5))
            return true;
    return false;
}

int boot_avoid_uek(const struct boot_context *run, struct boot_plan *plan, char **index,
                   struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    auto_error struct error ignored = ERROR_INIT;
    struct probed_entry entry, other;

    if (plan->handoff.kernel || plan->handoff.entry || !boot_is_rhlike(run))
        return 0;
    /* pygrub can read disks that we cannot: a failed look is no failed boot. */
    if (probe_disks(run->settings, plan->disks, plan->disk_count, NULL, &probed, &ignored) < 0) {
        log_step("%s", ignored.text);
        return ignored.name == ERROR_INTERRUPTED ? error_set(err, ignored.name, "%s", ignored.text)
                                                 : 0;
    }
    if (!probed_boot(&probed, &entry) || !strstr(entry.kernel, UEK_5))
        return 0;
    for (size_t i = 0; probed_entry_at(&probed, i, &other); i++) {
        if (strstr(other.kernel, UEK_5) || !same_menu(&other, &entry) || !other.index ||
            !text_is_word(other.index))
            continue;
        *index = xstrdup(other.index);
        plan->handoff.entry = *index;
        log_step("VM %s: the kernel %s cannot run as a PV guest; entry %s (%s) is taken instead",
                 run->record->id, entry.kernel, *index, other.kernel);
        return 0;
    }
    log_warning("VM %s: the kernel %s cannot run as a PV guest, and there is no other entry",
                run->record->id, entry.kernel);
    return 0;
}

/* The record remembers the entry, for pygrub; and, for `vm reinstall`, what was there before. */
static int record_entry(const struct boot_context *run, const char *index, json_t *changes,
                        struct error *err)
{
    const char *args;

    if (record_get(run->record, NULL, "PV_bootloader_args", &args, err) < 0)
        return -1;
    auto_free char *word = xasprintf("--entry %s", index);
    auto_free char *all = install_join(args, word);
    record_change_test(changes, NULL, "PV_bootloader_args", args);
    /* An entry of this guest's menu means nothing to one that is installed in its place. */
    record_change_set(changes, "other_config", ROUNDS_BOOTLOADER_ARGS, args ? args : "");
    record_change_set(changes, NULL, "PV_bootloader_args", all);
    return 0;
}

/* --- by pygrub --------------------------------------------------------------------------- */

static int finish_pygrub(const struct boot_context *run, struct attempt *attempt, const char *index,
                         struct error *err)
{
    json_auto_t *changes = record_changes_new();

    /* A VM that we boot ourselves is pygrub's for this start only. */
    if (run->state != VM_DONE && index && record_entry(run, index, changes, err) < 0)
        return -1;
    if (run->state == VM_LEFT && rounds_complete(run->record, changes, err) < 0)
        return -1;
    return boot_finish(run, &attempt->outputs, attempt->args, changes, err);
}

/* Tries pygrub. 0, also when it failed, which ATTEMPT says; or -1 with ERR. */
static int try_pygrub(const struct boot_context *run, struct attempt *attempt, char **index,
                      struct error *err)
{
    enum plan_recorded recorded =
        run->state == VM_LEFT ? PLAN_WITH_RECORDED : PLAN_WITHOUT_RECORDED;
    auto_boot_plan struct boot_plan plan = PLAN_INIT;

    if (boot_plan(run, recorded, &plan, err) < 0 || boot_avoid_uek(run, &plan, index, err) < 0)
        return -1;
    return attempt_pygrub(run, &plan.handoff, attempt, err);
}

static int boot_pygrub(const struct boot_context *run, struct error *err)
{
    auto_attempt struct attempt attempt = ATTEMPT_INIT;
    auto_free char *index = NULL;

    if (try_pygrub(run, &attempt, &index, err) < 0)
        return -1;
    if (attempt.args)
        return finish_pygrub(run, &attempt, index, err);
    error_set(err, attempt.why.name, "%s", attempt.why.text);
    return boot_hint(run, err);
}

/* --- by ourselves ------------------------------------------------------------------------ */

/* An entry that somebody chose on the menu is for this start only: the record stays as it is. */
static int plan_changes(const struct boot_context *run, bool chosen, json_t *changes,
                        struct error *err)
{
    if (chosen && run->state != VM_DONE)
        return 0;
    if (run->state == VM_DONE)
        return rounds_complete(run->record, changes, err);
    return rounds_finish_native(run->record, changes, err);
}

/* Tries it ourselves, and finishes. 0, also when it failed, which ATTEMPT says; or -1 with ERR. */
static int try_native(const struct boot_context *run, struct attempt *attempt, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    json_auto_t *changes = record_changes_new();
    auto_boot_plan struct boot_plan plan = PLAN_INIT;
    auto_free char *chosen = NULL;

    if (boot_plan(run, PLAN_WITHOUT_RECORDED, &plan, err) < 0 ||
        boot_menu_ask(run->settings, plan.disks, plan.disk_count, &plan.want, &chosen, err) < 0 ||
        /* A record that cannot move on is found before anything is copied. */
        plan_changes(run, chosen, changes, err) < 0)
        return -1;
    if (chosen)
        plan.want.entry = chosen;
    if (attempt_native(run, &plan, false, &probed, attempt, err) < 0)
        return -1;
    if (!attempt->args)
        return 0;
    if (boot_finish(run, &attempt->outputs, attempt->args, changes, err) < 0)
        return -1;
    if (json_array_size(changes))
        log_step("VM %s: install-round is done now: eliloader itself boots it", run->record->id);
    return 0;
}

int boot_native(const struct boot_context *run, struct error *err)
{
    auto_attempt struct attempt attempt = ATTEMPT_INIT;

    if (try_native(run, &attempt, err) < 0)
        return -1;
    if (attempt.args)
        return 0;
    error_set(err, attempt.why.name, "%s", attempt.why.text);
    return boot_hint(run, err);
}

/* --- by whichever can -------------------------------------------------------------------- */

/* The record says pygrub. */
static int boot_left(const struct boot_context *run, struct error *err)
{
    auto_attempt struct attempt pygrub = ATTEMPT_INIT, own = ATTEMPT_INIT;
    auto_free char *index = NULL;

    if (try_pygrub(run, &pygrub, &index, err) < 0)
        return -1;
    if (pygrub.args)
        return finish_pygrub(run, &pygrub, index, err);
    if (pygrub.why.name != ERROR_HANDOFF)
        return error_set(err, pygrub.why.name, "%s", pygrub.why.text);
    log_step("VM %s: pygrub cannot boot it, so eliloader tries: %s", run->record->id,
             pygrub.why.text);
    if (try_native(run, &own, err) < 0)
        return -1;
    return own.args ? 0 : boot_both_failed(run, &own.why, &pygrub.why, err);
}

int boot_installed(const struct boot_context *run, struct error *err)
{
    if (run->choice == HANDOFF_PYGRUB)
        return boot_pygrub(run, err);
    if (run->choice == HANDOFF_NATIVE || run->state == VM_DONE ||
        !handoff_has_pygrub(run->settings))
        return boot_native(run, err);
    return run->state == VM_LEFT ? boot_left(run, err) : boot_decide(run, err);
}
