/* A boot of our own: the guest's entry is chosen and its kernel and ramdisk are copied out of its
 * disk by the helper `fsprobe`, with no pygrub.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_NATIVE_H
#define LOADER_BOOT_NATIVE_H

#include "common/error.h"
#include "loader/helpers/fsprobe.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* Probes DISKS and copies what WANT selects into WANT->outputs, not named yet; where that is NULL,
 * it is only chosen. What is wrong with the disks is logged. *ARGS, which the caller frees, is the
 * entry's own arguments (or those of WANT), then DOM0_ARGS (or NULL). What is known of whether its
 * kernel can start as a guest is judged as kernel_support_judge() says, for WANT's kind. 0; or -1
 * with ERR: ERROR_HANDOFF when nothing boots, ERROR_LIMITS when it is too large, ERROR_KERNEL when
 * the guest cannot start with it. PROBED is filled when the disks could be probed at all. */
int native_boot(const struct settings *settings, char *const *disks, size_t count,
                const struct probe_want *want, const char *dom0_args, struct probed *probed,
                char **args, struct error *err) must_check;

/* Says on stderr and in the log, when what PROBED chose is about to be booted, that it is not what
 * the guest's own configuration boots by default: one line, with VM's ID where that is not NULL.
 * Nothing where it is the default. */
void native_tell(const char *vm, const struct probed *probed);

#endif
