/* The extents of an inode: which of its blocks stand where.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_EXTENTS_H
#define FSPROBE_FS_XFS_XFS_EXTENTS_H

#include "fsprobe/fs/xfs/xfs_inode.h"

struct xfs_extent {
    uint64_t first; /* block of the file */
    uint64_t count; /* blocks, 1 or more */
    uint64_t place; /* bytes into the volume */
    bool unwritten; /* reserved; reads as zeros */
};

/* Calls EACH for the extents, in the order of the file, that hold some of the blocks from FIRST up
 * to END, until it returns 0 (enough) or -1 (with ERR). 0, or -1 with ERR. */
int xfs_extents_each(struct xfs *xfs, const struct xfs_inode *inode, uint64_t first, uint64_t end,
                     int (*each)(void *context, const struct xfs_extent *extent, struct error *err),
                     void *context, struct error *err) must_check;

#endif
