/* The index of a directory: leaves with pairs of a hash and the address of an entry, sorted, and
 * above them, where there are several leaves, up to five levels of pairs of a hash, the highest
 * that is below, and a block. Each level is one less than that above, and leaves with the wanted
 * hash that follow one another are counted, so there is no way round in circles.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_index.h"

#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/xfs/xfs_block.h"
#include "fsprobe/fs/xfs/xfs_data.h"

#define INDEX_BEGINS (UINT64_C(1) << 35) /* bytes into the directory */
#define INDEX_ENDS   (UINT64_C(1) << 36)

/* Of a block of the index. */
#define NEXT_AT   0
#define MAGIC_AT  8
#define NODE_3    0x3ebe /* version 5 */
#define LEAF_3    0x3df1 /* the only one */
#define LEAVES_3  0x3dff
#define NODE      0xfebe
#define LEAF      0xd2f1
#define LEAVES    0xd2ff
#define HEADER_3  64
#define COUNT_3   56
#define HEADER    16
#define COUNT     12
#define PAIR      8
#define LEVEL_OFF 2 /* behind the count */
static const struct xfs_seal seal = {.crc = 12, .number = 16, .uuid = 32, .owner = 48};

struct index_search {
    struct xfs *xfs;
    const struct xfs_inode *directory;
    const char *name;
    size_t length;
    uint32_t hash;
    unsigned char *block; /* of the index; owned */
    bool is_node;
    unsigned level, count;
    const unsigned char *pairs; /* in BLOCK */
    unsigned char *data;        /* the block of entries with number DATA_NUMBER; owned */
    uint64_t data_number;
    size_t data_begin, data_end; /* 0: none is read */
};

static int bad(const struct index_search *search, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "the index of directory inode %llu %s",
                     (unsigned long long)search->directory->number, what);
}

