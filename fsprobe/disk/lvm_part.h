/* What a segment of a logical volume is made of: parts of physical volumes, and of other logical
 * volumes. Private to lvm*.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_LVM_PART_H
#define FSPROBE_DISK_LVM_PART_H

#include "fsprobe/disk/lvm_group.h"
#include "fsprobe/disk/pieces.h"

/* One segment that is being read. */
struct lvm_segment {
    struct lvm_group *group;
    const struct lvm_node *inner; /* of its section */
    uint64_t extents;
    unsigned depth; /* of the logical volume that it is in; the visible one's is 1 */
    /* The source of a logical volume at DEPTH; NULL with ERR. */
    struct source *(*open)(struct lvm_group *group, const struct lvm_node *lv, unsigned depth,
                           struct error *err);
};

/* EXTENTS extents from FIRST on of the physical or logical volume NAME into MEMBER, which owns the
 * source where that says so. 0, or -1 with ERR. */
int segment_take(const struct lvm_segment *segment, const char *name, uint64_t first,
                 uint64_t extents, struct piece_member *member, struct error *err) must_check;
/* A new piece of the segment's size. NULL with ERR. */
struct piece *segment_piece(const struct lvm_segment *segment, struct pieces *pieces,
                            unsigned width, unsigned copies, uint64_t chunk,
                            struct error *err) must_check;
/* Whether the piece can be read: 0, or -1 with ERR. */
int segment_check(const struct piece *piece, struct error *err) must_check;
/* The segment's stripe_size in bytes; false when it is none that there is. */
bool segment_stripe(const struct lvm_segment *segment, uint64_t *chunk) must_check;
/* Says in ERR that the metadata are damaged, by WHAT. Returns -1. */
int segment_bad(struct error *err, const char *what);

#endif
