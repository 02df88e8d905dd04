/* Directory blocks, and the hash index (htree) that finds a name in one of ten thousand.
 *
 * The index: block 0 holds "." and ".." and, behind them, a header and sorted pairs of hash
 * and block; up to three levels of such blocks lead to an ordinary block of entries. See the
 * kernel's Documentation/filesystems/ext4/directory.rst.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext_htree.h"

#include <endian.h>
#include <string.h>

#include "fsprobe/fs/ext/ext_file.h"

#define DIRENT_HEADER  8
#define ROOT_INFO_AT   24 /* behind "." (12 bytes) and the start of ".." */
#define ROOT_INFO      8
#define NODE_AT        8 /* behind an empty entry that fills the block for old kernels */
#define LEVELS_MAX     3
#define COLLISIONS_MAX 64 /* further blocks with names of the same hash */

struct pair {
    uint32_t hash; /* in the first pair: limit and count, 16 bits each */
    uint32_t block;
};

bool ext_dirent_at(const unsigned char *block, size_t size, size_t at, struct ext_dirent *entry)
{
    struct ext2_dir_entry_2 raw;

    if (at > size || size - at < DIRENT_HEADER)
        return false;
    memcpy(&raw, block + at, DIRENT_HEADER);
    entry->number = le32toh(raw.inode);
    entry->record = le16toh(raw.rec_len);
    entry->length = raw.name_len;
    entry->name = (const char *)block + at + DIRENT_HEADER;
    /* A record of a whole 64 KiB block does not fit in 16 bits. */
    if (size - at == 65536 && (entry->record == 0 || entry->record == 65535))
        entry->record = 65536;
    return entry->record >= DIRENT_HEADER + entry->length && entry->record % 4 == 0 &&
           entry->record <= size - at && entry->record >= 12 - (entry->number == 0) * 4;
}

int ext_block_lookup(const unsigned char *block, size_t size, const char *name, size_t length,
                     ext2_ino_t *found)
{
    struct ext_dirent entry;

    for (size_t at = 0; at < size; at += entry.record) {
        if (!ext_dirent_at(block, size, at, &entry))
            return -1;
        if (entry.number && entry.length == length && memcmp(entry.name, name, length) == 0) {
            *found = entry.number;
            return 1;
        }
    }
    return 0;
}

struct index_reader {
    struct ext *ext;
    const struct ext_node *directory;
    unsigned char *block;
};

static bool read_block(struct index_reader *reader, uint32_t logical)
{
    blk64_t physical;

    if (ext_map(reader->ext, reader->directory, logical, &physical) || physical == 0)
        return false;
    return ext_read_dir_block(reader->ext, reader->directory, physical, reader->block) == 0;
}

static struct pair pair_at(const struct index_reader *reader, size_t begin, unsigned number)
{
    struct pair pair;

    memcpy(&pair, reader->block + begin + number * sizeof pair, sizeof pair);
    return (struct pair){le32toh(pair.hash), le32toh(pair.block) & 0x0fffffff};
}

/* The number of pairs from BEGIN on; 0 when that cannot be. */
static unsigned count_pairs(const struct index_reader *reader, size_t begin)
{
    uint32_t first = pair_at(reader, begin, 0).hash;
    unsigned limit = first & 0xffff, count = first >> 16;

    if (count > limit || begin + limit * sizeof(struct pair) > reader->ext->fs->blocksize)
        return 0;
    return count;
}

/* The last pair whose hash is not above HASH. */
static unsigned find_pair(const struct index_reader *reader, size_t begin, unsigned count,
                          uint32_t hash)
{
    unsigned low = 1, high = count;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (pair_at(reader, begin, middle).hash > hash)
            high = middle;
        else
            low = middle + 1;
    }
    return low - 1;
}

/* The header of the index in the block that was read. */
static bool read_root(const struct index_reader *reader, unsigned *version, unsigned *levels,
                      size_t *begin)
{
    const unsigned char *info = reader->block + ROOT_INFO_AT;

    /* bytes: reserved (4), hash version, length of this header, levels, flags */
    *version = info[4];
    *levels = info[6];
    *begin = ROOT_INFO_AT + ROOT_INFO;
    if (info[5] != ROOT_INFO || *levels >= LEVELS_MAX || *version > EXT2_HASH_TEA)
        return false;
    if (reader->ext->fs->super->s_flags & EXT2_FLAGS_UNSIGNED_HASH)
        *version += EXT2_HASH_LEGACY_UNSIGNED;
    return true;
}

/* From the lowest level of the index, whose block is read: the blocks of entries themselves.
 * Names of one hash may go on in the next, which then has that hash with its lowest bit set. */
static int search_leaves(struct index_reader *reader, size_t begin, uint32_t hash, const char *name,
                         size_t length, ext2_ino_t *found)
{
    unsigned count = count_pairs(reader, begin);
    unsigned number = count ? find_pair(reader, begin, count, hash) : 0;
    size_t size = reader->ext->fs->blocksize;
    auto_free unsigned char *index = xmalloc(size);

    if (!count)
        return -1;
    memcpy(index, reader->block, size);
    struct index_reader kept = {reader->ext, reader->directory, index};
    for (unsigned tries = 0; tries < COLLISIONS_MAX; tries++) {
        if (!read_block(reader, pair_at(&kept, begin, number).block))
            return -1;
        int result = ext_block_lookup(reader->block, size, name, length, found);
        if (result)
            return result;
        /* That the next block of the index goes on has been ruled out on the way down. */
        if (++number == count)
            return 0;
        if (pair_at(&kept, begin, number).hash != (hash | 1))
            return 0;
    }
    return -1;
}

int ext_htree_lookup(struct ext *ext, const struct ext_node *directory, const char *name,
                     size_t length, ext2_ino_t *found)
{
    auto_free unsigned char *block = xmalloc(ext->fs->blocksize);
    struct index_reader reader = {ext, directory, block};
    unsigned version, levels;
    ext2_dirhash_t hash, minor;
    size_t begin;

    if (directory->inode->i_flags & (EXT4_CASEFOLD_FL | EXT4_ENCRYPT_FL))
        return -1;
    if (!read_block(&reader, 0) || !read_root(&reader, &version, &levels, &begin) ||
        ext2fs_dirhash2((int)version, name, (int)length, NULL, 0, ext->fs->super->s_hash_seed,
                        &hash, &minor) != 0)
        return -1;
    for (; levels; levels--) {
        unsigned count = count_pairs(&reader, begin);
        unsigned number = count ? find_pair(&reader, begin, count, hash) : 0;
        uint32_t next = pair_at(&reader, begin, number).block;
        /* A name whose hash is spread over two blocks of the index: rare, so read it all. */
        if (!count ||
            (number + 1 < count && pair_at(&reader, begin, number + 1).hash == (hash | 1)))
            return -1;
        if (!read_block(&reader, next))
            return -1;
        begin = NODE_AT;
    }
    return search_leaves(&reader, begin, hash, name, length, found);
}
