/* The levels of md. See md_layout.h.
 *
 * Format: the kernel's Documentation/admin-guide/md, drivers/md/raid0.c for arrays of members of
 * several sizes, drivers/md/raid10.c for the numbers of copies.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/md_layout.h"

#include "common/text.h"
#include "fsprobe/disk/way_out.h"

/* Where the second and further zones of a RAID 0 begin with their members: at the one that the
 * chunk's number in the array says, or in the zone. */
#define RAID0_BY_ARRAY 1
#define RAID0_BY_ZONE  2

#define RAID10_OFFSET (1u << 16)
/* Far copies stay within sets of members: the numbers in the bits behind. The first ones were not
 * made as they were meant. */
#define RAID10_OLD_SETS 1
#define RAID10_SETS     2

static int refuse(struct error *err, const char *why)
{
    return error_set(err, ERROR_INTERNAL, "%s", why);
}

static int refuse_missing(const struct md_array *array, const struct md_super *newest,
                          struct error *err)
{
    unsigned there = 0;

    for (unsigned i = 0; i < newest->raid_disks && i < MD_ARRAY_ROLES; i++)
        there += array->roles[i].super != NULL;
    return error_set(err, ERROR_INTERNAL,
                     "which needs more of its %u members than the %u that this guest's bootloader "
                     "was given in a state to be read",
                     newest->raid_disks, there);
}

static int check_piece(const struct piece *piece, const struct md_array *array,
                       const struct md_super *newest, struct error *err)
{
    if (!piece)
        return refuse(err, "which is larger than anything can be");
    return piece_is_whole(piece) ? 0 : refuse_missing(array, newest, err);
}

static struct piece_member member_of(const struct md_role *role, uint64_t at)
{
    if (!role->super)
        return (struct piece_member){.source = NULL};
    return (struct piece_member){.source = role->source, .offset = role->super->data_offset + at};
}

/* One member has it all: the newest, of these the one of the lowest role, as md itself reads while
 * the copies may differ. One with blocks that it knows to be bad is the last that is taken. */
static int mirror(struct md_array *array, const struct md_super *newest, struct pieces *pieces,
                  struct error *err)
{
    struct md_role *best = NULL;

    for (unsigned i = 0; i < MD_ARRAY_ROLES; i++) {
        struct md_role *role = &array->roles[i];
        if (!role->super)
            continue;
        if (!best || (best->super->bad_blocks && !role->super->bad_blocks) ||
            (best->super->bad_blocks == role->super->bad_blocks &&
             role->super->events > best->super->events))
            best = role;
    }
    if (!best || newest->size == 0)
        return refuse_missing(array, newest, err);
    struct piece *piece = pieces_add(pieces, newest->size, 1, 1, newest->size);
    if (piece)
        piece->members[0] = member_of(best, 0);
    return check_piece(piece, array, newest, err);
}

static bool all_there(const struct md_array *array, const struct md_super *newest)
{
    for (unsigned i = 0; i < newest->raid_disks; i++)
        if (!array->roles[i].super)
            return false;
    return true;
}

/* Bytes of a member that a RAID 0 or a linear array uses. */
static uint64_t used_bytes(const struct md_role *role, uint64_t chunk)
{
    return chunk ? role->super->data_size / chunk * chunk : role->super->data_size;
}

static int linear(struct md_array *array, const struct md_super *newest, struct pieces *pieces,
                  struct error *err)
{
    if (!all_there(array, newest))
        return refuse_missing(array, newest, err);
    for (unsigned i = 0; i < newest->raid_disks; i++) {
        uint64_t size = used_bytes(&array->roles[i], newest->chunk);
        if (size == 0)
            continue;
        struct piece *piece = pieces_add(pieces, size, 1, 1, size);
        if (piece)
            piece->members[0] = member_of(&array->roles[i], 0);
        if (check_piece(piece, array, newest, err) < 0)
            return -1;
    }
    return pieces->count ? 0 : refuse(err, "which has no room for anything");
}

/* The part of the members behind their first BEGIN bytes, up to where the smallest of those that
 * go on ends; *END. How many go on. */
static unsigned find_zone(const struct md_array *array, const struct md_super *newest,
                          uint64_t begin, uint64_t *end)
{
    unsigned count = 0;

    *end = UINT64_MAX;
    for (unsigned i = 0; i < newest->raid_disks; i++) {
        uint64_t size = used_bytes(&array->roles[i], newest->chunk);
        if (size <= begin)
            continue;
        count++;
        if (size < *end)
            *end = size;
    }
    return count;
}

static struct piece *add_zone(const struct md_array *array, const struct md_super *newest,
                              unsigned width, uint64_t begin, uint64_t end, struct pieces *pieces)
{
    uint64_t length;
    unsigned next = 0;

    if (__builtin_mul_overflow(end - begin, (uint64_t)width, &length))
        return NULL;
    struct piece *piece = pieces_add(pieces, length, width, 1, width == 1 ? length : newest->chunk);
    if (!piece)
        return NULL;
    if (newest->layout == RAID0_BY_ARRAY)
        piece->turn = (unsigned)(piece->at / newest->chunk % width);
    for (unsigned i = 0; i < newest->raid_disks; i++)
        if (used_bytes(&array->roles[i], newest->chunk) > begin)
            piece->members[next++] = member_of(&array->roles[i], begin);
    return piece;
}

