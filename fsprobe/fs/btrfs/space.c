/* From logical addresses to devices. See space.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/space.h"

#include <stdlib.h>
#include <string.h>

/* The chunk that holds LOGICAL, of those that are known. */
static struct btrfs_chunk *known(const struct btrfs_space *space, uint64_t logical)
{
    for (size_t i = 0; i < space->chunk_count; i++) {
        struct btrfs_chunk *chunk = space->chunks[i];
        if (logical >= chunk->start && logical - chunk->start < chunk->length)
            return chunk;
    }
    return NULL;
}

static struct btrfs_chunk *find(struct btrfs_space *space, uint64_t logical, struct error *err)
{
    struct btrfs_chunk *chunk = known(space, logical);

    if (chunk)
        return chunk;
    int result = space->find ? space->find(space->context, logical, err) : 0;
    if (result < 0)
        return NULL;
    chunk = result ? known(space, logical) : NULL;
    if (!chunk)
        error_set(err, ERROR_INTERNAL, "no chunk holds the address %llu",
                  (unsigned long long)logical);
    return chunk;
}

static const struct btrfs_device *device_of(const struct btrfs_space *space,
                                            const struct btrfs_stripe *stripe)
{
    for (size_t i = 0; i < space->device_count; i++) {
        const struct btrfs_device *device = &space->devices[i];
        if (device->id == stripe->device &&
            memcmp(device->uuid, stripe->uuid, BTRFS_UUID_SIZE) == 0)
            return device;
    }
    return NULL;
}

/* Bytes that stand together on one device. */
struct piece {
    const struct btrfs_device *device;
    uint64_t at, length;
};

/* Where LOGICAL is, on the best device but ATTEMPT: first those that are up to date. 1; 0 there
 * are no so many; -1 with ERR. */
static int find_piece(struct btrfs_space *space, uint64_t logical, uint64_t length,
                      unsigned attempt, struct piece *piece, struct error *err)
{
    const struct btrfs_chunk *chunk = find(space, logical, err);
    unsigned left = attempt;

    if (!chunk)
        return -1;
    for (unsigned stale = 0; stale < 2; stale++)
        for (unsigned copy = 0; copy < chunk->copies; copy++) {
            struct btrfs_place place = btrfs_chunk_place(chunk, logical - chunk->start, copy);
            const struct btrfs_device *device = device_of(space, place.stripe);
            if (!device || device->stale != stale || left-- > 0)
                continue;
            *piece =
                (struct piece){device, place.at, place.length < length ? place.length : length};
            return 1;
        }
    if (attempt)
        return 0;
    struct btrfs_place place = btrfs_chunk_place(chunk, logical - chunk->start, 0);
    return error_set(err, ERROR_INTERNAL,
                     "it needs another disk (device %llu of this Btrfs), which this guest's "
                     "bootloader was not given",
                     (unsigned long long)place.stripe->device);
}

int btrfs_space_read(struct btrfs_space *space, uint64_t logical, void *out, size_t length,
                     unsigned attempt, struct error *err)
{
    unsigned char *to = out;

    while (length) {
        struct piece piece;
        int result = find_piece(space, logical, length, attempt, &piece, err);
        if (result <= 0)
            return result;
        if (source_read(piece.device->source, piece.at, to, piece.length, err) < 0)
            return -1;
        logical += piece.length;
        to += piece.length;
        length -= piece.length;
    }
    return 1;
}

static int read_logical(struct source *source, uint64_t at, void *out, size_t length,
                        struct error *err)
{
    struct btrfs_space *space = (struct btrfs_space *)source;
    int result = btrfs_space_read(space, at, out, length, 0, err);

    for (unsigned attempt = 1; result < 0 && attempt < BTRFS_COPIES_MAX; attempt++) {
        auto_error struct error why = ERROR_INIT;
        int next = btrfs_space_read(space, at, out, length, attempt, &why);
        if (next == 0)
            break;
        result = next;
    }
    if (result < 0)
        return -1;
    error_clear(err);
    return 0;
}

/* Pieces may be as small as a stripe of 64 KiB, and a file as large as its inode says. */
#define PIECE_COST 64

static int map_logical(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
                       struct file_map *map, struct error *err)
{
    struct btrfs_space *space = (struct btrfs_space *)source;

    while (length) {
        struct piece piece;
        if (source_charge(source, PIECE_COST, err) < 0 ||
            find_piece(space, at, length, 0, &piece, err) <= 0 ||
            source_map(piece.device->source, piece.at, piece.length, file_at, map, err) < 0)
            return -1;
        at += piece.length;
        file_at += piece.length;
        length -= piece.length;
    }
    return 0;
}

static void free_space(struct source *source)
{
    struct btrfs_space *space = (struct btrfs_space *)source;

    for (size_t i = 0; i < space->chunk_count; i++)
        free(space->chunks[i]);
    free(space);
}

struct btrfs_space *btrfs_space_new(uint64_t *budget)
{
    static const struct source_ops ops = {read_logical, map_logical, free_space};
    struct btrfs_space *space = xcalloc(1, sizeof *space);

    space->source = (struct source){.ops = &ops, .size = UINT64_MAX, .budget = budget};
    return space;
}

/* Puts CHUNK in the place of the one that has been there for longest, when all are taken. */
static void keep(struct btrfs_space *space, struct btrfs_chunk *chunk, bool system)
{
    if (space->chunk_count < BTRFS_CHUNKS_KEPT) {
        space->chunks[space->chunk_count++] = chunk;
        space->system_count += system;
        return;
    }
    size_t room = BTRFS_CHUNKS_KEPT - space->system_count;
    struct btrfs_chunk **slot = &space->chunks[space->system_count + space->oldest++ % room];
    free(*slot);
    *slot = chunk;
}

int btrfs_space_add(struct btrfs_space *space, uint64_t start, const unsigned char *item,
                    size_t size, bool system, struct error *err)
{
    struct btrfs_chunk *chunk = btrfs_chunk_parse(start, item, size, space->sector_size, err);

    if (!chunk)
        return -1;
    for (size_t i = 0; i < space->chunk_count; i++) {
        const struct btrfs_chunk *other = space->chunks[i];
        if (chunk->start >= other->start + other->length ||
            other->start >= chunk->start + chunk->length)
            continue;
        free(chunk);
        return error_set(err, ERROR_INTERNAL, "the chunks at %llu and %llu overlap",
                         (unsigned long long)start, (unsigned long long)other->start);
    }
    keep(space, chunk, system);
    return 0;
}
