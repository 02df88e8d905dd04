/* The arena of parsed scripts. See arena.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/script/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define CHUNK_SIZE (16 * 1024)

struct grub2_chunk {
    struct grub2_chunk *next;
    size_t size, used;
    alignas(max_align_t) char bytes[];
};

void *grub2_arena_take(struct grub2_arena *arena, size_t size)
{
    struct grub2_chunk *chunk = arena->chunks;

    if (size > GRUB2_ARENA_MAX - arena->used)
        return NULL;
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (!chunk || size > chunk->size - chunk->used) {
        size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        if (room > GRUB2_ARENA_MAX - arena->used)
            return NULL;
        chunk = xcalloc(1, sizeof *chunk + room);
        chunk->size = room;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
        arena->used += room;
    }
    chunk->used += size;
    return chunk->bytes + chunk->used - size;
}

char *grub2_arena_text(struct grub2_arena *arena, const char *text, size_t length)
{
    char *copy = grub2_arena_take(arena, length + 1);

    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

void grub2_arena_free(struct grub2_arena *arena)
{
    while (arena->chunks) {
        struct grub2_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    arena->used = 0;
}
