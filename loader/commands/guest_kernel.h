/* The kernel that a guest's disk would boot, looked into.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_GUEST_KERNEL_H
#define LOADER_COMMANDS_GUEST_KERNEL_H

#include "common/error.h"
#include "loader/boot/kernel_support.h"
#include "loader/helpers/fsprobe.h"
#include "loader/settings/options.h"

/* Copies the kernel of the entry that PROBED chose out of DISKS, into a file without a name, and
 * looks into it. Whatever stands in the way is SUPPORT's `why`. False when there is no entry. The
 * caller frees SUPPORT. */
bool probed_kernel_look(const struct settings *settings, char *const *disks,
                        const struct probed *probed, struct kernel_support *support) must_check;

#endif
