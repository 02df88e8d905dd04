/* Inodes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_INODE_H
#define FSPROBE_FS_XFS_XFS_INODE_H

#include "fsprobe/fs/xfs/xfs_private.h"

/* Where an inode keeps its data, as the disk says it. */
enum xfs_format { XFS_LOCAL = 1, XFS_EXTENTS = 2, XFS_TREE = 3 };

struct xfs_inode {
    uint64_t number;
    enum node_kind kind;
    enum xfs_format format;
    bool realtime;    /* its data is on the realtime device */
    uint64_t size;    /* bytes, below 2^63 */
    uint64_t extents; /* as it says: in its fork or in the tree below */
    /* The data itself, its extents, or the root of their tree. */
    size_t fork_length;
    unsigned char fork[1 << XFS_INODE_LOG_MAX];
};

/* 0, or -1 with ERR: there is no such inode, or it is damaged. */
int xfs_inode_load(struct xfs *xfs, uint64_t number, struct xfs_inode *inode,
                   struct error *err) must_check;

#endif
