/* The loader itself boots a VM, with no pygrub, and its record says so from now on. With the choice
 * `auto`, what it cannot read is GRUB's to boot, inside the guest (by_grub.h).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_BY_NATIVE_H
#define LOADER_BOOT_BY_NATIVE_H

#include "common/error.h"
#include "loader/boot/attempt.h"
#include "loader/boot/context.h"

/* Boots it: VM_DONE's own boot, and what is left where pygrub is not wanted, or not there. 0, or -1
 * with ERR. */
int boot_native(const struct boot_context *boot, struct error *err) must_check;

/* The same, where somebody else may be asked if it fails: 0 too when nothing could be booted, which
 * ATTEMPT (ATTEMPT_INIT, freed by the caller) says. When it has `args`, all is done. -1 with ERR
 * where nothing else may be tried. */
int boot_try_native(const struct boot_context *boot, struct attempt *attempt,
                    struct error *err) must_check;

#endif