static uint32_t rotate(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

static uint32_t hash_of(const char *name, size_t length)
{
    const unsigned char *n = (const unsigned char *)name;
    uint32_t hash = 0;

    for (; length >= 4; length -= 4, n += 4)
        hash = (uint32_t)n[0] << 21 ^ (uint32_t)n[1] << 14 ^ (uint32_t)n[2] << 7 ^ n[3] ^
               rotate(hash, 28);
    switch (length) {
    case 3:
        return (uint32_t)n[0] << 14 ^ (uint32_t)n[1] << 7 ^ n[2] ^ rotate(hash, 21);
    case 2:
        return (uint32_t)n[0] << 7 ^ n[1] ^ rotate(hash, 14);
    case 1:
        return n[0] ^ rotate(hash, 7);
    default:
        return hash;
    }
}

/* Reads the block of the index at block NUMBER of the directory. 0, or -1 with ERR. */
static int read_block(struct index_search *search, uint64_t number, struct error *err)
{
    struct xfs *xfs = search->xfs;
    size_t size = xfs_directory_block(xfs), header = xfs->checked ? HEADER_3 : HEADER;
    uint64_t place;
    int result;

    if (number < INDEX_BEGINS >> xfs->block_log || number >= INDEX_ENDS >> xfs->block_log)
        return bad(search, "leads out of itself", err);
    result = xfs_directory_read(xfs, search->directory, number, search->block, &place, err);
    if (result <= 0)
        return result < 0 ? -1 : bad(search, "leads into a hole", err);
    unsigned magic = get_be16(search->block + MAGIC_AT);
    const unsigned char *counts = search->block + (xfs->checked ? COUNT_3 : COUNT);
    search->is_node = magic == (xfs->checked ? NODE_3 : NODE);
    if (!search->is_node && magic != (xfs->checked ? LEAF_3 : LEAF) &&
        magic != (xfs->checked ? LEAVES_3 : LEAVES))
        return bad(search, "leads elsewhere", err);
    if (xfs_seal_check(xfs, &seal, search->block, size, place, search->directory->number, err) < 0)
        return -1;
    search->count = get_be16(counts);
    search->level = search->is_node ? get_be16(counts + LEVEL_OFF) : 0;
    search->pairs = search->block + header;
    if (search->count > (size - header) / PAIR)
        return bad(search, "has a wrong count", err);
    return 0;
}

/* The first pair whose hash is not below the wanted one; the count when there is none. */
static unsigned first_pair(const struct index_search *search)
{
    unsigned low = 0, high = search->count;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (get_be32(search->pairs + (size_t)middle * PAIR) < search->hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The entry at ADDRESS, in 8 bytes into the directory. 1 it is the wanted one, 0 not, -1 with
 * ERR. */
static int try_entry(struct index_search *search, uint32_t address, uint64_t *found,
                     struct error *err)
{
    struct xfs *xfs = search->xfs;
    uint64_t at = (uint64_t)address * 8;
    size_t inside = at & (xfs_directory_block(xfs) - 1);
    struct xfs_entry entry;
    bool alone;

    if (address == 0) /* a name that is gone */
        return 0;
    if (at >= search->directory->size)
        return bad(search, "leads out of the directory", err);
    if (search->data_end == 0 || search->data_number != at >> xfs->directory_log) {
        search->data_number = at >> xfs->directory_log;
        search->data_end = 0;
        int result = xfs_data_read(xfs, search->directory, search->data_number, search->data,
                                   &search->data_begin, &search->data_end, &alone, err);
        if (result <= 0)
            return result < 0 ? -1 : bad(search, "leads into a hole", err);
    }
    if (inside < search->data_begin)
        return bad(search, "leads to no entry", err);
    int result =
        xfs_entry_at(xfs, search->directory, search->data, inside, search->data_end, &entry, err);
    if (result <= 0)
        return result < 0 ? -1 : bad(search, "leads to no entry", err);
    *found = entry.inode;
    return entry.length == search->length && memcmp(entry.name, search->name, entry.length) == 0;
}

/* From the root down to the first leaf that may have the hash. 1 read, 0 there is none, -1 with
 * ERR. */
static int find_leaf(struct index_search *search, struct error *err)
{
    uint64_t number = INDEX_BEGINS >> search->xfs->block_log;
    unsigned above = 0; /* the level of the block before; 0: there was none */

    for (;;) {
        if (read_block(search, number, err) < 0)
            return -1;
        if (above && search->level != above - 1)
            return bad(search, "has a wrong level", err);
        if (!search->is_node)
            return 1;
        if (search->level == 0 || search->level > XFS_INDEX_LEVELS_MAX)
            return bad(search, "has a wrong level", err);
        above = search->level;
        unsigned pair = first_pair(search);
        if (pair == search->count)
            return 0;
        number = get_be32(search->pairs + (size_t)pair * PAIR + 4);
    }
}

/* All pairs with the wanted hash, from the leaf that is read. */
static int search_leaves(struct index_search *search, uint64_t *found, struct error *err)
{
    for (unsigned leaves = 0; leaves < XFS_INDEX_NEXT_MAX; leaves++) {
        for (unsigned i = first_pair(search); i < search->count; i++) {
            const unsigned char *pair = search->pairs + (size_t)i * PAIR;
            if (get_be32(pair) != search->hash)
                return 0;
            int result = try_entry(search, get_be32(pair + 4), found, err);
            if (result)
                return result;
        }
        uint32_t next = get_be32(search->block + NEXT_AT);
        if (next == 0)
            return 0;
        if (read_block(search, next, err) < 0)
            return -1;
        if (search->is_node)
            return bad(search, "has a wrong level", err);
    }
    return bad(search, "has too many names of one hash", err);
}

int xfs_index_lookup(struct xfs *xfs, const struct xfs_inode *directory, const char *name,
                     size_t length, uint64_t *found, struct error *err)
{
    auto_free unsigned char *block = xmalloc(xfs_directory_block(xfs));
    auto_free unsigned char *data = xmalloc(xfs_directory_block(xfs));
    struct index_search search = {.xfs = xfs,
                                  .directory = directory,
                                  .name = name,
                                  .length = length,
                                  .hash = hash_of(name, length),
                                  .block = block,
                                  .data = data};
    int result = find_leaf(&search, err);

    return result <= 0 ? result : search_leaves(&search, found, err);
}
