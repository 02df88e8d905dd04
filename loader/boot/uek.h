/* Oracle Linux 5: its default kernel, the Unbreakable Enterprise Kernel (…el5uek), cannot run as a
 * PV guest. Whoever boots such a guest takes the first other entry of the same menu.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_UEK_H
#define LOADER_BOOT_UEK_H

#include <stdbool.h>

#include "common/error.h"
#include "loader/boot/plan.h"
#include "loader/helpers/fsprobe.h"

/* True when any entry of PROBED has such a kernel. */
bool uek_is_listed(const struct probed *probed) must_check;

/* True when the entry that PROBED chose has such a kernel; *CHOSEN is that entry then. */
bool uek_is_chosen(const struct probed *probed, struct probed_entry *chosen) must_check;

/* The first entry of CHOSEN's menu with another kernel, into *OTHER; FOR_PYGRUB: whose index can be
 * a word of pygrub's. False when there is none. Strings belong to PROBED. */
bool uek_other_entry(const struct probed *probed, const struct probed_entry *chosen,
                     bool for_pygrub, struct probed_entry *other) must_check;

/* Before pygrub boots an installed guest that may be an Oracle Linux 5: looks into its disks and,
 * where such a kernel would be booted, sets PLAN's entry for pygrub, and what is to be said of that
 * when it is booted. *INDEX, which the caller
 * frees, is the entry's storage; it stays NULL where the guest needs none, somebody chose already,
 * or the disks cannot be read by us. 0; or -1 with ERR, when a signal came. */
int uek_plan_pygrub(const struct boot_context *boot, struct boot_plan *plan, char **index,
                    struct error *err) must_check;

#endif
