/* Who boots a VM from now on: found out once, by trying.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_DECIDE_H
#define LOADER_BOOT_DECIDE_H

#include "common/error.h"
#include "loader/boot/context.h"

/* Finds out who boots the VM, boots it so, and records that. For a VM_SECOND_ROUND or a
 * VM_UNDECIDED whose choice is not native, with a pygrub that can be run, and without a menu, on
 * which a person would decide for this start only. 0, or -1 with ERR. */
int boot_decide(const struct boot_context *boot, struct error *err) must_check;

#endif
