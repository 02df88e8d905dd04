/* A few blocks, the one that was not used for longest thrown out first. See block_cache.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/block_cache.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/recent.h"
#include "fsprobe/fs/source.h"

#define SPAN_MAX (BLOCK_CACHE_COUNT / 4 * BLOCK_CACHE_BLOCK)

struct cached_block {
    uint64_t number; /* of the block in the source */
    uint64_t used;   /* 0: empty; else a clock */
    size_t length;   /* bytes: less than a block at the end of the source */
};

struct block_cache {
    struct source *source;
    uint64_t clock;
    struct cached_block blocks[BLOCK_CACHE_COUNT];
    unsigned char *bytes; /* of all blocks; owned; NULL: all are empty */
};

static void drop(void *user)
{
    struct block_cache *cache = user;

    free(cache->bytes);
    cache->bytes = NULL;
    memset(cache->blocks, 0, sizeof cache->blocks);
}

/* Blocks are copied out: that somebody loses his is no matter but of time. */
static struct recent recent = {.drop = drop};

struct block_cache *block_cache_new(struct source *source)
{
    struct block_cache *cache = xcalloc(1, sizeof *cache);

    cache->source = source;
    return cache;
}

void block_cache_free(struct block_cache *cache)
{
    recent_forget(&recent, cache);
    if (cache)
        free(cache->bytes);
    free(cache);
}

static unsigned char *bytes_of(const struct block_cache *cache, const struct cached_block *block)
{
    return cache->bytes + (size_t)(block - cache->blocks) * BLOCK_CACHE_BLOCK;
}

static struct cached_block *find(struct block_cache *cache, uint64_t number)
{
    for (size_t i = 0; i < BLOCK_CACHE_COUNT; i++)
        if (cache->blocks[i].used && cache->blocks[i].number == number)
            return &cache->blocks[i];
    return NULL;
}

/* Copies the LENGTH bytes at AT when all of them are here. */
static bool take(struct block_cache *cache, uint64_t at, unsigned char *out, size_t length)
{
    while (length) {
        struct cached_block *block = find(cache, at / BLOCK_CACHE_BLOCK);
        size_t skip = at % BLOCK_CACHE_BLOCK;

        if (!block || block->length <= skip)
            return false;
        size_t part = block->length - skip < length ? block->length - skip : length;
        memcpy(out, bytes_of(cache, block) + skip, part);
        block->used = ++cache->clock;
        at += part, out += part, length -= part;
    }
    return true;
}

static void keep(struct block_cache *cache, uint64_t number, const unsigned char *bytes,
                 size_t length)
{
    struct cached_block *block = find(cache, number);

    recent_use(&recent, cache);
    if (!cache->bytes)
        cache->bytes = xmalloc((size_t)BLOCK_CACHE_COUNT * BLOCK_CACHE_BLOCK);
    if (!block) {
        block = &cache->blocks[0];
        for (size_t i = 1; i < BLOCK_CACHE_COUNT; i++)
            if (cache->blocks[i].used < block->used)
                block = &cache->blocks[i];
    }
    *block = (struct cached_block){number, ++cache->clock, length};
    memcpy(bytes_of(cache, block), bytes, length);
}

int block_cache_read(struct block_cache *cache, uint64_t at, void *out, size_t length,
                     struct error *err)
{
    auto_free unsigned char *span = NULL;
    uint64_t size = cache->source->size, begin = at - at % BLOCK_CACHE_BLOCK;

    if (length == 0 || at >= size || length > size - at || length > SPAN_MAX - BLOCK_CACHE_BLOCK)
        return source_read(cache->source, at, out, length, err);
    if (take(cache, at, out, length))
        return source_charge(cache->source, length / BLOCK_CACHE_CHARGE + 1, err);
    size_t whole = (size_t)(at - begin) + length + BLOCK_CACHE_BLOCK - 1;
    whole -= whole % BLOCK_CACHE_BLOCK;
    if (whole > size - begin)
        whole = (size_t)(size - begin);
    span = xmalloc(whole);
    if (source_read(cache->source, begin, span, whole, err) < 0)
        return -1;
    for (size_t i = 0; i < whole; i += BLOCK_CACHE_BLOCK)
        keep(cache, (begin + i) / BLOCK_CACHE_BLOCK, span + i,
             whole - i < BLOCK_CACHE_BLOCK ? whole - i : BLOCK_CACHE_BLOCK);
    memcpy(out, span + (at - begin), length);
    return 0;
}
