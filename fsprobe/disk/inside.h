/* Partition tables inside volumes: MBR and GPT inside an md array, a BSD disklabel inside a
 * partition. What libblkid reads of disks; but it can be given nothing that is not a disk.
 *
 * Format: UEFI's specification, "GUID Partition Table"; BSD's sys/disklabel.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_INSIDE_H
#define FSPROBE_DISK_INSIDE_H

#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/problems.h"

/* Adds the partitions of the table that volume INDEX begins with, when it has one of those and
 * holds nothing else that is known. What a partition holds is identified. What is wrong with the
 * table goes into PROBLEMS. */
void inside_scan(struct guest *guest, size_t index, struct problems *problems);

#endif
