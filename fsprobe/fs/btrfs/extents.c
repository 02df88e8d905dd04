/* Extents: in their tree, on the devices, packed, or not there. See extents.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/extents.h"

#include <string.h>

/* Where things stand in an item; the data of an inline extent follow AT_TYPE. */
enum {
    AT_UNPACKED = 8,
    AT_PACKING = 16,
    AT_ENCRYPTION = 17,
    AT_TYPE = 20,
    AT_INLINE = 21,
    AT_ADDRESS = 21,
    AT_PACKED = 29,
    AT_OFFSET = 37,
    AT_LENGTH = 45,
    EXTENT_SIZE = 53,
};
enum extent_type { INLINE, REGULAR, PREALLOCATED };

struct extent {
    enum extent_type type;
    enum file_packing packing;
    uint64_t at;              /* bytes into the file */
    uint64_t logical, packed; /* where all of it is and how long that is; 0: a hole */
    uint64_t unpacked;        /* bytes of all of it */
    uint64_t offset, length;  /* what of it is the file's */
};

static int damaged(const struct btrfs_item *item, const char *why, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "its extent at %llu is damaged: %s",
                     (unsigned long long)item->key.offset, why);
}

static int take_inline(const struct btrfs_item *item, struct extent *extent, struct error *err)
{
    extent->logical = item->logical + AT_INLINE;
    extent->packed = item->size - AT_INLINE;
    extent->length = extent->unpacked;
    if (extent->unpacked > (extent->packing ? FILE_PACKED_MAX : extent->packed))
        return damaged(item, "it is larger than its item", err);
    return extent->at == 0 ? 0 : damaged(item, "it is not at the file's beginning", err);
}

static int take_regular(const struct btrfs_item *item, unsigned sector_size, struct extent *extent,
                        struct error *err)
{
    uint64_t end, file_end;

    if (item->size != EXTENT_SIZE)
        return damaged(item, "it has not the length of one", err);
    extent->logical = get_le64(item->data + AT_ADDRESS);
    extent->packed = get_le64(item->data + AT_PACKED);
    extent->offset = get_le64(item->data + AT_OFFSET);
    extent->length = get_le64(item->data + AT_LENGTH);
    if ((extent->at | extent->logical | extent->packed | extent->offset | extent->length) %
        sector_size)
        return damaged(item, "it is not aligned", err);
    if (__builtin_add_overflow(extent->offset, extent->length, &end) ||
        __builtin_add_overflow(extent->at, extent->length, &file_end))
        return damaged(item, "it has no end", err);
    if (extent->logical == 0)
        return 0;
    if (extent->packing && (extent->packed > FILE_PACKED_MAX || extent->unpacked > FILE_PACKED_MAX))
        return damaged(item, "more is packed together than may be", err);
    if (end > (extent->packing ? extent->unpacked : extent->packed))
        return damaged(item, "its part is past its end", err);
    return 0;
}

static int take_extent(const struct btrfs_item *item, unsigned sector_size, struct extent *extent,
                       struct error *err)
{
    static const enum file_packing packings[] = {FILE_PLAIN, FILE_ZLIB, FILE_LZO, FILE_ZSTD};

    if (item->size < AT_INLINE)
        return damaged(item, "it is cut off", err);
    if (get_le16(item->data + AT_ENCRYPTION) || item->data[AT_ENCRYPTION + 2])
        return error_set(err, ERROR_INTERNAL, "it is encrypted");
    if (item->data[AT_PACKING] >= ARRAY_SIZE(packings))
        return error_set(err, ERROR_INTERNAL, "it is packed in a way that is not known (%u)",
                         item->data[AT_PACKING]);
    if (item->data[AT_TYPE] > PREALLOCATED)
        return damaged(item, "it is of a kind that is not known", err);
    *extent = (struct extent){.type = item->data[AT_TYPE],
                              .packing = packings[item->data[AT_PACKING]],
                              .at = item->key.offset,
                              .unpacked = get_le64(item->data + AT_UNPACKED)};
    return extent->type == INLINE ? take_inline(item, extent, err)
                                  : take_regular(item, sector_size, extent, err);
}

/* A file that is all in its item. */
static int take_bytes(struct btrfs *btrfs, const struct btrfs_item *item,
                      const struct extent *extent, struct file_map *map, struct error *err)
{
    const unsigned char *from = item->data + AT_INLINE;
    size_t count = extent->unpacked;

    if (extent->packing) {
        btrfs->unpacked.length = 0;
        if (btrfs_unpack(&btrfs->unpacker, extent->packing, from, extent->packed,
                         btrfs->super.sector_size, err) < 0)
            return -1;
        from = btrfs->unpacker.bytes;
        if (count > btrfs->unpacker.length)
            count = btrfs->unpacker.length;
    }
    map->bytes = xcalloc(1, map->size + 1);
    memcpy(map->bytes, from, count < map->size ? count : map->size);
    return 0;
}

