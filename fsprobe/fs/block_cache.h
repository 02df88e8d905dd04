/* The blocks that were read last from a source, so that inodes and tree roots, which every path
 * begins with, are read from the disk once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BLOCK_CACHE_H
#define FSPROBE_FS_BLOCK_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

#define BLOCK_CACHE_BLOCK 1024 /* bytes; what is read is rounded to such blocks of the source */
#define BLOCK_CACHE_COUNT 256  /* blocks */
/* What is copied out of the cache is charged to the budget at this part of its length, so that
 * going round in circles comes to an end, too. */
#define BLOCK_CACHE_CHARGE 8

struct block_cache;
struct source;

/* Of SOURCE, which is not owned and lives longer. The caller frees by block_cache_free(). */
struct block_cache *block_cache_new(struct source *source) must_check;
/* NULL is allowed. */
void block_cache_free(struct block_cache *cache);

/* LENGTH bytes from AT of the source into OUT. What is longer than a quarter of the cache goes by
 * it. 0, or -1 with ERR as of source_read(). */
int block_cache_read(struct block_cache *cache, uint64_t at, void *out, size_t length,
                     struct error *err) must_check;

#endif
