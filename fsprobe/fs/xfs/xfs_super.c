/* The superblock: the first sector of the volume. All that the other files shift by and divide by
 * is checked here. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_super.h"

#include <string.h>

#include "common/bytes.h"
#include "common/crc32c.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/xfs/xfs_block.h"

#define SUPER_SIZE 512 /* at least */

enum {
    MAGIC_AT = 0,
    BLOCK_SIZE_AT = 4,
    BLOCKS_AT = 8,
    UUID_AT = 32,
    LOG_START_AT = 48,
    ROOT_AT = 56,
    GROUP_BLOCKS_AT = 84,
    GROUPS_AT = 88,
    LOG_BLOCKS_AT = 96,
    VERSION_AT = 100,
    SECTOR_SIZE_AT = 102,
    INODE_SIZE_AT = 104,
    INODES_PER_BLOCK_AT = 106,
    BLOCK_LOG_AT = 120,
    SECTOR_LOG_AT = 121,
    INODE_LOG_AT = 122,
    INODES_PER_BLOCK_LOG_AT = 123,
    GROUP_BLOCK_LOG_AT = 124,
    IN_PROGRESS_AT = 126,
    DIRECTORY_LOG_AT = 192,
    FEATURES_2_AT = 200,
    INCOMPAT_AT = 216,
    CRC_AT = 224,
    META_UUID_AT = 248,
};

#define MAGIC 0x58465342 /* "XFSB" */
/* Of the version, whose lowest four bits are the number. */
#define VERSION_DIRECTORY_2 0x2000
#define VERSION_CASELESS    0x4000
#define VERSION_MORE        0x8000 /* FEATURES_2 holds more */
#define FEATURE_2_TYPED     0x200  /* of version 4 */
/* Of version 5; what is not known makes the filesystem unreadable. */
#define INCOMPAT_TYPED       0x1
#define INCOMPAT_META_UUID   0x4
#define INCOMPAT_REPAIR      0x10
#define INCOMPAT_WIDE_COUNTS 0x20
/* With these, sparse inode chunks (0x2), times behind 2038 (0x8), exchanges of contents (0x40),
 * parents among the attributes (0x80) and metadata in directories of its own (0x100): nothing that
 * a reader of files sees. */
#define INCOMPAT_KNOWN 0x1ff

static int bad(struct error *err, const char *what, uint64_t value)
{
    return error_set(err, ERROR_INTERNAL, "its superblock is damaged: its %s is %llu", what,
                     (unsigned long long)value);
}

/* Whether SIZE is 2 to the power of LOG, and LOG from MIN to MAX. */
static bool is_power(uint32_t size, unsigned log, unsigned min, unsigned max)
{
    return log >= min && log <= max && size == UINT32_C(1) << log;
}

static int check_version(const unsigned char *super, struct error *err)
{
    unsigned version = get_be16(super + VERSION_AT);

    if (get_be32(super + MAGIC_AT) != MAGIC)
        return error_set(err, ERROR_INTERNAL, "there is no superblock of XFS");
    if ((version & 15) != 4 && (version & 15) != 5)
        return error_set(err, ERROR_INTERNAL, "it is of version %u, which is not known here",
                         version & 15);
    if (!(version & VERSION_DIRECTORY_2))
        return error_set(err, ERROR_INTERNAL,
                         "its directories are of version 1, which is not known here");
    if (super[IN_PROGRESS_AT])
        return error_set(err, ERROR_INTERNAL, "it was never made to the end");
    if (!is_power(get_be16(super + SECTOR_SIZE_AT), super[SECTOR_LOG_AT], XFS_SECTOR_LOG_MIN,
                  XFS_SECTOR_LOG_MAX))
        return bad(err, "sector size", get_be16(super + SECTOR_SIZE_AT));
    return 0;
}

/* The superblock's own checksum covers its whole sector. */
static int check_sum(struct xfs *xfs, struct error *err)
{
    auto_free unsigned char *sector = xmalloc(xfs->sector_size);

    if (block_cache_read(xfs->nodes.cache, 0, sector, xfs->sector_size, err) < 0)
        return -1;
    if (!xfs_sum_holds(sector, xfs->sector_size, CRC_AT))
        return error_set(err, ERROR_INTERNAL, "the checksum of its superblock is wrong");
    return 0;
}

