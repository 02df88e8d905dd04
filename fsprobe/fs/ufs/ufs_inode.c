/* Inodes and their blocks. A pointer of 0 is a hole, as large as what the pointer would lead to, so
 * that the size of a file alone costs nothing. See ufs_inode.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ufs/ufs_inode.h"

#include <string.h>
#include <sys/stat.h>

#include "fsprobe/fs/block_cache.h"

/* UFS1 */
#define INODE_1      128
#define SIZE_1_AT    8
#define POINTER_1_AT 40
#define BLOCKS_1_AT  104
/* UFS2 */
#define INODE_2      256
#define SIZE_2_AT    16
#define BLOCKS_2_AT  24
#define POINTER_2_AT 112

static int bad(const struct ufs_inode *inode, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "inode %lu %s", (unsigned long)inode->number, what);
}

/* The place of the inode NUMBER, in bytes into the volume. */
static bool place_of(const struct ufs *ufs, uint64_t number, uint64_t *place)
{
    size_t size = ufs->second ? INODE_2 : INODE_1;
    uint64_t group = number / ufs->group_inodes, inside = number % ufs->group_inodes * size;

    if (number < UFS_ROOT || group >= ufs->groups)
        return false;
    /* each of these is below 2^63 */
    uint64_t fragment = group * ufs->group_fragments + ufs->inodes_at +
                        (inside >> ufs->block_log << (ufs->block_log - ufs->fragment_log));
    if (!ufs->second)
        fragment += (uint64_t)ufs->group_offset * ((uint32_t)group & ~ufs->offset_mask);
    if (fragment >= ufs->fragments)
        return false;
    *place = (fragment << ufs->fragment_log) + (inside & (ufs_block_size(ufs) - 1));
    return true;
}

static enum node_kind kind_of(unsigned mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return NODE_FILE;
    case S_IFDIR:
        return NODE_DIRECTORY;
    case S_IFLNK:
        return NODE_LINK;
    default:
        return NODE_OTHER;
    }
}

int ufs_inode_load(struct ufs *ufs, uint64_t number, struct ufs_inode *inode, struct error *err)
{
    size_t size = ufs->second ? INODE_2 : INODE_1;
    unsigned char bytes[INODE_2];
    uint64_t place;

    *inode = (struct ufs_inode){.number = (uint32_t)number};
    if (!place_of(ufs, number, &place))
        return bad(inode, "is outside the filesystem", err);
    if (block_cache_read(ufs->nodes.cache, place, bytes, size, err) < 0)
        return -1;
    unsigned mode = ufs_16(ufs, bytes);
    if (mode == 0)
        return bad(inode, "is free", err);
    inode->kind = kind_of(mode);
    inode->size = ufs_64(ufs, bytes + (ufs->second ? SIZE_2_AT : SIZE_1_AT));
    inode->blocks =
        ufs->second ? ufs_64(ufs, bytes + BLOCKS_2_AT) : ufs_32(ufs, bytes + BLOCKS_1_AT);
    memcpy(inode->pointers, bytes + (ufs->second ? POINTER_2_AT : POINTER_1_AT),
           (UFS_DIRECT + UFS_INDIRECT) * ufs_pointer_size(ufs));
    if (inode->size > INT64_MAX)
        return bad(inode, "has an impossible size", err);
    return 0;
}

struct blocks_walk {
    struct ufs *ufs;
    const struct ufs_inode *inode;
    uint64_t first, end; /* blocks of the file; END not past its size */
    int (*each)(void *context, const struct ufs_run *run, struct error *err);
    void *context;
};

static uint64_t pointer_at(const struct ufs *ufs, const unsigned char *pointers, size_t number)
{
    return ufs->second ? ufs_64(ufs, pointers + number * 8) : ufs_32(ufs, pointers + number * 4);
}

/* The place of LENGTH bytes from FRAGMENT on. */
static int check_place(const struct blocks_walk *walk, uint64_t fragment, size_t length,
                       uint64_t *place, struct error *err)
{
    const struct ufs *ufs = walk->ufs;
    uint64_t count = (length + ((size_t)1 << ufs->fragment_log) - 1) >> ufs->fragment_log;

    if (fragment >= ufs->fragments || count > ufs->fragments - fragment)
        return bad(walk->inode, "has a block outside the filesystem", err);
    *place = fragment << ufs->fragment_log;
    return 0;
}

