/* md arrays: volumes out of the members that a guest's disks hold.
 *
 * Read are RAID 1, also from one member; RAID 0, RAID 10 with near or far copies, and linear, when
 * they have all that they need. A member that fell behind the others is not taken: what it holds is
 * an older state.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_MD_H
#define FSPROBE_DISK_MD_H

#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/problems.h"

/* Adds the arrays that GUEST's members, volumes of the type "linux_raid_member", make, without
 * those that an earlier call made; what an array holds is not looked at. A member that
 * is not taken has a refusal that says why. What is no error but should be known goes into
 * PROBLEMS. */
void md_assemble(struct guest *guest, struct problems *problems);

#endif
