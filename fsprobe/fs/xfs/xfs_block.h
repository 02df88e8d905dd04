/* Where blocks and inodes are, and whether what stands there is what should stand there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_BLOCK_H
#define FSPROBE_FS_XFS_XFS_BLOCK_H

#include "fsprobe/fs/xfs/xfs_private.h"

/* The place of COUNT blocks from BLOCK (a number as the disk has it), in bytes into the volume.
 * False when they are not all inside one group, behind its headers. */
bool xfs_block_place(const struct xfs *xfs, uint64_t block, uint64_t count,
                     uint64_t *place) must_check;
/* The place of the inode NUMBER, likewise. */
bool xfs_inode_place(const struct xfs *xfs, uint64_t number, uint64_t *place) must_check;

/* Whether the CRC-32C at CRC_AT, little-endian, is that of the LENGTH bytes (with zeros there). */
bool xfs_sum_holds(const unsigned char *bytes, size_t length, size_t crc_at) must_check;

/* Where a structure of version 5 has what says whose it is. All in bytes; number is the place, in
 * 512 bytes. */
struct xfs_seal {
    size_t crc, number, uuid, owner;
};
/* Verifies the LENGTH bytes that stand at PLACE and belong to the inode OWNER; nothing in version
 * 4. 0, or -1 with ERR. */
int xfs_seal_check(const struct xfs *xfs, const struct xfs_seal *seal, const unsigned char *bytes,
                   size_t length, uint64_t place, uint64_t owner, struct error *err) must_check;

#endif
