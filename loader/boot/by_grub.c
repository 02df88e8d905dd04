/* GRUB boots a VM. See by_grub.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/by_grub.h"

#include "common/log.h"
#include "loader/boot/finish.h"
#include "loader/record/rounds.h"
#include "loader/sources/grub.h"

/* The option by which somebody asks for what GRUB, which boots what the guest's own configuration
 * says, cannot be told; or NULL. */
static const char *wish(const struct handoff *handoff)
{
    return handoff->kernel    ? "kernel"
           : handoff->ramdisk ? "ramdisk"
           : handoff->entry   ? "entry"
           : handoff->offset  ? "offset"
                              : NULL;
}

static int check_wishes(const struct boot_context *boot, const struct boot_plan *plan,
                        struct error *err)
{
    const char *option = wish(&plan->handoff);

    if (!option)
        return 0;
    return error_set(err, ERROR_USAGE,
                     "VM %s: --%s does not go with handoff grub: inside the guest, GRUB boots what "
                     "the guest's own configuration says",
                     boot->record->id, option);
}

static int plan_changes(const struct boot_context *boot, json_t *changes, struct error *err)
{
    return boot->state == VM_DONE ? rounds_complete(boot->record, changes, err)
                                  : rounds_finish_native(boot->record, changes, err);
}

int boot_grub(const struct boot_context *boot, struct error *err)
{
    const struct settings *settings = boot->settings;
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_boot_plan struct boot_plan plan = PLAN_INIT;
    json_auto_t *changes = record_changes_new();

    if (boot_plan(boot, PLAN_WITHOUT_RECORDED, &plan, err) < 0 ||
        check_wishes(boot, &plan, err) < 0 || plan_changes(boot, changes, err) < 0 ||
        outputs_open(&outputs, settings->output_directory, true, err) < 0)
        return -1;
    if (grub_take(settings, boot->kind, boot->limits.kernel_max, &outputs, err) < 0)
        return error_prefix(err, "VM %s", boot->record->id);
    if (*plan.args)
        log_warning("VM %s: the arguments '%s' are GRUB's, which does not pass them on to the "
                    "guest's kernel",
                    boot->record->id, plan.args);
    if (boot_finish(boot, &outputs, plan.args, changes, err) < 0)
        return -1;
    log_step("VM %s: GRUB boots it, inside the guest%s", boot->record->id,
             json_array_size(changes) ? "; install-round is done now" : "");
    return 0;
}

bool boot_grub_instead(const struct boot_context *boot, const struct boot_plan *plan,
                       const struct probed *probed, struct error *why)
{
    auto_error struct error missing = ERROR_INIT;

    if (boot->choice != HANDOFF_AUTO || why->name != ERROR_HANDOFF || probed->boots ||
        wish(&plan->handoff) || !grub_may_read(probed))
        return false;
    if (grub_find(boot->settings, boot->kind, &missing) < 0) {
        error_hint(why, "%s", missing.text);
        return false;
    }
    log_notice("VM %s: %s; so GRUB boots it, inside the guest", boot->record->id, why->text);
    return true;
}
