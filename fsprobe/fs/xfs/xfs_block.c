/* Numbers of blocks and inodes, and the seals of version 5. See xfs_block.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_block.h"

#include <string.h>

#include "common/bytes.h"
#include "common/crc32c.h"

#define CRC_SIZE         4
#define SECTOR           512 /* the unit of a structure's own number */
#define GROUP_HEADER_END 3   /* the last sector of a group's headers */

bool xfs_block_place(const struct xfs *xfs, uint64_t block, uint64_t count, uint64_t *place)
{
    uint64_t group = block >> xfs->group_block_log;
    uint64_t inside = block & ((UINT64_C(1) << xfs->group_block_log) - 1);
    uint64_t headers = (uint64_t)GROUP_HEADER_END * xfs->sector_size >> xfs->block_log;

    if (group >= xfs->groups || inside >= xfs->group_blocks || inside <= headers ||
        count > xfs->group_blocks - inside)
        return false;
    /* at most 2^63: the last group ends with the volume, which is checked next */
    uint64_t first = group * xfs->group_blocks + inside;
    if (first >= xfs->blocks || count > xfs->blocks - first)
        return false;
    *place = first << xfs->block_log;
    return true;
}

bool xfs_inode_place(const struct xfs *xfs, uint64_t number, uint64_t *place)
{
    unsigned per_block_log = xfs->block_log - xfs->inode_log;
    uint64_t index = number & ((UINT64_C(1) << per_block_log) - 1);

    if (!xfs_block_place(xfs, number >> per_block_log, 1, place))
        return false;
    *place += index << xfs->inode_log;
    return true;
}

bool xfs_sum_holds(const unsigned char *bytes, size_t length, size_t crc_at)
{
    static const unsigned char zeros[CRC_SIZE];
    uint32_t crc = crc32c(~0u, bytes, crc_at);

    crc = crc32c(crc, zeros, sizeof zeros);
    crc = crc32c(crc, bytes + crc_at + CRC_SIZE, length - crc_at - CRC_SIZE);
    return ~crc == get_le32(bytes + crc_at);
}

int xfs_seal_check(const struct xfs *xfs, const struct xfs_seal *seal, const unsigned char *bytes,
                   size_t length, uint64_t place, uint64_t owner, struct error *err)
{
    const char *what = NULL;

    if (!xfs->checked)
        return 0;
    if (!xfs_sum_holds(bytes, length, seal->crc))
        what = "has a wrong checksum";
    else if (get_be64(bytes + seal->number) != place / SECTOR)
        what = "says that it stands elsewhere";
    else if (memcmp(bytes + seal->uuid, xfs->uuid, sizeof xfs->uuid) != 0)
        what = "says that it is of another filesystem";
    else if (get_be64(bytes + seal->owner) != owner)
        what = "says that it is another inode's";
    if (!what)
        return 0;
    return error_set(err, ERROR_INTERNAL, "what stands at byte %llu for inode %llu %s",
                     (unsigned long long)place, (unsigned long long)owner, what);
}
