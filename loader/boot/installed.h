/* pygrub boots an installed VM.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_INSTALLED_H
#define LOADER_BOOT_INSTALLED_H

#include "common/error.h"
#include "loader/boot/context.h"

/* pygrub and nobody else. The entry that an Oracle Linux 5 needs is recorded, except for a VM_DONE,
 * which is pygrub's for this start only. 0, or -1 with ERR. */
int boot_pygrub(const struct boot_context *boot, struct error *err) must_check;

/* A VM_LEFT: pygrub, as its record says; where pygrub finds nothing, the loader itself, to which
 * the record then goes back. 0, or -1 with ERR. */
int boot_left(const struct boot_context *boot, struct error *err) must_check;

#endif
