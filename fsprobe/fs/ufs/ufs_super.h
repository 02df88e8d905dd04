/* The superblock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_UFS_UFS_SUPER_H
#define FSPROBE_FS_UFS_UFS_SUPER_H

#include "fsprobe/fs/ufs/ufs_private.h"

/* Finds, reads and checks the superblock, and sets what UFS knows of the filesystem. Its nodes and
 * cache are there already. 0, or -1 with ERR. */
int ufs_super_load(struct ufs *ufs, struct error *err) must_check;

#endif