static int add_run(const struct extent *extent, struct file_map *map, struct error *err)
{
    uint64_t left = map->size - extent->at;
    struct file_run run = {.at = extent->at,
                           .place = extent->logical,
                           .length = extent->length < left ? extent->length : left};

    if (extent->packing) {
        run.packing = extent->packing;
        run.packed_length = (uint32_t)extent->packed;
        run.skip = (uint32_t)extent->offset;
    } else if (__builtin_add_overflow(run.place, extent->offset, &run.place)) {
        return error_set(err, ERROR_INTERNAL, "its extent at %llu is damaged: it is nowhere",
                         (unsigned long long)extent->at);
    }
    if (!file_map_add(map, &run))
        return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
    return 0;
}

/* An inline extent is as long as the sectors that it would take. */
static bool is_all(const struct extent *extent, unsigned sector_size, uint64_t size)
{
    return extent->type == INLINE &&
           size <= (extent->unpacked + sector_size - 1) / sector_size * sector_size;
}

int btrfs_extents_map(struct btrfs *btrfs, const struct btrfs_tree *tree, uint64_t inode,
                      uint64_t end, struct file_map *map, struct error *err)
{
    const struct btrfs_key first = {inode, BTRFS_EXTENT_DATA, 0};
    struct btrfs_cursor cursor = btrfs_cursor_at(&btrfs->trees, tree, &first);
    unsigned sector_size = btrfs->super.sector_size;
    struct btrfs_item item;
    uint64_t behind = 0;
    int result = 0;

    while (behind < end && (result = btrfs_cursor_next(&cursor, &item, err)) > 0) {
        struct extent extent = {.at = 0};
        if (item.key.objectid != inode || item.key.type != BTRFS_EXTENT_DATA ||
            item.key.offset >= map->size)
            return 0;
        if (take_extent(&item, sector_size, &extent, err) < 0)
            return -1;
        if (extent.at < behind)
            return damaged(&item, "it overlaps with the one before it", err);
        if (is_all(&extent, sector_size, map->size))
            return take_bytes(btrfs, &item, &extent, map, err);
        behind = extent.at + extent.length;
        if (extent.type != PREALLOCATED && extent.logical && add_run(&extent, map, err) < 0)
            return -1;
    }
    return result < 0 ? -1 : 0;
}

/* Reads what is packed without taking it off the budget. */
static int read_packed(struct btrfs *btrfs, const struct file_run *run, unsigned char *packed,
                       struct error *err)
{
    struct source *source = &btrfs->space->source;
    uint64_t left = *source->budget;
    int result;

    *source->budget = UINT64_MAX;
    result = source_read(source, run->place, packed, run->packed_length, err);
    *source->budget = left;
    return result;
}

/* Unpacks all of the extent of RUN. The bytes that are asked for pay for themselves: whoever asks
 * has bounds of his own. What is read and unpacked beyond them is charged, or a file of many small
 * runs in the same large extent would cost more time than it has bytes. */
static int unpack_extent(struct btrfs *btrfs, const struct file_run *run, struct error *err)
{
    struct btrfs_unpacked *kept = &btrfs->unpacked;
    uint64_t work = (uint64_t)run->packed_length + FILE_PACKED_MAX, paid = 2 * run->length;
    auto_free unsigned char *packed = NULL;

    if (btrfs->unpacker.bytes && kept->length && kept->place == run->place &&
        kept->length == run->packed_length && kept->packing == run->packing)
        return 0;
    kept->length = 0;
    if (source_charge(&btrfs->space->source, work > paid ? work - paid : 0, err) < 0)
        return -1;
    packed = xmalloc(run->packed_length + 1);
    if (read_packed(btrfs, run, packed, err) < 0 ||
        btrfs_unpack(&btrfs->unpacker, run->packing, packed, run->packed_length,
                     btrfs->super.sector_size, err) < 0)
        return -1;
    *kept = (struct btrfs_unpacked){run->place, run->packed_length, run->packing};
    return 0;
}

int btrfs_extents_unpack(struct btrfs *btrfs, const struct file_run *run, unsigned char *out,
                         struct error *err)
{
    if (run->packed_length == 0 || run->packed_length > FILE_PACKED_MAX ||
        run->length > FILE_PACKED_MAX || run->skip > FILE_PACKED_MAX - run->length)
        return error_set(err, ERROR_INTERNAL, "a packed piece of it has more than %d bytes",
                         FILE_PACKED_MAX);
    if (unpack_extent(btrfs, run, err) < 0)
        return -1;
    /* Zeros at the end need not be packed. */
    size_t there = btrfs->unpacker.length > run->skip ? btrfs->unpacker.length - run->skip : 0;
    size_t count = there < run->length ? there : run->length;
    memcpy(out, btrfs->unpacker.bytes + run->skip, count);
    memset(out + count, 0, run->length - count);
    return 0;
}
