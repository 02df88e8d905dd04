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
                            .chunk = chunk,
                            .members = xcalloc(width, sizeof *piece->members)};
    pieces->size = end;
    return piece;
}

static const struct piece_member *member_of(const struct piece *piece, uint64_t slot)
{
    return &piece->members[(slot + piece->turn) % piece->width];
}

static bool has_room(const struct piece *piece)
{
    uint64_t chunks = piece->length / piece->chunk + (piece->length % piece->chunk > 0), slots,
             bytes;

    if (__builtin_mul_overflow(chunks, (uint64_t)piece->copies, &slots))
        return false;
    uint64_t rows = slots / piece->width + (slots % piece->width > 0);
    if (__builtin_mul_overflow(rows, piece->chunk, &bytes))
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
    if (!has_room(piece))
        return false;
    /* What holds for so many chunks holds for all: then the members come round again. */
    for (uint64_t chunk = 0; chunk < piece->width; chunk++) {
        bool there = false;
        for (unsigned copy = 0; copy < piece->copies; copy++)
            there = there || member_of(piece, chunk * piece->copies + copy)->source;
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

    for (unsigned copy = 0; copy < piece->copies; copy++) {
        uint64_t slot = into / piece->chunk * piece->copies + copy;
        const struct piece_member *member = member_of(piece, slot);
        if (!member->source)
            continue;
        if (left > piece->chunk - within)
            left = piece->chunk - within;
        *found =
            (struct stretch){.source = member->source,
                             .place = member->offset + slot / piece->width * piece->chunk + within,
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

    whole->source = (struct source){&ops, pieces->size, budget};
    whole->pieces = *pieces;
    whole->name = xstrdup(name);
    *pieces = (struct pieces){.count = 0};
    return &whole->source;
}
