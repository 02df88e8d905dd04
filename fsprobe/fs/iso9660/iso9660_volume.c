/* Volume descriptors. See iso9660_volume.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/iso9660/iso9660_volume.h"

#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/iso9660/iso9660_record.h"
#include "fsprobe/fs/iso9660/iso9660_rock.h"

#define FIRST         16 /* sector */
#define TYPE_AT       0
#define MARK_AT       1
#define MARK          "CD001"
#define BLOCKS_AT     80
#define ESCAPES_AT    88 /* of a supplementary one: how its names are written */
#define BLOCK_SIZE_AT 128
#define ROOT_AT       156

#define PRIMARY       1
#define SUPPLEMENTARY 2
#define LAST          255

static bool is_joliet(const unsigned char *descriptor)
{
    const unsigned char *escapes = descriptor + ESCAPES_AT;

    return escapes[0] == '%' && escapes[1] == '/' &&
           (escapes[2] == '@' || escapes[2] == 'C' || escapes[2] == 'E');
}

static int take_root(struct iso *iso, const unsigned char *descriptor, uint64_t at,
                     struct error *err)
{
    struct iso_record record;

    if (iso_record_take(iso, descriptor + ROOT_AT, ISO_RECORD_MIN, at + ROOT_AT, &record, err) < 0)
        return -1;
    if (!(record.flags & ISO_DIRECTORY) || record.extent.size == 0)
        return error_set(err, ERROR_INTERNAL, "the root is not a directory");
    iso->root = record.extent;
    return iso_check_extent(iso, &iso->root, err);
}

static int take_primary(struct iso *iso, const unsigned char *descriptor, uint64_t at,
                        struct error *err)
{
    uint32_t block = get_le16(descriptor + BLOCK_SIZE_AT);

    if (block != 512 && block != 1024 && block != 2048)
        return error_set(err, ERROR_INTERNAL, "its block size is %lu", (unsigned long)block);
    iso->block = block;
    iso->size = (uint64_t)get_le32(descriptor + BLOCKS_AT) * block;
    return take_root(iso, descriptor, at, err);
}

/* The root's own record, which is its first one. */
static int see_root(void *context, const struct iso_record *record, struct error *err)
{
    struct iso *iso = context;

    (void)err;
    if (iso_rock_begins(record, &iso->skip))
        iso->names = ISO_ROCK_RIDGE;
    return 0;
}

int iso_volume_load(struct iso *iso, struct error *err)
{
    unsigned char descriptor[ISO_SECTOR], joliet[ISO_SECTOR];
    uint64_t joliet_at = 0;

    for (uint64_t i = FIRST; i < FIRST + ISO_DESCRIPTORS_MAX; i++) {
        uint64_t at = i * ISO_SECTOR;
        if (block_cache_read(iso->nodes.cache, at, descriptor, sizeof descriptor, err) < 0)
            return -1;
        if (memcmp(descriptor + MARK_AT, MARK, strlen(MARK)) != 0 || descriptor[TYPE_AT] == LAST)
            break;
        if (descriptor[TYPE_AT] == PRIMARY && iso->block == 0 &&
            take_primary(iso, descriptor, at, err) < 0)
            return -1;
        if (descriptor[TYPE_AT] == SUPPLEMENTARY && joliet_at == 0 && is_joliet(descriptor)) {
            memcpy(joliet, descriptor, sizeof joliet);
            joliet_at = at;
        }
    }
    if (iso->block == 0)
        return error_set(err, ERROR_INTERNAL, "there is no volume descriptor of ISO 9660");
    if (iso_records_each(iso, &iso->root, iso->root.place, see_root, iso, err) < 0)
        return -1;
    if (iso->names != ISO_ROCK_RIDGE && joliet_at) {
        iso->names = ISO_JOLIET;
        return take_root(iso, joliet, joliet_at, err);
    }
    return 0;
}
