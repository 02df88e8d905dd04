/* The extents of an inode, from the inode itself or from a tree below it.
 *
 * A tree's inner blocks hold keys, the first block of the file below each, and pointers. Every
 * extent must begin at or behind its key, end at or before the next, and at or behind the end of
 * the one before it; each level is one less than that above. So a tree that leads into itself, or
 * twice to one block, is found out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_extents.h"

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/xfs/xfs_block.h"

#define RECORD      16 /* bytes of an extent; of a key with its pointer, too */
#define OFFSET_BITS 54
#define COUNT_BITS  21
#define ROOT_HEADER 4 /* level and count */

/* A block of the tree. */
#define MAGIC_3  0x424d4133 /* "BMA3", version 5 */
#define HEADER_3 72
#define MAGIC    0x424d4150 /* "BMAP" */
#define HEADER   24
enum { LEVEL_AT = 4, COUNT_AT = 6 };
static const struct xfs_seal seal = {.number = 24, .uuid = 40, .owner = 56, .crc = 64};

struct extents_walk {
    struct xfs *xfs;
    const struct xfs_inode *inode;
    uint64_t first, end;
    uint64_t next; /* no extent may begin before this one */
    int (*each)(void *context, const struct xfs_extent *extent, struct error *err);
    void *context;
};

static int bad(const struct extents_walk *walk, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "inode %llu %s", (unsigned long long)walk->inode->number,
                     what);
}

/* The record at BYTES, all of which must be before block LIMIT of the file. */
static int take_record(struct extents_walk *walk, const unsigned char *bytes, uint64_t limit,
                       struct xfs_extent *extent, struct error *err)
{
    uint64_t high = get_be64(bytes), low = get_be64(bytes + 8);
    uint64_t start = (high & 0x1ff) << 43 | low >> COUNT_BITS;

    extent->unwritten = high >> 63;
    extent->first = high >> 9 & ((UINT64_C(1) << OFFSET_BITS) - 1);
    extent->count = low & ((UINT64_C(1) << COUNT_BITS) - 1);
    if (extent->count == 0)
        return bad(walk, "has an extent of no length", err);
    if (extent->first < walk->next || extent->first > limit ||
        extent->count > limit - extent->first)
        return bad(walk, "has its extents in disorder", err);
    if (!xfs_block_place(walk->xfs, start, extent->count, &extent->place))
        return bad(walk, "has an extent outside the filesystem", err);
    walk->next = extent->first + extent->count;
    return 0;
}

/* COUNT records. 1 go on, 0 enough, -1 with ERR. */
static int walk_records(struct extents_walk *walk, const unsigned char *bytes, size_t count,
                        uint64_t limit, struct error *err)
{
    int result = 1;

    for (size_t i = 0; i < count && result > 0; i++) {
        struct xfs_extent extent;
        if (take_record(walk, bytes + i * RECORD, limit, &extent, err) < 0)
            return -1;
        if (extent.first >= walk->end)
            return 0;
        if (walk->next > walk->first)
            result = walk->each(walk->context, &extent, err);
    }
    return result;
}

static int walk_block(struct extents_walk *walk, uint64_t block, unsigned level, uint64_t limit,
                      struct error *err);

/* COUNT pairs of an inner block of LEVEL (1 or more), as walk_records(). */
static int walk_pairs(struct extents_walk *walk, const unsigned char *keys,
                      const unsigned char *pointers, size_t count, unsigned level, uint64_t limit,
                      struct error *err)
{
    int result = 1;

    for (size_t i = 0; i < count && result > 0; i++) {
        uint64_t key = get_be64(keys + 8 * i);
        uint64_t next = i + 1 < count ? get_be64(keys + 8 * (i + 1)) : limit;

        if (key < walk->next || next <= key || next > limit)
            return bad(walk, "has a tree of extents in disorder", err);
        walk->next = key;
        if (key >= walk->end)
            return 0;
        if (next > walk->first)
            result = walk_block(walk, get_be64(pointers + 8 * i), level - 1, next, err);
    }
    return result;
}

