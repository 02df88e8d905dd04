/* Logical volumes as sources. Private to lvm*.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_LVM_SEGMENT_H
#define FSPROBE_DISK_LVM_SEGMENT_H

#include "fsprobe/disk/lvm_group.h"

/* The bytes of the logical volume LV, a section of the group's; marks the physical volumes that it
 * uses. NULL with ERR when it cannot be read: the end of a sentence that begins with its name, "is
 * a snapshot, …". The caller frees by source_free(), before the sources of the physical volumes. */
struct source *lvm_source(struct lvm_group *group, const struct lvm_node *lv,
                          struct error *err) must_check;

#endif
