/* Blocks of directories. See xfs_data.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_data.h"

#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/xfs/xfs_block.h"
#include "fsprobe/fs/xfs/xfs_extents.h"

/* Magic numbers: the directory is this block alone, or it has more. */
#define MAGIC_ALONE_3 0x58444233 /* "XDB3", version 5 */
#define MAGIC_DATA_3  0x58444433 /* "XDD3" */
#define MAGIC_ALONE   0x58443242 /* "XD2B" */
#define MAGIC_DATA    0x58443244 /* "XD2D" */
#define HEADER_3      64
#define HEADER        16
static const struct xfs_seal seal = {.crc = 4, .number = 8, .uuid = 24, .owner = 40};

/* An index in the block itself: pairs of four bytes each, then how many, of which how many free. */
#define PAIR 8
#define TAIL 8

/* Of an entry: the inode, the length of the name, the name, the kind of file, room up to the next
 * multiple of 8, whose last two bytes are the entry's own place. */
#define ENTRY_LENGTH_AT 8
#define ENTRY_MIN       16 /* bytes, of one with a name; free room may have 8 */
#define ENTRY_TAG       2
#define ENTRY_ALIGN     8
/* Free room has a mark in the place of an inode's first bytes, and its length. */
#define FREE_MARK      0xffff
#define FREE_LENGTH_AT 2

static int bad(const struct xfs_inode *directory, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "directory inode %llu %s",
                     (unsigned long long)directory->number, what);
}

struct read_context {
    struct xfs *xfs;
    const struct xfs_inode *directory;
    uint64_t first, end; /* blocks of the file that are wanted */
    uint64_t next;       /* the first of them that is not read */
    uint64_t place;
    unsigned char *bytes;
};

static int read_extent(void *context, const struct xfs_extent *extent, struct error *err)
{
    struct read_context *r = context;
    unsigned log = r->xfs->block_log;
    uint64_t end = extent->first + extent->count;

    if (extent->unwritten || extent->first > r->next)
        return bad(r->directory, "has a block with a hole", err);
    if (end > r->end)
        end = r->end;
    uint64_t place = extent->place + ((r->next - extent->first) << log);
    if (r->next == r->first)
        r->place = place;
    if (block_cache_read(r->xfs->nodes.cache, place, r->bytes + ((r->next - r->first) << log),
                         (size_t)(end - r->next) << log, err) < 0)
        return -1;
    r->next = end;
    return 1;
}

int xfs_directory_read(struct xfs *xfs, const struct xfs_inode *directory, uint64_t first,
                       unsigned char *bytes, uint64_t *place, struct error *err)
{
    uint64_t end = first + (xfs_directory_block(xfs) >> xfs->block_log);
    struct read_context r = {xfs, directory, first, end, first, 0, bytes};

    if (xfs_extents_each(xfs, directory, first, end, read_extent, &r, err) < 0)
        return -1;
    *place = r.place;
    if (r.next == first)
        return 0;
    if (r.next < end)
        return bad(directory, "has a block with a hole", err);
    return 1;
}

/* Where the entries of a block that has an index of its own end; 0: that cannot be. */
static size_t end_of_entries(const unsigned char *bytes, size_t size, size_t header)
{
    uint32_t count = get_be32(bytes + size - TAIL);

    if (count > (size - header - TAIL) / PAIR)
        return 0;
    return size - TAIL - (size_t)count * PAIR;
}

int xfs_data_read(struct xfs *xfs, const struct xfs_inode *directory, uint64_t number,
                  unsigned char *bytes, size_t *begin, size_t *end, bool *alone, struct error *err)
{
    size_t size = xfs_directory_block(xfs);
    uint64_t place;
    int result = xfs_directory_read(xfs, directory, number << (xfs->directory_log - xfs->block_log),
                                    bytes, &place, err);

    if (result <= 0)
        return result;
    uint32_t magic = get_be32(bytes);
    *alone = magic == (xfs->checked ? MAGIC_ALONE_3 : MAGIC_ALONE);
    if (!*alone && magic != (xfs->checked ? MAGIC_DATA_3 : MAGIC_DATA))
        return bad(directory, "has a block that is none of a directory", err);
    if (xfs_seal_check(xfs, &seal, bytes, size, place, directory->number, err) < 0)
        return -1;
    *begin = xfs->checked ? HEADER_3 : HEADER;
    *end = *alone ? end_of_entries(bytes, size, *begin) : size;
    if (*alone && (*end == 0 || directory->size != size))
        return bad(directory, "is not as large as it says", err);
    return 1;
}

int xfs_entry_at(const struct xfs *xfs, const struct xfs_inode *directory,
                 const unsigned char *bytes, size_t at, size_t end, struct xfs_entry *entry,
                 struct error *err)
{
    bool is_free;

    if (at % ENTRY_ALIGN || at >= end || end - at < ENTRY_ALIGN)
        return bad(directory, "has an entry across the end of its block", err);
    is_free = get_be16(bytes + at) == FREE_MARK;
    if (is_free) {
        entry->step = get_be16(bytes + at + FREE_LENGTH_AT);
    } else if (end - at < ENTRY_MIN) {
        return bad(directory, "has an entry across the end of its block", err);
    } else {
        entry->inode = get_be64(bytes + at);
        entry->length = bytes[at + ENTRY_LENGTH_AT];
        entry->name = (const char *)bytes + at + ENTRY_LENGTH_AT + 1;
        entry->step = ENTRY_LENGTH_AT + 1 + entry->length + xfs->typed + ENTRY_TAG;
        entry->step += -entry->step % ENTRY_ALIGN;
        if (entry->length == 0)
            return bad(directory, "has an entry without a name", err);
    }
    if (entry->step < ENTRY_ALIGN || entry->step % ENTRY_ALIGN || entry->step > end - at)
        return bad(directory, "has an entry across the end of its block", err);
    if (get_be16(bytes + at + entry->step - ENTRY_TAG) != at)
        return bad(directory, "has an entry that does not say where it is", err);
    return !is_free;
}

int64_t xfs_data_count(const struct xfs *xfs, const struct xfs_inode *directory, struct error *err)
{
    size_t size = xfs_directory_block(xfs);

    if (directory->size > XFS_DIRECTORY_MAX)
        return error_set(err, ERROR_INTERNAL, "directory inode %llu has more than %d bytes",
                         (unsigned long long)directory->number, XFS_DIRECTORY_MAX);
    if (directory->size == 0 || directory->size % size)
        return bad(directory, "is not as large as it says", err);
    return (int64_t)(directory->size / size);
}
