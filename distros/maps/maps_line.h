/* One line of a table of installation media; the format stands in maps.h. For the files of this
 * folder, but for map_overlay_fault().
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_MAPS_MAPS_LINE_H
#define DISTROS_MAPS_MAPS_LINE_H

#include <stdint.h>

#include "distros/maps/maps.h"

#define MD5_DIGITS    32
#define SHA256_DIGITS 64

/* What stands in one line. The strings are in the table's text. */
struct map_line {
    const char *sum, *overlay, *name; /* overlay NULL: "-" */
    uint64_t key;                     /* of the sum */
    uint32_t table, number;
    enum ramdisk_type type;
    bool append, tree;
};

/* Reads the line from AT up to END, where a byte of the caller's stands: both it and white space
 * between the fields are overwritten. Fills LINE, which starts zeroed but for its table and number.
 * 1; 0: it is blank or a comment; -1 with ERR the end of a sentence. */
int map_line_read(struct map_line *line, char *at, char *end, struct error *err) must_check;

/* Whether the tree pattern of LINE fits a tree; each fact may be NULL (see maps_find()). */
bool map_line_fits(const struct map_line *line, const char *family, const char *version,
                   const char *arch) must_check;

/* True when SUM is an MD5 or a SHA-256 in hex. */
bool map_sum_is_digest(const char *sum) must_check;
/* The hash of such a SUM, whatever the case of its digits. */
uint64_t map_sum_key(const char *sum) must_check;

/* Why OVERLAY cannot stand in a table as the name of an overlay ("is a path; …"), or NULL. */
const char *map_overlay_fault(const char *overlay);

#endif
