/* libext2fs' input: a volume's bytes, with the journal laid over it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext_io.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/ext/channel.h"

/* So many bytes of an escaped block, FILE_ESCAPED, are zeros in its copy. */
#define ESCAPED_BYTES (sizeof FILE_ESCAPED - 1)

const struct ext_replay *ext_replay_from(const struct ext_source *source, uint64_t block)
{
    size_t low = 0, high = source->replay_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->replay[middle].block < block)
            low = middle + 1;
        else
            high = middle;
    }
    return low < source->replay_count ? &source->replay[low] : NULL;
}

void ext_source_fail(struct ext_source *source, const char *why)
{
    (void)error_set(&source->failure, ERROR_INTERNAL, "%s", why);
}

static const struct ext_replay *find_replay(const struct ext_source *source, uint64_t block)
{
    const struct ext_replay *next = ext_replay_from(source, block);

    return next && next->block == block ? next : NULL;
}

/* LENGTH bytes from BEGIN of block BLOCK, past the cache. */
static errcode_t read_block_part(struct ext_source *source, uint64_t block, size_t begin,
                                 size_t length, unsigned char *out)
{
    const struct ext_replay *replay = find_replay(source, block);
    uint64_t place = replay ? replay->copy : block;
    uint64_t at, end;

    error_clear(&source->failure);
    if (__builtin_mul_overflow(place, (uint64_t)source->block_size, &at) ||
        __builtin_add_overflow(at, begin, &at) || __builtin_add_overflow(at, length, &end) ||
        end > source->base->size) {
        ext_source_fail(source, "it points past the end of the filesystem");
        return EXT2_ET_SHORT_READ;
    }
    if (source_read_charged(source->base, at, out, length, &source->failure) < 0)
        return EXT2_ET_SHORT_READ;
    if (replay && replay->escaped)
        for (size_t i = begin; i < ESCAPED_BYTES && i - begin < length; i++)
            out[i - begin] = (unsigned char)FILE_ESCAPED[i];
    return 0;
}

/* Fills the blocks ahead from BLOCK on when readers have come from right before it often
 * enough. A short read is none: then BLOCK itself is read, or fails, alone. */
static void read_ahead(struct ext_source *source, uint64_t block)
{
    uint64_t count = EXT_AHEAD_BYTES / source->block_size;
    uint64_t blocks = source->base->size / source->block_size;
    auto_error struct error ignored = ERROR_INIT;

    source->in_a_row = block == source->last_missed + 1 ? source->in_a_row + 1 : 0;
    source->last_missed = block;
    if (source->in_a_row < EXT_AHEAD_AFTER || block >= blocks)
        return;
    if (count > blocks - block)
        count = blocks - block;
    if (!source->ahead)
        source->ahead = xmalloc(EXT_AHEAD_BYTES);
    bool whole = source_read_charged(source->base, block * source->block_size, source->ahead,
                                     count * source->block_size, &ignored) == 0;
    source->ahead_first = block;
    source->ahead_count = whole ? (unsigned)count : 0;
}

/* One whole block, from those read ahead when it is among them. */
static errcode_t read_block(struct ext_source *source, uint64_t block, unsigned char *out)
{
    if (find_replay(source, block))
        return read_block_part(source, block, 0, source->block_size, out);
    if (block - source->ahead_first >= source->ahead_count)
        read_ahead(source, block);
    else
        source->last_missed = block;
    if (block - source->ahead_first >= source->ahead_count)
        return read_block_part(source, block, 0, source->block_size, out);
    memcpy(out, source->ahead + (block - source->ahead_first) * source->block_size,
           source->block_size);
    return 0;
}

/* The slot that holds BLOCK, filled when it was not there. */
static errcode_t cached_block(struct ext_source *source, uint64_t block, struct ext_cached **found)
{
    struct ext_cached *oldest = &source->cache[0];

    for (size_t i = 0; i < EXT_CACHE_BLOCKS; i++) {
        struct ext_cached *slot = &source->cache[i];
        if (slot->used && slot->block == block) {
            slot->used = ++source->clock;
            *found = slot;
            return 0;
        }
        if (slot->used < oldest->used)
            oldest = slot;
    }
    if (!oldest->data)
        oldest->data = xmalloc(source->block_size);
    oldest->used = 0;
    errcode_t code = read_block(source, block, oldest->data);
    if (code)
        return code;
    oldest->block = block;
    oldest->used = ++source->clock;
    *found = oldest;
    return 0;
}

errcode_t ext_source_charge(struct ext_source *source, size_t length)
{
    return source_charge(source->base, length, &source->failure) < 0 ? EXT2_ET_SHORT_READ : 0;
}

/* As ext_source_read(), but for the budget. */
static errcode_t read_bytes(struct ext_source *source, uint64_t at, size_t length, void *out)
{
    unsigned char *to = out;
    errcode_t code = 0;

    while (length && !code) {
        uint64_t block = at / source->block_size;
        size_t begin = at % source->block_size;
        size_t part = source->block_size - begin < length ? source->block_size - begin : length;
        struct ext_cached *slot;

        if (part < source->block_size) { /* the superblock, mostly: no more than is wanted */
            code = read_block_part(source, block, begin, part, to);
        } else {
            code = cached_block(source, block, &slot);
            if (!code)
                memcpy(to, slot->data, part);
        }
        at += part;
        to += part;
        length -= part;
    }
    return code;
}

errcode_t ext_source_read(struct ext_source *source, uint64_t at, size_t length, void *out)
{
    errcode_t code = ext_source_charge(source, length);

    return code ? code : read_bytes(source, at, length, out);
}

void ext_source_forget(struct ext_source *source)
{
    for (size_t i = 0; i < EXT_CACHE_BLOCKS; i++)
        source->cache[i].used = 0;
    source->ahead_count = 0;
}

void ext_source_free(struct ext_source *source)
{
    for (size_t i = 0; i < EXT_CACHE_BLOCKS; i++)
        free(source->cache[i].data);
    free(source->ahead);
    free(source->replay);
    error_clear(&source->failure);
    *source = (struct ext_source){.base = NULL};
}

/* libext2fs does not look whether it could read a group's descriptor. So what it has begun may be
 * ended, and the next thing that is asked of it is refused. */
static errcode_t channel_read(void *context, uint64_t at, uint64_t length, void *out)
{
    struct ext_source *source = context;

    auto_error struct error ignored = ERROR_INIT;

    (void)!source_charge(source->base, length, &ignored);
    return read_bytes(source, at, length, out);
}

errcode_t ext_source_open(struct ext_source *source, ext2_filsys *fs)
{
    static const struct ext_channel channel = {.read = channel_read};
    int lazily = source->descriptors_first ? 0 : EXT2_FLAG_SUPER_ONLY;

    return ext_channel_open(&channel, source, EXT2_FLAG_64BITS | lazily, fs);
}
