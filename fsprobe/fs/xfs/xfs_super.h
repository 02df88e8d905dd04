/* The superblock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_SUPER_H
#define FSPROBE_FS_XFS_XFS_SUPER_H

#include "fsprobe/fs/xfs/xfs_private.h"

/* Reads and checks the first superblock, and sets what XFS knows of the filesystem. Its nodes and
 * cache are there already. 0, or -1 with ERR. */
int xfs_super_load(struct xfs *xfs, struct error *err) must_check;

#endif
