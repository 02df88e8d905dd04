/* Records stand behind each other, none across a sector; where the length of the next one would be
 * there is a zero, and it is in the next sector. See iso9660_record.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/iso9660/iso9660_record.h"

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"

#define ATTRIBUTES_AT  1 /* blocks in front of the file's */
#define BLOCK_AT       2
#define SIZE_AT        10
#define FLAGS_AT       25
#define UNIT_AT        26 /* of interleaving, and the gap behind it */
#define NAME_LENGTH_AT 32
#define NAME_AT        33

int iso_record_take(const struct iso *iso, const unsigned char *bytes, size_t length, uint64_t at,
                    struct iso_record *record, struct error *err)
{
    size_t own = length ? bytes[0] : 0;

    if (own < ISO_RECORD_MIN || own > length || (size_t)NAME_AT + bytes[NAME_LENGTH_AT] > own)
        return error_set(err, ERROR_INTERNAL, "the record at byte %llu has an impossible length",
                         (unsigned long long)at);
    uint64_t block = (uint64_t)get_le32(bytes + BLOCK_AT) + bytes[ATTRIBUTES_AT];
    *record = (struct iso_record){
        .at = at,
        .extent = {block * iso->block, get_le32(bytes + SIZE_AT)},
        .flags = bytes[FLAGS_AT],
        .interleaved = bytes[UNIT_AT] || bytes[UNIT_AT + 1],
        .name = bytes + NAME_AT,
        .name_length = bytes[NAME_LENGTH_AT],
    };
    /* behind the name, at an even place */
    size_t more = NAME_AT + record->name_length + (record->name_length % 2 == 0);
    if (more < own) {
        record->more = bytes + more;
        record->more_length = own - more;
    }
    return 0;
}

/* The records of the LENGTH bytes at AT, which are in one sector, from FROM on. */
static int walk_sector(struct iso *iso, uint64_t at, size_t length, uint64_t from,
                       int (*each)(void *context, const struct iso_record *record,
                                   struct error *err),
                       void *context, struct error *err)
{
    unsigned char bytes[ISO_SECTOR];
    struct iso_record record;
    int result = 1;

    if (block_cache_read(iso->nodes.cache, at, bytes, length, err) < 0)
        return -1;
    for (size_t i = from > at ? (size_t)(from - at) : 0; result > 0 && i < length && bytes[i];
         i += bytes[i]) {
        if (iso_record_take(iso, bytes + i, length - i, at + i, &record, err) < 0)
            return -1;
        result = each(context, &record, err);
    }
    return result;
}

int iso_check_extent(const struct iso *iso, const struct iso_extent *extent, struct error *err)
{
    if (extent->place > iso->size || extent->size > iso->size - extent->place)
        return error_set(err, ERROR_INTERNAL,
                         "it has %llu bytes at byte %llu, which is outside the filesystem",
                         (unsigned long long)extent->size, (unsigned long long)extent->place);
    return 0;
}

int iso_records_each(struct iso *iso, const struct iso_extent *directory, uint64_t from,
                     int (*each)(void *context, const struct iso_record *record, struct error *err),
                     void *context, struct error *err)
{
    uint64_t end = directory->place + directory->size;
    int result = 1;

    if (directory->size > ISO_DIRECTORY_MAX)
        return error_set(err, ERROR_INTERNAL, "a directory has more than %d bytes",
                         ISO_DIRECTORY_MAX);
    if (iso_check_extent(iso, directory, err) < 0)
        return -1;
    for (uint64_t at = directory->place; at < end && result > 0;) {
        uint64_t next = at - at % ISO_SECTOR + ISO_SECTOR;
        if (next > end)
            next = end;
        if (next > from)
            result = walk_sector(iso, at, (size_t)(next - at), from, each, context, err);
        at = next;
    }
    return result;
}
