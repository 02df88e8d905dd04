/* Segments that dm-raid makes: raid0, raid1, raid10. Private to lvm*.c.
 *
 * Beside each leg stand its own metadata, with the superblock of drivers/md/dm-raid.c: a leg that
 * failed, or was left behind, is not read.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_LVM_RAID_H
#define FSPROBE_DISK_LVM_RAID_H

#include "fsprobe/disk/lvm_part.h"

/* Adds the piece of a segment of TYPE, one of those that begin with "raid0", "raid1" and "raid10",
 * to PIECES. 0, or -1 with ERR. */
int lvm_raid(const struct lvm_segment *segment, const char *type, struct pieces *pieces,
             struct error *err) must_check;

#endif
