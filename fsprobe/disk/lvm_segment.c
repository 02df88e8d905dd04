/* From segments to sources. See lvm_segment.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/lvm_segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/disk/lvm_part.h"
#include "fsprobe/disk/lvm_raid.h"
#include "fsprobe/disk/way_out.h"

static struct source *source_of_lv(struct lvm_group *group, const struct lvm_node *lv,
                                   unsigned depth, struct error *err);

/* --- striped, mirror --------------------------------------------------------------------- */

/* The next pair of a name and a number in a list. */
static bool next_pair(const struct lvm_node **item, const char **name, uint64_t *number)
{
    const struct lvm_node *first = *item, *second = first ? first->next : NULL;

    if (!second || first->kind != LVM_TEXT || second->kind != LVM_NUMBER)
        return false;
    *name = first->text;
    *number = second->number;
    *item = second->next;
    return true;
}

static int striped(const struct lvm_segment *segment, struct pieces *pieces, struct error *err)
{
    const struct lvm_node *list = lvm_find(segment->inner, "stripes", LVM_LIST);
    const struct lvm_node *item = list ? list->inner : NULL;
    uint64_t count, chunk = 0, first;
    const char *name;

    if (!lvm_number(segment->inner, "stripe_count", 1, PIECE_MEMBERS_MAX, &count) ||
        segment->extents % count || (count > 1 && !segment_stripe(segment, &chunk)))
        return segment_bad(err, "a segment has stripes that do not fit");
    struct piece *piece = segment_piece(segment, pieces, (unsigned)count, 1, chunk, err);
    if (!piece)
        return -1;
    for (uint64_t i = 0; i < count; i++) {
        if (!next_pair(&item, &name, &first))
            return segment_bad(err, "a segment lacks stripes");
        if (segment_take(segment, name, first, segment->extents / count, &piece->members[i], err) <
            0)
            return -1;
    }
    return segment_check(piece, err);
}

static int mirror(const struct lvm_segment *segment, struct pieces *pieces, struct error *err)
{
    const struct lvm_node *list = lvm_find(segment->inner, "mirrors", LVM_LIST);
    const struct lvm_node *item = list ? list->inner : NULL;
    struct piece *piece = segment_piece(segment, pieces, 1, 1, 0, err);
    const char *name;
    uint64_t first;
    int result = 1;

    if (!piece)
        return -1;
    while (result != 0 && next_pair(&item, &name, &first))
        result = segment_take(segment, name, first, segment->extents, &piece->members[0], err);
    if (result > 0)
        return segment_bad(err, "a mirror has no legs");
    return result < 0 ? -1 : segment_check(piece, err);
}

/* --- cache, and what is not read --------------------------------------------------------- */

/* How the cache in front of a volume writes; NULL: it is not said. */
static const char *cache_mode(const struct lvm_segment *segment)
{
    const char *pool = lvm_string(segment->inner, "cache_pool");
    const struct lvm_node *lv = pool ? lvm_find(segment->group->lvs, pool, LVM_SECTION) : NULL;
    const struct lvm_node *first = lv ? lvm_find(lv->inner, "segment1", LVM_SECTION) : NULL;

    return lvm_string(first ? first->inner : segment->inner, "cache_mode");
}

static int cache(const struct lvm_segment *segment, struct pieces *pieces, struct error *err)
{
    const char *mode = cache_mode(segment), *origin = lvm_string(segment->inner, "origin");

    if (!origin)
        return segment_bad(err, "a cache is in front of nothing");
    if (!mode || (strcmp(mode, "writethrough") != 0 && strcmp(mode, "passthrough") != 0))
        return error_set(err, ERROR_INTERNAL,
                         "cannot be read: it has a cache that writes back, where its newest blocks "
                         "may be; `lvchange --cachemode writethrough` in the guest ends that");
    struct piece *piece = segment_piece(segment, pieces, 1, 1, 0, err);
    if (!piece || segment_take(segment, origin, 0, segment->extents, &piece->members[0], err) < 0)
        return -1;
    return segment_check(piece, err);
}

