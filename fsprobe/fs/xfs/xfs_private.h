/* What the files of this folder share: the opened filesystem, and its bounds.
 *
 * Numbers on the disk are big-endian. The volume is cut into allocation groups of equal size; the
 * number of a block is the group's in its high bits and the block's inside the group in its low
 * ones, and the number of an inode likewise, so that there are numbers that name nothing.
 *
 * Version 5 writes into each of its structures a checksum, whose the structure is, where it stands
 * and of which filesystem. All of that is verified: what fails it, the guest's own kernel would
 * refuse to read, too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_PRIVATE_H
#define FSPROBE_FS_XFS_XFS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "fsprobe/fs/nodes.h"

#define XFS_BLOCK_LOG_MIN    9
#define XFS_BLOCK_LOG_MAX    16
#define XFS_INODE_LOG_MIN    8
#define XFS_INODE_LOG_MAX    11
#define XFS_SECTOR_LOG_MIN   9
#define XFS_SECTOR_LOG_MAX   15
#define XFS_GROUP_BYTES_MAX  (UINT64_C(1) << 40)
#define XFS_TREE_LEVELS_MAX  9                  /* of a tree of extents, the inode's own included */
#define XFS_INDEX_LEVELS_MAX 5                  /* of a directory's index, above its leaves */
#define XFS_INDEX_NEXT_MAX   64                 /* leaves with names of one hash */
#define XFS_DIRECTORY_MAX    (16 * 1024 * 1024) /* bytes of names; about 400,000 of them */
#define XFS_LINK_MAX         1024               /* bytes of a symbolic link */
#define XFS_LOG_RECORD_MAX   1024               /* sectors of 512 bytes */
#define XFS_UUID_LENGTH      16

struct xfs {
    struct nodes nodes; /* first; see nodes.h */
    bool checked;       /* version 5 */
    bool typed;         /* a directory's entries have a byte for the kind of file */
    bool caseless;      /* names differ by more than the case of ASCII letters */
    bool wide_counts;   /* an inode may count its extents in 64 bits */
    bool needs_repair;  /* xfs_repair was to be run and was not */
    unsigned block_log;
    unsigned inode_log;
    unsigned sector_size;     /* bytes */
    unsigned directory_log;   /* of the bytes of a directory's block, which is 1 or more blocks */
    unsigned group_block_log; /* bits of a block's number inside its group */
    uint32_t group_blocks, groups;
    uint64_t blocks;
    uint64_t root;      /* inode */
    uint64_t log_start; /* block; 0: on another disk */
    uint32_t log_blocks;
    unsigned char uuid[XFS_UUID_LENGTH]; /* as the structures carry it */
};

static inline unsigned xfs_block_size(const struct xfs *xfs)
{
    return 1u << xfs->block_log;
}

#endif
