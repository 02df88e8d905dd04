/* Superblocks of md. See md_super.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/md_super.h"

#include <linux/raid/md_p.h>
#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"

#define SECTOR     512u
#define MARK_BYTES 8 /* the magic number and the version: all that most places are read for */

_Static_assert(sizeof(struct mdp_superblock_1) == 256, "the fixed part of version 1");
_Static_assert(256 + 2 * MD_DEVICES_MAX <= SECTOR * 2, "all roles are within a superblock");

static int damaged(struct error *err, const char *what)
{
    return error_set(err, ERROR_INTERNAL, "its md superblock is damaged: %s", what);
}

static uint64_t get_le(const unsigned char *bytes, size_t at, size_t size)
{
    return size == 8   ? get_le64(bytes + at)
           : size == 4 ? get_le32(bytes + at)
                       : get_le16(bytes + at);
}
#define FIELD(bytes, member)                                 \
    get_le(bytes, offsetof(struct mdp_superblock_1, member), \
           sizeof((struct mdp_superblock_1){0}.member))

/* --- version 1 --------------------------------------------------------------------------- */

static bool sum_is_right(const unsigned char *bytes, size_t length, size_t sum_at)
{
    uint64_t sum = 0;
    size_t i = 0;

    for (; i + 4 <= length; i += 4)
        sum += i == sum_at ? 0 : get_le32(bytes + i);
    if (i + 2 <= length)
        sum += get_le16(bytes + i);
    return (uint32_t)((sum & UINT32_MAX) + (sum >> 32)) == get_le32(bytes + sum_at);
}

static bool is_power_of_two(uint64_t value)
{
    return value && (value & (value - 1)) == 0;
}

/* Bytes out of a number of sectors. */
static bool from_sectors(uint64_t sectors, uint64_t *bytes)
{
    return !__builtin_mul_overflow(sectors, (uint64_t)SECTOR, bytes);
}

static int check_1(const unsigned char *bytes, uint64_t at, uint64_t size, struct md_super *super,
                   struct error *err)
{
    uint64_t end, chunk = FIELD(bytes, chunksize), offset = FIELD(bytes, super_offset);

    if (!from_sectors(FIELD(bytes, data_offset), &super->data_offset) ||
        !from_sectors(FIELD(bytes, data_size), &super->data_size) ||
        !from_sectors(FIELD(bytes, size), &super->size) ||
        __builtin_add_overflow(super->data_offset, super->data_size, &end) || end > size)
        return damaged(err, "its data are said to go past the end");
    if (at / SECTOR != offset)
        return damaged(err, "it says that it stands elsewhere");
    if (super->data_size == 0 || super->size > super->data_size)
        return damaged(err, "its sizes do not fit");
    super->chunk = chunk * SECTOR;
    if (chunk && (!is_power_of_two(chunk) || super->chunk > MD_CHUNK_MAX))
        return damaged(err, "its chunks are of no size that there is");
    return 0;
}

static void take_features(const unsigned char *bytes, struct md_super *super)
{
    uint32_t features = (uint32_t)FIELD(bytes, feature_map);

    super->recovering = features & MD_FEATURE_RECOVERY_OFFSET;
    super->reshaping = features & (MD_FEATURE_RESHAPE_ACTIVE | MD_FEATURE_RESHAPE_BACKWARDS |
                                   MD_FEATURE_NEW_OFFSET);
    super->bad_blocks = features & MD_FEATURE_BAD_BLOCKS;
    super->replacement = features & MD_FEATURE_REPLACEMENT;
    super->has_layout = features & MD_FEATURE_RAID0_LAYOUT;
}

static int parse_1(const unsigned char *bytes, unsigned minor, uint64_t at, uint64_t size,
                   struct md_super *super, struct error *err)
{
    uint64_t devices = FIELD(bytes, max_dev);

    if (devices > MD_DEVICES_MAX)
        return damaged(err, "it has more devices than there is room for");
    if (!sum_is_right(bytes, 256 + 2 * (size_t)devices, offsetof(struct mdp_superblock_1, sb_csum)))
        return damaged(err, "its checksum is wrong");
    *super = (struct md_super){.minor = minor,
                               .level = (int)(int32_t)FIELD(bytes, level),
                               .layout = (uint32_t)FIELD(bytes, layout),
                               .raid_disks = (unsigned)FIELD(bytes, raid_disks),
                               .events = FIELD(bytes, events),
                               .number = (unsigned)FIELD(bytes, dev_number),
                               .role_count = (unsigned)devices};
    memcpy(super->uuid, bytes + offsetof(struct mdp_superblock_1, set_uuid), sizeof super->uuid);
    memcpy(super->name, bytes + offsetof(struct mdp_superblock_1, set_name), MD_NAME_LENGTH);
    for (size_t i = 0; i < devices; i++)
        super->roles[i] = get_le16(bytes + 256 + 2 * i);
    take_features(bytes, super);
    return check_1(bytes, at, size, super, err);
}

/* --- version 0.90 ------------------------------------------------------------------------ */

#define OLD_BYTES    MD_SB_BYTES
#define OLD_RESERVED MD_RESERVED_BYTES
/* A disk's descriptor: number, major, minor, raid_disk, state. */
#define OLD_DISK_WORDS MD_SB_DESCRIPTOR_WORDS
#define OLD_THIS       MD_SB_DESCRIPTOR_OFFSET

static uint32_t old_word(const unsigned char *bytes, size_t word)
{
    return get_le32(bytes + 4 * word);
}