/* Block NUMBER of the file. As EACH. */
static int one_block(struct blocks_walk *walk, uint64_t number, uint64_t fragment,
                     struct error *err)
{
    struct ufs_run run = {.at = number << walk->ufs->block_log,
                          .length = ufs_block_size(walk->ufs)};

    if (run.length > walk->inode->size - run.at)
        run.length = (size_t)(walk->inode->size - run.at);
    if (check_place(walk, fragment, run.length, &run.place, err) < 0)
        return -1;
    return walk->each(walk->context, &run, err);
}

static int walk_pointers(struct blocks_walk *walk, const unsigned char *pointers, uint64_t from,
                         uint64_t to, unsigned level, uint64_t first, struct error *err);

/* The pointers in the block at FRAGMENT, the first of which leads to block FIRST of the file; each
 * leads to 2 to the power of (LEVEL times the log of pointers in a block) blocks. As EACH. */
static int walk_block(struct blocks_walk *walk, uint64_t fragment, unsigned level, uint64_t first,
                      struct error *err)
{
    struct ufs *ufs = walk->ufs;
    size_t size = ufs_pointer_size(ufs);
    unsigned log = ufs->block_log - (ufs->second ? 3 : 2), shift = level * log;
    uint64_t from = walk->first > first ? (walk->first - first) >> shift : 0;
    uint64_t to = ((walk->end - first - 1) >> shift) + 1, place = 0;
    auto_free unsigned char *pointers = NULL;

    if (to > UINT64_C(1) << log)
        to = UINT64_C(1) << log;
    if (check_place(walk, fragment, ufs_block_size(ufs), &place, err) < 0)
        return -1;
    pointers = xmalloc((size_t)(to - from) * size);
    if (block_cache_read(ufs->nodes.cache, place + from * size, pointers,
                         (size_t)(to - from) * size, err) < 0)
        return -1;
    return walk_pointers(walk, pointers, from, to, level, first + (from << shift), err);
}

/* POINTERS number FROM up to TO, of which the first leads to block FIRST of the file. As EACH. */
static int walk_pointers(struct blocks_walk *walk, const unsigned char *pointers, uint64_t from,
                         uint64_t to, unsigned level, uint64_t first, struct error *err)
{
    unsigned shift = level * (walk->ufs->block_log - (walk->ufs->second ? 3 : 2));
    int result = 1;

    for (size_t i = 0; i < to - from && result > 0; i++, first += UINT64_C(1) << shift) {
        uint64_t fragment = pointer_at(walk->ufs, pointers, i);
        if (fragment == 0)
            continue;
        result = level == 0 ? one_block(walk, first, fragment, err)
                            : walk_block(walk, fragment, level - 1, first, err);
    }
    return result;
}

int ufs_blocks_each(struct ufs *ufs, const struct ufs_inode *inode, uint64_t first, uint64_t end,
                    int (*each)(void *context, const struct ufs_run *run, struct error *err),
                    void *context, struct error *err)
{
    struct blocks_walk walk = {ufs, inode, first, end, each, context};
    unsigned log = ufs->block_log - (ufs->second ? 3 : 2);
    uint64_t size = (inode->size + ufs_block_size(ufs) - 1) >> ufs->block_log;
    uint64_t below = UFS_DIRECT; /* blocks that the pointers before lead to */
    int result = 1;

    if (walk.end > size)
        walk.end = size;
    for (uint64_t i = first; i < walk.end && i < UFS_DIRECT && result > 0; i++) {
        uint64_t fragment = pointer_at(ufs, inode->pointers, (size_t)i);
        if (fragment)
            result = one_block(&walk, i, fragment, err);
    }
    for (unsigned level = 0; level < UFS_INDIRECT && result > 0 && below < walk.end; level++) {
        uint64_t here = UINT64_C(1) << (level + 1) * log;
        uint64_t fragment = pointer_at(ufs, inode->pointers, UFS_DIRECT + level);
        if (fragment && walk.first < below + here)
            result = walk_block(&walk, fragment, level, below, err);
        below += here;
    }
    return result < 0 ? -1 : 0;
}
