/* The tables by which installation media are known: one line a medium, by the digest of its
 * ramdisk as it stands there, or by what its tree says of itself.
 *
 *   SUM TYPE OVERLAY NAME
 *
 * The format of the Python eliloader's tables, with three extensions: SUM may be a SHA-256, or
 * "tree:FAMILY:VERSION:ARCH" with shell-style wildcards; OVERLAY may be "-" (known, needs
 * nothing); TYPE may end in "+append". Blank lines and those that begin with '#' are passed over.
 * An exact sum beats a tree pattern. Without I/O: whoever has read a table adds its text.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_MAPS_MAPS_H
#define DISTROS_MAPS_MAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/checksum.h"
#include "common/error.h"
#include "common/text.h"

#define MAP_SIZE_MAX  (64 * 1024 * 1024) /* bytes of one table */
#define MAP_LINE_MAX  4096               /* bytes of one line, without its newline */
#define MAP_LINES_MAX (1024 * 1024)      /* of all tables */
#define MAP_FACT_MAX  256 /* bytes of what a tree says that a pattern is held against */

enum ramdisk_type { RAMDISK_CPIO, RAMDISK_EXT2 };

/* One line. Strings belong to the maps. */
struct map_entry {
    enum ramdisk_type type;
    bool append;         /* the overlay is joined behind, the vendor's file stays as it is */
    const char *overlay; /* file name in the table's folder; NULL: known, needs nothing */
    const char *name;    /* "el5.4", for people */
    const char *table;   /* path of the table */
    unsigned line;
    bool tree; /* its SUM is a tree pattern */
};

struct maps;

/* No tables yet; the caller frees with maps_free(). */
struct maps *maps_new(void) must_check;
/* Frees MAPS, which may be NULL, and all that was given out of them. */
void maps_free(struct maps *maps);

/* Adds the table PATH, whose text is TEXT (LENGTH bytes, copied or kept until maps_free() by the
 * implementation's choice). 0; or -1 with ERR naming file and line: a missing field, an unknown
 * TYPE, a SUM that is none, an OVERLAY that is no plain file name, a line that is too long, two
 * lines that disagree about one sum (both places are named), more than MAP_LINES_MAX lines in all;
 * MAPS are of no use then but to be freed. Lines that agree are both kept, and the first counts. */
int maps_add(struct maps *maps, const char *path, const char *text, size_t length,
             struct error *err) must_check;

/* The same with a TEXT that is theirs from here on, also after an error: memory of malloc(3), with
 * a NUL behind its LENGTH bytes. A large table is not copied then. */
int maps_take(struct maps *maps, const char *path, char *text, size_t length,
              struct error *err) must_check;

/* What is known of a ramdisk with these digests (hex; NULL: not known) in a tree that says so of
 * itself (each may be NULL). The SHA-256 is asked first, then the MD5, then the tree patterns in
 * the order in which they were added: the first that fits counts. Patterns are those of
 * fnmatch(3), without escapes, in any case of letters; '?' stands for a space too, which no field
 * can hold. A fact that is not known is fitted by "*" alone. False when nothing is known. */
bool maps_find(const struct maps *maps, const char *md5, const char *sha256, const char *family,
               const char *version, const char *arch, struct map_entry *entry) must_check;

/* Whether any line is about a sum, and not about what a tree says of itself: only then it is worth
 * while to take a ramdisk's. */
bool maps_have_sums(const struct maps *maps) must_check;

/* The digests that lines are about, DIGEST_BITs: MD5, SHA-256, both or none. */
unsigned maps_digests(const struct maps *maps) must_check;

/* All lines in order: NUMBER from 0. SUM gets the line's first field. False past the end. */
bool maps_entry(const struct maps *maps, size_t number, const char **sum,
                struct map_entry *entry) must_check;

#endif
