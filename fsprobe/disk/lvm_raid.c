/* Legs of a raid. See lvm_raid.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/lvm_raid.h"

#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"

#define RAID_MARK      "DmRd"
#define RAID_SUPER     64 /* bytes that are looked at */
#define RAID_LEGS_MAX  64 /* that its mask of failed ones has room for */
#define RAID_RECOVERED UINT64_MAX

/* One leg of a raid, and what its superblock (drivers/md/dm-raid.c) says. */
struct leg {
    const char *image, *meta; /* names; META NULL: it has none */
    struct piece_member member;
    bool known; /* there is a superblock */
    uint64_t events, failed;
    bool recovering;
};

static void free_legs(struct leg *legs, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (legs[i].member.owned)
            source_free(legs[i].member.source);
    free(legs);
}

/* The names of the legs: of pairs of metadata and image, or, for a raid0 without metadata, images.
 * How many; 0: they are not as they should be. */
static unsigned name_legs(const struct lvm_segment *segment, struct leg *legs)
{
    const struct lvm_node *pairs = lvm_find(segment->inner, "raids", LVM_LIST);
    const struct lvm_node *images = lvm_find(segment->inner, "raid0_lvs", LVM_LIST);
    const struct lvm_node *item = pairs ? pairs->inner : images ? images->inner : NULL;
    unsigned count = 0;

    for (; item; item = item->next) {
        struct leg *leg = &legs[count++];
        if (count > RAID_LEGS_MAX || item->kind != LVM_TEXT)
            return 0;
        if (pairs) {
            leg->meta = item->text;
            item = item->next;
            if (!item || item->kind != LVM_TEXT)
                return 0;
        }
        leg->image = item->text;
    }
    return count;
}

/* What the metadata of LEG say of it; nothing when they cannot be read. */
static void read_leg_super(const struct lvm_segment *segment, struct leg *leg)
{
    auto_error struct error ignored = ERROR_INIT;
    struct piece_member member = {.source = NULL};
    unsigned char super[RAID_SUPER];

    if (!leg->meta || segment_take(segment, leg->meta, 0, 1, &member, &ignored) < 0)
        return;
    if (source_read(member.source, member.offset, super, sizeof super, &ignored) == 0 &&
        memcmp(super, RAID_MARK, 4) == 0) {
        leg->known = true;
        leg->events = get_le64(super + 16);
        leg->failed = get_le64(super + 24);
        leg->recovering = get_le64(super + 32) != RAID_RECOVERED;
    }
    if (member.owned)
        source_free(member.source);
}

static bool is_rebuilding(const struct lvm_segment *segment, const struct leg *leg)
{
    const struct lvm_node *lv = lvm_find(segment->group->lvs, leg->image, LVM_SECTION);

    return lv && lvm_has(lv->inner, "status", "REBUILD");
}

/* Takes the legs off that hold an older state, or not all of it: by what the newest of those that
 * are there says. */
static void drop_stale(const struct lvm_segment *segment, struct leg *legs, unsigned count)
{
    uint64_t newest = 0, failed = 0;

    for (unsigned i = 0; i < count; i++)
        if (legs[i].known && legs[i].events > newest)
            newest = legs[i].events;
    for (unsigned i = 0; i < count; i++)
        if (legs[i].known && legs[i].events == newest)
            failed |= legs[i].failed;
    for (unsigned i = 0; i < count; i++) {
        bool stale = newest && (!legs[i].known || legs[i].events < newest);
        if (!stale && !legs[i].recovering && !(failed >> i & 1) &&
            !is_rebuilding(segment, &legs[i]))
            continue;
        if (legs[i].member.owned)
            source_free(legs[i].member.source);
        legs[i].member = (struct piece_member){.source = NULL};
    }
}

/* Opens all legs, EXTENTS of each; those that are not there, or hold an older state, have no source
 * then. ERR is why the last one was not there. */
static void open_legs(const struct lvm_segment *segment, struct leg *legs, unsigned count,
                      uint64_t extents, struct error *err)
{
    for (unsigned i = 0; i < count; i++) {
        if (segment_take(segment, legs[i].image, 0, extents, &legs[i].member, err) == 0)
            read_leg_super(segment, &legs[i]);
    }
    drop_stale(segment, legs, count);
}

/* Hands the sources of COUNT legs from FIRST on over to PIECE. */
static void give_legs(struct leg *legs, unsigned first, unsigned count, struct piece *piece)
{
    for (unsigned i = 0; i < count; i++) {
        piece->members[i] = legs[first + i].member;
        legs[first + i].member.owned = false;
    }
}

static int no_leg(struct error *err)
{
    return err->text ? -1
                     : error_set(err, ERROR_INTERNAL,
                                 "cannot be read: the legs that are there hold an older state, or "
                                 "not all of it");
}

static int raid1(const struct lvm_segment *segment, struct leg *legs, unsigned count,
                 struct pieces *pieces, struct error *err)
{
    auto_error struct error why = ERROR_INIT;

    open_legs(segment, legs, count, segment->extents, &why);
    for (unsigned i = 0; i < count; i++) {
        if (!legs[i].member.source)
            continue;
        struct piece *piece = segment_piece(segment, pieces, 1, 1, 0, err);
        if (!piece)
            return -1;
        give_legs(legs, i, 1, piece);
        return segment_check(piece, err);
    }
    (void)no_leg(&why);
    return error_set(err, ERROR_INTERNAL, "%s", why.text);
}

static int raid_stripes(const struct lvm_segment *segment, struct leg *legs, unsigned count,
                        unsigned copies, struct pieces *pieces, struct error *err)
{
    auto_error struct error why = ERROR_INIT;
    uint64_t chunk, all;

    if (__builtin_mul_overflow(segment->extents, (uint64_t)copies, &all) || all % count ||
        copies > count || !segment_stripe(segment, &chunk))
        return segment_bad(err, "a raid has stripes that do not fit");
    open_legs(segment, legs, count, all / count, &why);
    struct piece *piece = segment_piece(segment, pieces, count, copies, chunk, err);
    if (!piece)
        return -1;
    give_legs(legs, 0, count, piece);
    if (piece_is_whole(piece))
        return 0;
    (void)no_leg(&why);
    return error_set(err, ERROR_INTERNAL, "%s", why.text);
}

int lvm_raid(const struct lvm_segment *segment, const char *type, struct pieces *pieces,
             struct error *err)
{
    struct leg *legs = xcalloc(RAID_LEGS_MAX + 1, sizeof *legs);
    unsigned count = name_legs(segment, legs);
    uint64_t copies = 2, reshaped;
    int result;

    if (lvm_find(segment->inner, "data_copies", LVM_NUMBER) &&
        !lvm_number(segment->inner, "data_copies", 1, RAID_LEGS_MAX, &copies))
        count = 0;
    if (lvm_number(segment->inner, "data_offset", 0, UINT64_MAX, &reshaped) ||
        lvm_number(segment->inner, "reshape_count", 0, UINT64_MAX, &reshaped))
        result = error_set(err, ERROR_INTERNAL,
                           "cannot be read: it is just being made into one of another shape");
    else if (count == 0)
        result = segment_bad(err, "a raid has legs that do not fit");
    else if (strcmp(type, "raid1") == 0)
        result = raid1(segment, legs, count, pieces, err);
    else
        result = raid_stripes(segment, legs, count,
                              strncmp(type, "raid10", 6) == 0 ? (unsigned)copies : 1, pieces, err);
    free_legs(legs, count);
    return result;
}
