/* What the files of this folder share: the opened filesystem, and its bounds.
 *
 * Space is given out in fragments; a block is 1, 2, 4 or 8 of them, and only the last block of a
 * small file has fewer. Addresses count fragments. The volume is cut into groups of equal size,
 * each with a table of inodes of its own. There are no checksums to verify: FreeBSD's, which are
 * new and not in every filesystem, are not looked at.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_UFS_UFS_PRIVATE_H
#define FSPROBE_FS_UFS_UFS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bytes.h"
#include "common/error.h"
#include "common/memory.h"
#include "fsprobe/fs/nodes.h"

#define UFS_BLOCK_LOG_MIN    12
#define UFS_BLOCK_LOG_MAX    16
#define UFS_FRAGMENT_LOG_MIN 9
#define UFS_FRAGMENTS_MAX    8                  /* of a block */
#define UFS_DIRECTORY_MAX    (16 * 1024 * 1024) /* bytes */
#define UFS_LINK_MAX         1024               /* bytes of a symbolic link; the BSDs' own bound */
#define UFS_DIRECT           12                 /* pointers of an inode to blocks, and as many */
#define UFS_INDIRECT         3                  /* to blocks of pointers, each a level deeper */
#define UFS_POINTERS_MAX     ((UFS_DIRECT + UFS_INDIRECT) * 8) /* bytes */
#define UFS_ROOT             2

struct ufs {
    struct nodes nodes; /* first; see nodes.h */
    bool big;           /* endian */
    bool second;        /* UFS2 */
    bool old_entries;   /* a directory's entries have two bytes for the length of the name */
    bool clean;         /* unmounted, or checked */
    unsigned block_log, fragment_log; /* of bytes */
    uint32_t groups, group_inodes;
    uint64_t group_fragments, fragments;
    uint32_t inodes_at;                 /* fragments into a group */
    uint32_t group_offset, offset_mask; /* of UFS1: groups begin each a bit farther */
    size_t link_inside;                 /* shorter targets of links are in the inode */
};

static inline uint16_t ufs_16(const struct ufs *ufs, const void *bytes)
{
    return ufs->big ? get_be16(bytes) : get_le16(bytes);
}
static inline uint32_t ufs_32(const struct ufs *ufs, const void *bytes)
{
    return ufs->big ? get_be32(bytes) : get_le32(bytes);
}
static inline uint64_t ufs_64(const struct ufs *ufs, const void *bytes)
{
    return ufs->big ? get_be64(bytes) : get_le64(bytes);
}

static inline size_t ufs_block_size(const struct ufs *ufs)
{
    return (size_t)1 << ufs->block_log;
}
static inline size_t ufs_pointer_size(const struct ufs *ufs)
{
    return ufs->second ? 8 : 4;
}

#endif