static int stripes(struct md_array *array, const struct md_super *newest, struct pieces *pieces,
                   struct error *err)
{
    uint64_t begin = 0, end;
    unsigned width;

    if (!all_there(array, newest))
        return refuse_missing(array, newest, err);
    if (newest->chunk == 0)
        return refuse(err, "which is damaged: RAID 0 without chunks");
    while ((width = find_zone(array, newest, begin, &end)) > 0) {
        if (begin > 0 && newest->layout != RAID0_BY_ARRAY && newest->layout != RAID0_BY_ZONE)
            return refuse(err, "whose members are not of one size, and which does not say how the "
                               "rest is laid out (mdadm --update=layout-original says it)");
        if (check_piece(add_zone(array, newest, width, begin, end, pieces), array, newest, err) < 0)
            return -1;
        begin = end;
    }
    return pieces->count ? 0 : refuse(err, "which has no room for anything");
}

/* The numbers in a RAID 10's layout. */
struct raid10 {
    unsigned near, far; /* copies of each kind, itself among them */
    bool offset;        /* far copies are a row away, and not half of a member or so */
    unsigned set;       /* members that far copies stay among */
    uint64_t chunks;    /* of the array */
    uint64_t used;      /* chunks of each member that are used */
};

static int damaged_raid10(struct error *err)
{
    return refuse(err, "which is damaged: a RAID 10 of a shape that there is not");
}

/* As setup_geo() and calc_sectors() of drivers/md/raid10.c. Near and far copies together are
 * possible there, and made by nobody. */
static int read_layout(const struct md_super *newest, struct raid10 *raid, struct error *err)
{
    unsigned disks = newest->raid_disks, copies;
    uint64_t all;

    *raid = (struct raid10){.near = newest->layout & 0xff,
                            .far = newest->layout >> 8 & 0xff,
                            .offset = newest->layout & RAID10_OFFSET,
                            .set = disks};
    copies = raid->near * raid->far;
    if (copies == 0 || copies > disks || newest->chunk == 0 || newest->layout >> 17 > RAID10_SETS)
        return damaged_raid10(err);
    if (raid->near > 1 && raid->far > 1)
        return refuse(err, "a RAID 10 with near and far copies, which is not read here");
    if (newest->layout >> 17 == RAID10_OLD_SETS)
        raid->set = disks / raid->far;
    else if (newest->layout >> 17 == RAID10_SETS)
        raid->set = copies;
    if (__builtin_mul_overflow(newest->size / newest->chunk / raid->far, (uint64_t)disks, &all) ||
        __builtin_mul_overflow(all / raid->near, (uint64_t)copies, &raid->used))
        return refuse(err, "which is larger than anything can be");
    raid->chunks = all / raid->near;
    raid->used = raid->used / disks + (raid->used % disks > 0);
    return raid->chunks ? 0 : refuse(err, "which has no room for anything");
}

static int copies(struct md_array *array, const struct md_super *newest, struct pieces *pieces,
                  struct error *err)
{
    struct raid10 raid;
    uint64_t length;

    if (read_layout(newest, &raid, err) < 0)
        return -1;
    if (__builtin_mul_overflow(raid.chunks, newest->chunk, &length))
        return refuse(err, "which is larger than anything can be");
    struct piece *piece = pieces_add(pieces, length, newest->raid_disks, raid.near,
                                     newest->raid_disks == 1 ? length : newest->chunk);
    if (piece) {
        piece->far = raid.far;
        piece->set = raid.set;
        piece->row_step = raid.offset ? raid.far : 1;
        /* USED chunks are within the member's size: no such product overflows */
        piece->stride = raid.offset ? newest->chunk : raid.used / raid.far * newest->chunk;
    }
    for (unsigned i = 0; piece && i < newest->raid_disks; i++)
        piece->members[i] = member_of(&array->roles[i], 0);
    return check_piece(piece, array, newest, err);
}

/* What is no array of data of its own, or has parity. */
static int refuse_level(int level, struct error *err)
{
    auto_free char *name = level == MD_LEVEL_MULTIPATH   ? xstrdup("md:multipath")
                           : level == MD_LEVEL_CONTAINER ? xstrdup("md:container")
                                                         : xasprintf("md:raid%d", level);
    const struct way_out *kind = way_out_of(name);

    if (!kind)
        return error_set(err, ERROR_INTERNAL, "whose level %d is not read here", level);
    return error_set(err, ERROR_INTERNAL, "%s: %s", kind->what, kind->way);
}

int md_layout(struct md_array *array, const struct md_super *newest, struct pieces *pieces,
              struct error *err)
{
    if (newest->reshaping)
        return refuse(err, "which is just being made into one of another shape");
    if (newest->raid_disks < 1 || newest->raid_disks > MD_ARRAY_ROLES)
        return error_set(err, ERROR_INTERNAL, "which is said to have %u members",
                         newest->raid_disks);
    switch (newest->level) {
    case MD_LEVEL_LINEAR:
        return linear(array, newest, pieces, err);
    case 0:
        return stripes(array, newest, pieces, err);
    case 1:
        return mirror(array, newest, pieces, err);
    case 10:
        return copies(array, newest, pieces, err);
    default:
        return refuse_level(newest->level, err);
    }
}
