/* The members of a segment's piece. See lvm_part.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/lvm_part.h"

#include <string.h>

#define SECTOR UINT64_C(512)

int segment_bad(struct error *err, const char *what)
{
    return error_set(err, ERROR_INTERNAL, "cannot be read: its LVM metadata are damaged: %s", what);
}

static int too_many(struct error *err)
{
    return segment_bad(err, "the group is in more pieces than are read");
}

static int missing_pv(const struct lvm_segment *segment, const struct lvm_pv *pv, struct error *err)
{
    return error_set(err, ERROR_INTERNAL,
                     "cannot be read: volume group '%s' needs another disk (PV UUID %s), which "
                     "this guest's bootloader was not given",
                     segment->group->name, pv->id);
}

/* EXTENTS of a physical volume from FIRST on. 0, or -1 with ERR. */
static int take_pv(const struct lvm_segment *segment, struct lvm_pv *pv, uint64_t first,
                   uint64_t extents, struct piece_member *member, struct error *err)
{
    if (first > pv->extents || extents > pv->extents - first)
        return segment_bad(err, "a segment is past the end of its physical volume");
    if (!pv->source) {
        pv->lacking = true;
        return missing_pv(segment, pv, err);
    }
    pv->used = true;
    /* what read_pv() has checked: no product here overflows */
    *member = (struct piece_member){.source = pv->source,
                                    .offset = pv->start + first * segment->group->extent};
    return 0;
}

static int take_lv(const struct lvm_segment *segment, const char *name, uint64_t first,
                   uint64_t extents, struct piece_member *member, struct error *err)
{
    struct lvm_group *group = segment->group;
    const struct lvm_node *lv = lvm_find(group->lvs, name, LVM_SECTION);

    if (!lv)
        return segment_bad(err, "a segment is on a volume that there is not");
    struct source *source = segment->open(group, lv, segment->depth + 1, err);
    if (!source)
        return -1;
    uint64_t size = source->size / group->extent;
    if (first > size || extents > size - first) {
        source_free(source);
        return segment_bad(err, "a segment is past the end of its volume");
    }
    *member =
        (struct piece_member){.source = source, .offset = first * group->extent, .owned = true};
    return 0;
}

int segment_take(const struct lvm_segment *segment, const char *name, uint64_t first,
                 uint64_t extents, struct piece_member *member, struct error *err)
{
    if (++segment->group->tries > LVM_TRIES_MAX)
        return too_many(err);
    for (size_t i = 0; i < segment->group->pv_count; i++)
        if (strcmp(segment->group->pvs[i].name, name) == 0)
            return take_pv(segment, &segment->group->pvs[i], first, extents, member, err);
    return take_lv(segment, name, first, extents, member, err);
}

struct piece *segment_piece(const struct lvm_segment *segment, struct pieces *pieces,
                            unsigned width, unsigned copies, uint64_t chunk, struct error *err)
{
    uint64_t length;
    struct piece *piece = NULL;

    segment->group->parts += width;
    if (segment->group->parts > LVM_PARTS_MAX)
        (void)too_many(err);
    else if (__builtin_mul_overflow(segment->extents, segment->group->extent, &length) ||
             !(piece = pieces_add(pieces, length, width, copies, width == 1 ? length : chunk)))
        (void)segment_bad(err, "a volume is larger than anything can be");
    return piece;
}

int segment_check(const struct piece *piece, struct error *err)
{
    return piece_is_whole(piece)
               ? 0
               : error_set(err, ERROR_INTERNAL,
                           "cannot be read: a part of it is not there, or is smaller than its LVM "
                           "metadata say");
}

bool segment_stripe(const struct lvm_segment *segment, uint64_t *chunk)
{
    if (!lvm_number(segment->inner, "stripe_size", 1, UINT32_MAX, chunk))
        return false;
    *chunk *= SECTOR;
    return (*chunk & (*chunk - 1)) == 0 && *chunk <= segment->group->extent;
}