static int take_features(struct xfs *xfs, const unsigned char *super, struct error *err)
{
    unsigned version = get_be16(super + VERSION_AT);
    uint32_t incompat = get_be32(super + INCOMPAT_AT);

    xfs->caseless = version & VERSION_CASELESS;
    memcpy(xfs->uuid, super + UUID_AT, sizeof xfs->uuid);
    if (!xfs->checked) {
        xfs->typed = version & VERSION_MORE && get_be32(super + FEATURES_2_AT) & FEATURE_2_TYPED;
        return 0;
    }
    if (incompat & ~(uint32_t)INCOMPAT_KNOWN)
        return error_set(err, ERROR_INTERNAL, "it has features that are not known here (0x%x)",
                         incompat & ~(uint32_t)INCOMPAT_KNOWN);
    xfs->typed = incompat & INCOMPAT_TYPED;
    xfs->wide_counts = incompat & INCOMPAT_WIDE_COUNTS;
    xfs->needs_repair = incompat & INCOMPAT_REPAIR;
    if (incompat & INCOMPAT_META_UUID)
        memcpy(xfs->uuid, super + META_UUID_AT, sizeof xfs->uuid);
    return 0;
}

static int take_sizes(struct xfs *xfs, const unsigned char *super, struct error *err)
{
    unsigned block_log_min = XFS_BLOCK_LOG_MIN + xfs->checked;

    xfs->block_log = super[BLOCK_LOG_AT];
    xfs->inode_log = super[INODE_LOG_AT];
    if (!is_power(get_be32(super + BLOCK_SIZE_AT), xfs->block_log, block_log_min,
                  XFS_BLOCK_LOG_MAX))
        return bad(err, "block size", get_be32(super + BLOCK_SIZE_AT));
    if (!is_power(get_be16(super + INODE_SIZE_AT), xfs->inode_log, XFS_INODE_LOG_MIN,
                  XFS_INODE_LOG_MAX) ||
        xfs->inode_log > xfs->block_log)
        return bad(err, "inode size", get_be16(super + INODE_SIZE_AT));
    if (super[INODES_PER_BLOCK_LOG_AT] != xfs->block_log - xfs->inode_log ||
        get_be16(super + INODES_PER_BLOCK_AT) != 1u << (xfs->block_log - xfs->inode_log))
        return bad(err, "number of inodes per block", get_be16(super + INODES_PER_BLOCK_AT));
    if (super[DIRECTORY_LOG_AT] > XFS_BLOCK_LOG_MAX - xfs->block_log)
        return bad(err, "directory block size (a power of two)", super[DIRECTORY_LOG_AT]);
    xfs->directory_log = xfs->block_log + super[DIRECTORY_LOG_AT];
    return 0;
}

static int take_groups(struct xfs *xfs, const unsigned char *super, struct error *err)
{
    xfs->group_blocks = get_be32(super + GROUP_BLOCKS_AT);
    xfs->groups = get_be32(super + GROUPS_AT);
    xfs->blocks = get_be64(super + BLOCKS_AT);
    xfs->group_block_log = super[GROUP_BLOCK_LOG_AT];
    if (xfs->group_blocks == 0 || xfs->group_blocks > XFS_GROUP_BYTES_MAX >> xfs->block_log)
        return bad(err, "number of blocks per group", xfs->group_blocks);
    if (xfs->group_block_log > 31 || xfs->group_blocks > UINT32_C(1) << xfs->group_block_log ||
        (xfs->group_block_log && xfs->group_blocks <= UINT32_C(1) << (xfs->group_block_log - 1)))
        return bad(err, "number of bits of a block's number", xfs->group_block_log);
    if (xfs->groups == 0 || xfs->blocks > (uint64_t)xfs->groups * xfs->group_blocks ||
        xfs->blocks <= (uint64_t)(xfs->groups - 1) * xfs->group_blocks)
        return bad(err, "number of groups", xfs->groups);
    if (xfs->blocks > (uint64_t)INT64_MAX >> xfs->block_log)
        return bad(err, "number of blocks", xfs->blocks);
    return 0;
}

int xfs_super_load(struct xfs *xfs, struct error *err)
{
    unsigned char super[SUPER_SIZE];

    if (block_cache_read(xfs->nodes.cache, 0, super, sizeof super, err) < 0 ||
        check_version(super, err) < 0)
        return -1;
    xfs->checked = (get_be16(super + VERSION_AT) & 15) == 5;
    xfs->sector_size = get_be16(super + SECTOR_SIZE_AT);
    if ((xfs->checked && check_sum(xfs, err) < 0) || take_features(xfs, super, err) < 0 ||
        take_sizes(xfs, super, err) < 0 || take_groups(xfs, super, err) < 0)
        return -1;
    xfs->root = get_be64(super + ROOT_AT);
    xfs->log_start = get_be64(super + LOG_START_AT);
    xfs->log_blocks = get_be32(super + LOG_BLOCKS_AT);
    return 0;
}
