/* A source made of ranges of other sources: one behind the other, in stripes, or in several copies.
 *
 * Every layout that is read here is one rule, Linux' raid10 with "near" copies: the chunks of a
 * piece are numbered from 0, chunk I has its copies in the slots I * COPIES and following, and slot
 * S is on member S % WIDTH, S / WIDTH chunks into it. One copy makes raid0, one member makes a
 * plain range.
 *
 * With "far" copies, of which there are none beside near ones, copy F of a chunk is F members on
 * (in a set of members, behind the last of which comes its first), and F times STRIDE further into
 * it. With an "offset" the stride is a chunk, and each row of chunks has the rows of its copies
 * behind it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_PIECES_H
#define FSPROBE_DISK_PIECES_H

#include <stdbool.h>

#include "fsprobe/fs/source.h"

#define PIECE_MEMBERS_MAX 128

struct piece_member {
    struct source *source; /* NULL: it is not there */
    uint64_t offset;       /* bytes into it, where its part of the piece begins */
    bool owned;            /* the source is freed with the piece */
};

struct piece {
    uint64_t at, length; /* bytes, in the whole */
    unsigned width, copies;
    unsigned far; /* 1: no such copies; else COPIES is 1, and each chunk has so many */
    unsigned set; /* members of a set, WIDTH where there is one; those left over join the last */
    unsigned row_step; /* rows from one chunk of a member to its next */
    uint64_t stride;   /* bytes */
    unsigned turn;     /* added to a slot's number before its member is found, not to its place */
    uint64_t chunk;    /* bytes */
    struct piece_member *members; /* WIDTH of them; owned */
};

/* The pieces of one source, in order and without gaps. Starts zeroed. */
struct pieces {
    struct piece *list;
    size_t count;
    uint64_t size; /* bytes */
};

/* Adds LENGTH bytes behind the last piece, with room for WIDTH members (PIECE_MEMBERS_MAX at most,
 * and not 0), which the caller fills. LENGTH and CHUNK are not 0; with one member CHUNK is the
 * length. NULL: the size would overflow. The pointer holds until the next call. */
struct piece *pieces_add(struct pieces *pieces, uint64_t length, unsigned width, unsigned copies,
                         uint64_t chunk) must_check;
/* Whether each chunk has a copy that is there, and all members that are there have room for their
 * parts. Only then may the piece be read. */
bool piece_is_whole(const struct piece *piece);
/* Frees the pieces, and the sources that they own. */
void pieces_free(struct pieces *pieces);
#define auto_pieces __attribute__((cleanup(pieces_free)))

/* Takes PIECES, which are empty then. NAME, for messages, is copied. The caller frees by
 * source_free(). */
struct source *source_of_pieces(struct pieces *pieces, const char *name,
                                uint64_t *budget) must_check;

#endif
