/* GRUB boots a VM, inside the guest (sources/grub.h), and its record says so from now on: as of a
 * VM that the loader itself boots.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_BY_GRUB_H
#define LOADER_BOOT_BY_GRUB_H

#include "common/error.h"
#include "loader/boot/context.h"
#include "loader/boot/plan.h"

/* Boots it so, whatever its disks hold: none of them is read. 0, or -1 with ERR; ERROR_USAGE where
 * somebody asks for an entry, a kernel or a ramdisk, which GRUB would not be told. */
int boot_grub(const struct boot_context *boot, struct error *err) must_check;

/* Whether GRUB is to boot it where we, who looked at PROBED as PLAN says, could not for the reason
 * WHY: with the choice `auto`, where nobody asks for a certain entry or file, we found what we
 * cannot read and GRUB might, and this host has one. Where that is all that is missing, WHY says
 * what to do. */
bool boot_grub_instead(const struct boot_context *boot, const struct boot_plan *plan,
                       const struct probed *probed, struct error *why) must_check;

#endif
