/* Inodes, and the blocks that they point to.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_UFS_UFS_INODE_H
#define FSPROBE_FS_UFS_UFS_INODE_H

#include "fsprobe/fs/ufs/ufs_private.h"

struct ufs_inode {
    uint32_t number;
    enum node_kind kind;
    uint64_t size;   /* bytes, below 2^63 */
    uint64_t blocks; /* that it takes, in a unit of the BSD's own; 0: none */
    /* Its pointers, or the target of a short link. */
    unsigned char pointers[UFS_POINTERS_MAX];
};

/* 0, or -1 with ERR: there is no such inode, or it is damaged. */
int ufs_inode_load(struct ufs *ufs, uint64_t number, struct ufs_inode *inode,
                   struct error *err) must_check;

/* A block of a file, as far as the file goes. */
struct ufs_run {
    uint64_t at;    /* bytes into the file */
    uint64_t place; /* bytes into the volume */
    size_t length;  /* bytes */
};

/* Calls EACH for the blocks from FIRST up to END that are there, in the order of the file, until it
 * returns 0 (enough) or -1 (with ERR). 0, or -1 with ERR. */
int ufs_blocks_each(struct ufs *ufs, const struct ufs_inode *inode, uint64_t first, uint64_t end,
                    int (*each)(void *context, const struct ufs_run *run, struct error *err),
                    void *context, struct error *err) must_check;

#endif
