/* Ranges of several sources as one. See pieces.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/pieces.h"

#include <stdlib.h>

struct piece_source {
    struct source source;
    struct pieces pieces;
    char *name;
};

struct piece *pieces_add(struct pieces *pieces, uint64_t length, unsigned width, unsigned copies,
                         uint64_t chunk)
{
    uint64_t end;

    if (__builtin_add_overflow(pieces->size, length, &end))
        return NULL;
    /* The room doubles whenever the count has come to a power of two. */
    if ((pieces->count & (pieces->count - 1)) == 0)
        pieces->list = xreallocarray(pieces->list, pieces->count ? 2 * pieces->count : 1,
                                     sizeof *pieces->list);
    struct piece *piece = &pieces->list[pieces->count++];
    *piece = (struct piece){.at = pieces->size,
                            .length = length,
                            .width = width,
                            .copies = copies,
                            .far = 1,
                            .set = width,
                            .row_step = 1,
                            .chunk = chunk,
                            .members = xcalloc(width, sizeof *piece->members)};
    pieces->size = end;
    return piece;
}

/* The member DISTANCE on from MEMBER, inside its set. As drivers/md/raid10.c has it: what is no
 * whole set at the end is a part of the last one. */
static uint64_t next_in_set(const struct piece *piece, uint64_t member, unsigned distance)
{
    uint64_t sets = piece->width / piece->set, first = member / piece->set * piece->set;
    uint64_t size = piece->set;

    if (first >= (sets - 1) * piece->set) {
        first = (sets - 1) * piece->set;
        size += piece->width % piece->set;
    }
    return first + (member - first + distance) % size;
}

/* Where copy NUMBER of chunk CHUNK of the piece is: the member, and *PLACE, bytes behind where its
 * part begins. */
static const struct piece_member *find_copy(const struct piece *piece, uint64_t chunk,
                                            unsigned number, uint64_t *place)
{
    unsigned near = piece->far > 1 ? 0 : number, far = piece->far > 1 ? number : 0;
    uint64_t slot = chunk * piece->copies + near, row = slot / piece->width * piece->row_step;

    *place = row * piece->chunk + far * piece->stride;
    return &piece->members[next_in_set(piece, (slot + piece->turn) % piece->width, far)];
}

static unsigned copies_of(const struct piece *piece)
{
    return piece->far > 1 ? piece->far : piece->copies;
}

/* The bytes of each member that the piece uses; false when they are more than can be. */
static bool used_bytes(const struct piece *piece, uint64_t *bytes)
{
    uint64_t chunks = piece->length / piece->chunk + (piece->length % piece->chunk > 0), slots, far;

    if (__builtin_mul_overflow(chunks, (uint64_t)piece->copies, &slots))
        return false;
    uint64_t rows = slots / piece->width + (slots % piece->width > 0);
    /* the first row of the last copies is behind all rows but the last */
    return !__builtin_mul_overflow(rows - 1, (uint64_t)piece->row_step, &rows) &&
           !__builtin_mul_overflow(rows + 1, piece->chunk, bytes) &&
           !__builtin_mul_overflow((uint64_t)piece->far - 1, piece->stride, &far) &&
           !__builtin_add_overflow(*bytes, far, bytes);
}

static bool has_room(const struct piece *piece)
{
    uint64_t bytes;

    if (!used_bytes(piece, &bytes))
        return false;
    for (unsigned i = 0; i < piece->width; i++) {
        const struct piece_member *member = &piece->members[i];
        if (member->source && (member->offset > member->source->size ||
                               bytes > member->source->size - member->offset))
            return false;
    }
    return true;
}

bool piece_is_whole(const struct piece *piece)
{
    uint64_t place;

    if (!has_room(piece))
        return false;
    /* What holds for so many chunks holds for all: then the members come round again. */
    for (uint64_t chunk = 0; chunk < piece->width; chunk++) {
        bool there = false;
        for (unsigned copy = 0; copy < copies_of(piece); copy++)
            there = there || find_copy(piece, chunk, copy, &place)->source;
        if (!there)
            return false;
    }
    return true;
}

void pieces_free(struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++) {
        struct piece *piece = &pieces->list[i];
        for (unsigned k = 0; k < piece->width; k++)
            if (piece->members[k].owned)
                source_free(piece->members[k].source);
        free(piece->members);
    }
    free(pieces->list);
    *pieces = (struct pieces){.count = 0};
}

/* The piece that byte AT is in. */
static const struct piece *piece_at(const struct pieces *pieces, uint64_t at)
{
    size_t low = 0, high = pieces->count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (pieces->list[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return &pieces->list[low];
}

/* Where bytes of the whole stand together. */
struct stretch {
    struct source *source;
    uint64_t place, length;
};

/* The bytes from AT on, as many as stand together, LENGTH at most. 0, or -1 with ERR. */
static int find_stretch(const struct piece_source *whole, uint64_t at, uint64_t length,
                        struct stretch *found, struct error *err)
{
    const struct piece *piece = piece_at(&whole->pieces, at);
    uint64_t into = at - piece->at, within = into % piece->chunk, left = piece->length - into;

    if (left > piece->chunk - within)
        left = piece->chunk - within;
    for (unsigned copy = 0; copy < copies_of(piece); copy++) {
        uint64_t place;
        const struct piece_member *member = find_copy(piece, into / piece->chunk, copy, &place);
        if (!member->source)
            continue;
        *found = (struct stretch){.source = member->source,
                                  .place = member->offset + place + within,
                                  .length = left < length ? left : length};
        return 0;
    }
    return error_set(err, ERROR_INTERNAL, "byte %llu of %s is on a disk that is not there",
                     (unsigned long long)at, whole->name);
}

static int pieces_read(struct source *source, uint64_t at, void *out, size_t length,
                       struct error *err)
{
    const struct piece_source *whole = (struct piece_source *)source;
    unsigned char *to = out;

    while (length) {
        struct stretch part;
        if (find_stretch(whole, at, length, &part, err) < 0 ||
            source_read_charged(part.source, part.place, to, (size_t)part.length, err) < 0)
            return -1;
        at += part.length;
        to += part.length;
        length -= (size_t)part.length;
    }
    return 0;
}

static int pieces_map(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
                      struct file_map *map, struct error *err)
{
    const struct piece_source *whole = (struct piece_source *)source;

    while (length) {
        struct stretch part;
        if (find_stretch(whole, at, length, &part, err) < 0 ||
            source_map(part.source, part.place, part.length, file_at, map, err) < 0)
            return -1;
        at += part.length;
        file_at += part.length;
        length -= part.length;
    }
    return 0;
}

static void free_pieces(struct source *source)
{
    struct piece_source *whole = (struct piece_source *)source;

    pieces_free(&whole->pieces);
    free(whole->name);
    free(whole);
}

struct source *source_of_pieces(struct pieces *pieces, const char *name, uint64_t *budget)
{
    static const struct source_ops ops = {pieces_read, pieces_map, free_pieces};
    struct piece_source *whole = xcalloc(1, sizeof *whole);

    whole->source = (struct source){.ops = &ops, .size = pieces->size, .budget = budget};
    whole->pieces = *pieces;
    whole->name = xstrdup(name);
    *pieces = (struct pieces){.count = 0};
    return &whole->source;
}
