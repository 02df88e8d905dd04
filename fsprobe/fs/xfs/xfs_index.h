/* A name in a large directory, by its hash.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_INDEX_H
#define FSPROBE_FS_XFS_XFS_INDEX_H

#include "fsprobe/fs/xfs/xfs_inode.h"

/* The inode that NAME (LENGTH bytes) names in DIRECTORY, which has more blocks than one. 1 found, 0
 * not there, -1 with ERR. */
int xfs_index_lookup(struct xfs *xfs, const struct xfs_inode *directory, const char *name,
                     size_t length, uint64_t *found, struct error *err) must_check;

#endif
