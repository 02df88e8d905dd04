/* LVM2: logical volumes out of the physical volumes that a guest's disks hold.
 *
 * Read are linear and striped volumes, mirrors, raid1 (also from one leg), raid0, raid10, the
 * origins of snapshots, and volumes behind a cache that writes through.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_LVM_H
#define FSPROBE_DISK_LVM_H

#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/problems.h"

#define LVM_GROUPS_MAX 16 /* of one guest */
/* Bytes of memory of their texts together: one of the largest, or many of what there is. */
#define LVM_KEPT_MAX (4 * 1024 * 1024)

/* Adds the logical volumes that GUEST's physical volumes, those of the type "LVM2_member", hold,
 * without those of groups that were added before; what a logical volume holds is not looked at. One
 * that cannot be read has no source, and a refusal; so has a physical volume that is damaged. What
 * is no error but should be known goes into PROBLEMS. */
void lvm_assemble(struct guest *guest, struct problems *problems);

#endif