static int refuse_type(const char *type, struct error *err)
{
    /* raid5_ls, raid6_nr and so on are one kind to a reader */
    size_t length = strncmp(type, "raid", 4) == 0 ? strcspn(type, "_") : strlen(type);
    auto_free char *name = xasprintf("lvm:%.*s", (int)length, type);
    const struct way_out *kind = way_out_of(name);

    if (kind)
        return error_set(err, ERROR_INTERNAL, "is %s: %s", kind->what, kind->way);
    return error_set(err, ERROR_INTERNAL, "is of the kind %s, which is not read here", type);
}

static int read_segment(const struct lvm_segment *segment, struct pieces *pieces, struct error *err)
{
    const char *whole = lvm_string(segment->inner, "type");

    if (!whole || strlen(whole) > LVM_NAME_MAX)
        return segment_bad(err, "a segment has no type");
    /* what follows a plus is no different to a reader */
    auto_free char *type = xstrndup(whole, strcspn(whole, "+"));
    if (strcmp(type, "striped") == 0 || strcmp(type, "linear") == 0)
        return striped(segment, pieces, err);
    if (strcmp(type, "mirror") == 0)
        return mirror(segment, pieces, err);
    if (strcmp(type, "raid1") == 0 || strcmp(type, "raid0") == 0 ||
        strcmp(type, "raid0_meta") == 0 || strcmp(type, "raid10") == 0 ||
        strcmp(type, "raid10_near") == 0)
        return lvm_raid(segment, type, pieces, err);
    if (strcmp(type, "cache") == 0)
        return cache(segment, pieces, err);
    return refuse_type(type, err);
}

/* --- logical volumes --------------------------------------------------------------------- */

/* All segments of LV. 0, or -1 with ERR. */
static int read_segments(struct lvm_group *group, const struct lvm_node *lv, unsigned depth,
                         struct pieces *pieces, struct error *err)
{
    const struct lvm_node *node = lv->inner;
    uint64_t count, begin, next = 0;

    if (!lvm_number(lv->inner, "segment_count", 1, LVM_SEGMENTS_MAX, &count))
        return segment_bad(err, "a volume has no segments, or too many");
    for (uint64_t i = 1; i <= count; i++) {
        char name[32];
        snprintf(name, sizeof name, "segment%llu", (unsigned long long)i);
        /* They follow one another; nothing is lost when they do not. */
        node = lvm_find(node, name, LVM_SECTION);
        if (!node)
            node = lvm_find(lv->inner, name, LVM_SECTION);
        if (!node)
            return segment_bad(err, "a volume lacks a segment");
        struct lvm_segment segment = {
            .group = group, .inner = node->inner, .depth = depth, .open = source_of_lv};
        if (!lvm_number(node->inner, "start_extent", next, next, &begin) ||
            !lvm_number(node->inner, "extent_count", 1, UINT32_MAX, &segment.extents))
            return segment_bad(err, "the segments of a volume do not follow one another");
        next += segment.extents;
        if (read_segment(&segment, pieces, err) < 0)
            return -1;
    }
    return 0;
}

static struct source *source_of_lv(struct lvm_group *group, const struct lvm_node *lv,
                                   unsigned depth, struct error *err)
{
    auto_pieces struct pieces pieces = {.count = 0};

    if (depth > LVM_NESTED_MAX) {
        (void)segment_bad(err, "volumes are inside one another without an end");
        return NULL;
    }
    if (read_segments(group, lv, depth, &pieces, err) < 0)
        return NULL;
    return source_of_pieces(&pieces, lv->name, group->budget);
}

struct source *lvm_source(struct lvm_group *group, const struct lvm_node *lv, struct error *err)
{
    return source_of_lv(group, lv, 1, err);
}
