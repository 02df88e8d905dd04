/* Chunks, and how the RAID profiles lay bytes over devices. See chunk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/chunk.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Where things stand in an item, and in each of its stripes. */
enum { AT_LENGTH = 0, AT_STRIPE_LENGTH = 16, AT_TYPE = 24, AT_STRIPES = 44, AT_SUB_STRIPES = 46 };
enum { AT_DEVICE = 0, AT_PLACE = 8, AT_UUID = 16 };

enum {
    RAID0 = 1 << 3,
    RAID1 = 1 << 4,
    DUP = 1 << 5,
    RAID10 = 1 << 6,
    RAID5 = 1 << 7,
    RAID6 = 1 << 8,
    RAID1C3 = 1 << 9,
    RAID1C4 = 1 << 10,
    PROFILES = RAID0 | RAID1 | DUP | RAID10 | RAID5 | RAID6 | RAID1C3 | RAID1C4,
};

/* What a profile has; 0 copies: as many as there are sub-stripes. */
struct profile {
    unsigned bit, stripes_min, stripes_max, copies, parities;
};
#define ANY BTRFS_STRIPES_MAX
static const struct profile profiles[] = {
    {0, 1, 1, 1, 0},       {RAID0, 1, ANY, 1, 0},  {RAID1, 2, 2, 2, 0},
    {DUP, 2, 2, 2, 0},     {RAID10, 2, ANY, 2, 0}, {RAID5, 2, ANY, 1, 1},
    {RAID6, 3, ANY, 1, 2}, {RAID1C3, 3, 3, 3, 0},  {RAID1C4, 4, 4, 4, 0},
};

static const struct profile *find_profile(uint64_t bits)
{
    for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
        if (profiles[i].bit == bits)
            return &profiles[i];
    return NULL;
}

size_t btrfs_chunk_size(const unsigned char *item, size_t size)
{
    if (size < BTRFS_CHUNK_HEADER)
        return 0;
    size_t all = BTRFS_CHUNK_HEADER + (size_t)get_le16(item + AT_STRIPES) * BTRFS_STRIPE_SIZE;
    return all <= size ? all : 0;
}

/* Why the item is not sound; NULL: it is. */
static const char *find_fault(uint64_t start, const unsigned char *item, size_t size,
                              unsigned sector_size)
{
    if (!btrfs_chunk_size(item, size))
        return "it is longer than its item";
    unsigned count = get_le16(item + AT_STRIPES);
    uint64_t length = get_le64(item + AT_LENGTH), end;
    uint64_t bits = get_le64(item + AT_TYPE) & ~UINT64_C(7);
    const struct profile *profile = find_profile(bits);

    if (length == 0 || length % sector_size || start % sector_size ||
        __builtin_add_overflow(start, length, &end))
        return "its length is wrong";
    if (get_le64(item + AT_STRIPE_LENGTH) != BTRFS_STRIPE_LENGTH)
        return "its stripes' length is wrong";
    if (!profile)
        return "its profile is not known";
    if (count < profile->stripes_min || count > profile->stripes_max)
        return "its number of stripes is wrong";
    if (bits == RAID10 &&
        (get_le16(item + AT_SUB_STRIPES) != profile->copies || count % profile->copies))
        return "its number of sub-stripes is wrong";
    return NULL;
}

/* Bytes that a chunk may take of each device, rounded up. */
static uint64_t device_length(const struct btrfs_chunk *chunk)
{
    uint64_t rows = chunk->length / BTRFS_STRIPE_LENGTH / chunk->columns;

    return chunk->columns == 1 ? chunk->length : (rows + 1) * BTRFS_STRIPE_LENGTH;
}

/* Only what is kept twice on purpose stands on one device. */
static bool is_repeated(const struct btrfs_chunk *chunk, unsigned index)
{
    for (unsigned i = 0; i < index && chunk->profile != DUP; i++)
        if (chunk->stripes[i].device == chunk->stripes[index].device)
            return true;
    return false;
}

/* The stripes of the item. NULL; or why they are not sound. */
static const char *take_stripes(struct btrfs_chunk *chunk, const unsigned char *item)
{
    for (unsigned i = 0; i < chunk->stripe_count; i++) {
        const unsigned char *from = item + BTRFS_CHUNK_HEADER + (size_t)i * BTRFS_STRIPE_SIZE;
        struct btrfs_stripe *stripe = &chunk->stripes[i];
        uint64_t end;

        stripe->device = get_le64(from + AT_DEVICE);
        stripe->place = get_le64(from + AT_PLACE);
        memcpy(stripe->uuid, from + AT_UUID, BTRFS_UUID_SIZE);
        if (__builtin_add_overflow(stripe->place, device_length(chunk), &end))
            return "a stripe is past the end of every device";
        if (is_repeated(chunk, i))
            return "two stripes are on one device";
    }
    return NULL;
}

struct btrfs_chunk *btrfs_chunk_parse(uint64_t start, const unsigned char *item, size_t size,
                                      unsigned sector_size, struct error *err)
{
    const char *fault = find_fault(start, item, size, sector_size);
    auto_free struct btrfs_chunk *chunk = NULL;

    if (!fault) {
        unsigned count = get_le16(item + AT_STRIPES);
        uint64_t bits = get_le64(item + AT_TYPE) & PROFILES;
        const struct profile *profile = find_profile(bits);

        chunk = xcalloc(1, sizeof *chunk + count * sizeof chunk->stripes[0]);
        chunk->start = start;
        chunk->length = get_le64(item + AT_LENGTH);
        chunk->profile = bits;
        chunk->copies = profile->copies;
        chunk->columns = (count - profile->parities) / profile->copies;
        chunk->stripe_count = count;
        fault = take_stripes(chunk, item);
        if (!fault)
            return take_pointer(chunk);
    }
    error_set(err, ERROR_INTERNAL, "the chunk at %llu is damaged: %s", (unsigned long long)start,
              fault);
    return NULL;
}

struct btrfs_place btrfs_chunk_place(const struct btrfs_chunk *chunk, uint64_t offset,
                                     unsigned copy)
{
    uint64_t inside = offset % BTRFS_STRIPE_LENGTH, number = offset / BTRFS_STRIPE_LENGTH;
    uint64_t row = number / chunk->columns, left = chunk->length - offset;
    unsigned column = (unsigned)(number % chunk->columns), index = copy;

    if (chunk->profile & (RAID0 | RAID10))
        index = column * chunk->copies + copy;
    else if (chunk->profile & (RAID5 | RAID6))
        /* parity moves by one device from row to row, and the data with it */
        index = (unsigned)((column + row) % chunk->stripe_count);
    const struct btrfs_stripe *stripe = &chunk->stripes[index];
    if (chunk->columns == 1 && !(chunk->profile & (RAID5 | RAID6)))
        return (struct btrfs_place){stripe, stripe->place + offset, left};
    if (left > BTRFS_STRIPE_LENGTH - inside)
        left = BTRFS_STRIPE_LENGTH - inside;
    return (struct btrfs_place){stripe, stripe->place + row * BTRFS_STRIPE_LENGTH + inside, left};
}