/* The role in the descriptor at the word AT. */
static uint16_t old_role(const unsigned char *bytes, size_t at)
{
    uint32_t raid_disk = old_word(bytes, at + 3), state = old_word(bytes, at + 4);

    if (state & (1u << MD_DISK_FAULTY | 1u << MD_DISK_REMOVED))
        return MD_ROLE_FAULTY;
    if (!(state & 1u << MD_DISK_SYNC) || raid_disk >= MD_SB_DISKS)
        return MD_ROLE_SPARE;
    return (uint16_t)raid_disk;
}

static int parse_old(const unsigned char *bytes, uint64_t at, struct md_super *super,
                     struct error *err)
{
    static const unsigned uuid_words[] = {5, 13, 14, 15};

    if (!sum_is_right(bytes, OLD_BYTES, 4 * 38))
        return damaged(err, "its checksum is wrong");
    *super = (struct md_super){.old = true,
                               .level = (int)(int32_t)old_word(bytes, 7),
                               .layout = old_word(bytes, 64),
                               .chunk = old_word(bytes, 65),
                               .raid_disks = old_word(bytes, 10),
                               .size = (uint64_t)old_word(bytes, 8) * 1024,
                               .data_size = at,
                               .events = (uint64_t)old_word(bytes, 40) << 32 | old_word(bytes, 39),
                               .number = old_word(bytes, OLD_THIS),
                               .reshaping = old_word(bytes, 2) == 91,
                               .role_count = MD_SB_DISKS};
    for (size_t i = 0; i < ARRAY_SIZE(uuid_words); i++) {
        uint32_t word = htobe32(old_word(bytes, uuid_words[i]));
        memcpy(super->uuid + 4 * i, &word, sizeof word);
    }
    for (size_t i = 0; i < MD_SB_DISKS; i++)
        super->roles[i] = old_role(bytes, MD_SB_DISKS_OFFSET + i * OLD_DISK_WORDS);
    /* It knows itself best. */
    if (super->number < MD_SB_DISKS)
        super->roles[super->number] = old_role(bytes, OLD_THIS);
    if (super->chunk && (!is_power_of_two(super->chunk) || super->chunk > MD_CHUNK_MAX))
        return damaged(err, "its chunks are of no size that there is");
    if (super->level > 0 && (super->size == 0 || super->size > at))
        return damaged(err, "its sizes do not fit");
    return 0;
}

/* --- both -------------------------------------------------------------------------------- */

/* A place where a superblock may be, and what begins it there. */
struct md_place {
    bool there; /* the source is large enough */
    uint64_t at, bytes;
    uint32_t major, minor; /* of the version; 1.x do not say their minor, 0.90 does */
};

static void find_places(uint64_t size, struct md_place places[4])
{
    uint64_t end = size / SECTOR;

    places[0] = (struct md_place){size >= 4096 + 2 * SECTOR, 4096, 2 * SECTOR, 1, 2};
    places[1] = (struct md_place){size >= 2 * SECTOR, 0, 2 * SECTOR, 1, 1};
    places[2] =
        (struct md_place){end >= 24, ((end - 16) & ~UINT64_C(7)) * SECTOR, 2 * SECTOR, 1, 0};
    places[3] =
        (struct md_place){size >= 2 * (uint64_t)OLD_RESERVED,
                          (size & ~(uint64_t)(OLD_RESERVED - 1)) - OLD_RESERVED, OLD_BYTES, 0, 90};
}

/* 0.90 is written in the byte order of the machine that made it. */
static bool is_foreign(const unsigned char *mark, const struct md_place *place)
{
    return place->major == 0 && get_be32(mark) == MD_SB_MAGIC && get_be32(mark + 4) == 0;
}

static bool is_mark(const unsigned char *mark, const struct md_place *place)
{
    return get_le32(mark) == MD_SB_MAGIC && get_le32(mark + 4) == place->major;
}

/* A 0.90 superblock at the end of a disk may be that of its last partition. The array's members are
 * then smaller than the disk by what is before that partition, which is so many bytes at least. */
static bool is_somebody_elses(const struct md_super *super, uint64_t at)
{
    uint64_t unit = super->chunk > OLD_RESERVED ? super->chunk : OLD_RESERVED;

    return super->level > 0 && at - super->size >= unit;
}

int md_super_read(struct source *source, struct md_super *super, struct error *err)
{
    auto_free unsigned char *bytes = NULL;
    auto_error struct error unread = ERROR_INIT;
    unsigned char mark[MARK_BYTES];
    struct md_place places[4];

    find_places(source->size, places);
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        const struct md_place *place = &places[i];
        if (!place->there)
            continue;
        if (source_read(source, place->at, mark, sizeof mark, &unread) < 0)
            return 0;
        if (is_foreign(mark, place))
            return error_set(err, ERROR_INTERNAL,
                             "it is a part of an md array of a machine whose numbers are written "
                             "the other way round (big-endian), which is not read here");
        if (!is_mark(mark, place))
            continue;
        bytes = xmalloc(OLD_BYTES);
        if (source_read(source, place->at, bytes, place->bytes, &unread) < 0)
            return 0;
        if (place->major == 1)
            return parse_1(bytes, place->minor, place->at, source->size, super, err) < 0 ? -1 : 1;
        if (parse_old(bytes, place->at, super, err) < 0)
            return -1;
        return !is_somebody_elses(super, place->at);
    }
    return 0;
}
