/* Bootloader mode: with a VM's record, from a location, or as pygrub. See commands.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/vm.h"
#include "loader/commands/commands.h"

int command_boot(const struct settings *settings, struct error *err)
{
    if (settings->vm && !settings->list_entries && !settings->not_really)
        return boot_vm(settings, err);
    if (!settings->vm && boot_names_location(settings))
        return command_pvnetboot(settings, err);
    if (settings->operand_count)
        return command_dropin(settings, err);
    return error_set(err, ERROR_USAGE,
                     settings->vm ? "no disk: a DISK is missing (--help tells more)"
                                  : "no VM and no disk: --vm=ID or a DISK is missing (--help tells "
                                    "more)");
}