static int read_block(struct extents_walk *walk, uint64_t block, unsigned level,
                      unsigned char *bytes, struct error *err)
{
    struct xfs *xfs = walk->xfs;
    size_t size = xfs_block_size(xfs);
    size_t header = xfs->checked ? HEADER_3 : HEADER;
    uint64_t place;

    if (!xfs_block_place(xfs, block, 1, &place))
        return bad(walk, "has a block of its tree of extents outside the filesystem", err);
    if (block_cache_read(xfs->nodes.cache, place, bytes, size, err) < 0)
        return -1;
    if (get_be32(bytes) != (xfs->checked ? MAGIC_3 : MAGIC))
        return bad(walk, "has a tree of extents that leads elsewhere", err);
    if (xfs_seal_check(xfs, &seal, bytes, size, place, walk->inode->number, err) < 0)
        return -1;
    if (get_be16(bytes + LEVEL_AT) != level)
        return bad(walk, "has a tree of extents with a wrong level", err);
    if (get_be16(bytes + COUNT_AT) == 0 || get_be16(bytes + COUNT_AT) > (size - header) / RECORD)
        return bad(walk, "has a tree of extents with a wrong count", err);
    return 0;
}

static int walk_block(struct extents_walk *walk, uint64_t block, unsigned level, uint64_t limit,
                      struct error *err)
{
    size_t size = xfs_block_size(walk->xfs);
    size_t header = walk->xfs->checked ? HEADER_3 : HEADER;
    auto_free unsigned char *bytes = xmalloc(size);

    if (read_block(walk, block, level, bytes, err) < 0)
        return -1;
    if (level == 0)
        return walk_records(walk, bytes + header, get_be16(bytes + COUNT_AT), limit, err);
    return walk_pairs(walk, bytes + header, bytes + header + (size - header) / RECORD * 8,
                      get_be16(bytes + COUNT_AT), level, limit, err);
}

/* The root of the tree, which has no header of a block. */
static int walk_root(struct extents_walk *walk, uint64_t limit, struct error *err)
{
    const unsigned char *fork = walk->inode->fork;
    size_t length = walk->inode->fork_length;
    size_t room = length < ROOT_HEADER ? 0 : (length - ROOT_HEADER) / RECORD;
    unsigned level = length < ROOT_HEADER ? 0 : get_be16(fork);
    unsigned count = length < ROOT_HEADER ? 0 : get_be16(fork + 2);

    if (level == 0 || level >= XFS_TREE_LEVELS_MAX)
        return bad(walk, "has a tree of extents with a wrong level", err);
    if (count == 0 || count > room)
        return bad(walk, "has a tree of extents with a wrong count", err);
    return walk_pairs(walk, fork + ROOT_HEADER, fork + ROOT_HEADER + 8 * room, count, level, limit,
                      err);
}

int xfs_extents_each(struct xfs *xfs, const struct xfs_inode *inode, uint64_t first, uint64_t end,
                     int (*each)(void *context, const struct xfs_extent *extent, struct error *err),
                     void *context, struct error *err)
{
    struct extents_walk walk = {
        .xfs = xfs, .inode = inode, .first = first, .end = end, .each = each, .context = context};
    const uint64_t limit = UINT64_C(1) << OFFSET_BITS;
    int result;

    if (first >= end)
        return 0;
    if (inode->realtime)
        return bad(&walk, "is on the realtime device, which is not read", err);
    if (inode->format == XFS_EXTENTS)
        result = walk_records(&walk, inode->fork, (size_t)inode->extents, limit, err);
    else if (inode->format == XFS_TREE)
        result = walk_root(&walk, limit, err);
    else
        return bad(&walk, "has no extents", err);
    return result < 0 ? -1 : 0;
}
