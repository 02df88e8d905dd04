/* Puts the checksums of version 5 right again, for tests that change what stands below them: a
 * reader that is only ever shown wrong checksums is not tested behind them.
 *
 * The filesystem has blocks, and directory blocks, of XFS_PIECE bytes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_XFS_MEND_H
#define TESTS_UNIT_XFS_MEND_H

#include <stdint.h>
#include <string.h>

#include "common/bytes.h"
#include "common/crc32c.h"

#define XFS_PIECE      4096
#define XFS_INODE_SIZE 512

/* What a piece of a filesystem, or an eighth of one, holds. */
enum xfs_structure {
    XFS_NOTHING,
    XFS_SUPER,
    XFS_INODE,
    XFS_ALONE,  /* a directory of one block */
    XFS_DATA,   /* a block of entries of a larger one */
    XFS_LEAF,   /* the only block of an index */
    XFS_LEAVES, /* one of several, */
    XFS_NODE,   /* and what is above them */
    XFS_BRANCH, /* of a tree of extents */
    XFS_TARGET, /* of a symbolic link */
    XFS_STRUCTURES
};

static inline enum xfs_structure xfs_structure_at(const unsigned char *bytes)
{
    switch (get_be32(bytes)) {
    case 0x58465342:
        return XFS_SUPER;
    case 0x58444233:
        return XFS_ALONE;
    case 0x58444433:
        return XFS_DATA;
    case 0x424d4133:
        return XFS_BRANCH;
    case 0x58534c4d:
        return XFS_TARGET;
    }
    if (get_be16(bytes) == 0x494e && bytes[4] == 3)
        return XFS_INODE;
    switch (get_be16(bytes + 8)) {
    case 0x3df1:
        return XFS_LEAF;
    case 0x3dff:
        return XFS_LEAVES;
    case 0x3ebe:
        return XFS_NODE;
    default:
        return XFS_NOTHING;
    }
}

static inline size_t xfs_structure_length(enum xfs_structure structure)
{
    return structure == XFS_SUPER || structure == XFS_INODE ? XFS_INODE_SIZE : XFS_PIECE;
}

/* The checksum of the structure at BYTES, which is STRUCTURE whatever its magic number says now. */
static inline void xfs_mend(unsigned char *bytes, enum xfs_structure structure)
{
    static const unsigned places[XFS_STRUCTURES] = {
        [XFS_SUPER] = 224, [XFS_INODE] = 100, [XFS_ALONE] = 4,   [XFS_DATA] = 4,    [XFS_LEAF] = 12,
        [XFS_LEAVES] = 12, [XFS_NODE] = 12,   [XFS_BRANCH] = 64, [XFS_TARGET] = 12,
    };
    unsigned char *at = bytes + places[structure];
    uint32_t crc;

    if (structure == XFS_NOTHING)
        return;
    memset(at, 0, sizeof crc);
    crc = htole32(~crc32c(~0u, bytes, xfs_structure_length(structure)));
    memcpy(at, &crc, sizeof crc);
}

#endif
