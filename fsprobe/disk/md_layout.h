/* Where the bytes of an md array are on its members.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_MD_LAYOUT_H
#define FSPROBE_DISK_MD_LAYOUT_H

#include "fsprobe/disk/md_super.h"
#include "fsprobe/disk/pieces.h"

#define MD_ARRAY_ROLES PIECE_MEMBERS_MAX

/* The member of one role; SUPER NULL: it is not there. Nothing is owned. */
struct md_role {
    const struct md_super *super;
    struct source *source;
    size_t volume; /* index of the guest's */
};
struct md_array {
    struct md_role roles[MD_ARRAY_ROLES];
};

/* Fills PIECES with the array of which NEWEST is the newest superblock; roles that were not needed
 * are emptied. 0; or -1 with ERR, the end of a sentence that begins with the array's name: "which
 * is …, " (PIECES are to be freed then, too). */
int md_layout(struct md_array *array, const struct md_super *newest, struct pieces *pieces,
              struct error *err) must_check;

#endif
