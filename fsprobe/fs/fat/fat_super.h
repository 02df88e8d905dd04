/* The first sector, which tells where everything is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_FAT_FAT_SUPER_H
#define FSPROBE_FS_FAT_FAT_SUPER_H

#include "fsprobe/fs/fat/fat_private.h"

/* Reads and checks it, and sets what FAT knows of the filesystem; its nodes and cache are there
 * already. 0, or -1 with ERR. */
int fat_super_load(struct fat *fat, struct error *err) must_check;

#endif
