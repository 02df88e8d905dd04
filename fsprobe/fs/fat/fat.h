/* FAT12, FAT16 and FAT32, with long names. EFI system partitions are this, and what syslinux and
 * Alpine boot from. There are no symbolic links.
 *
 * Format: Microsoft's "FAT: General Overview of On-Disk Format" and Linux' linux/msdos_fs.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_FAT_FAT_H
#define FSPROBE_FS_FAT_FAT_H

#include "fsprobe/fs/filesystem.h"

extern const struct filesystem fat_filesystem;

#endif
