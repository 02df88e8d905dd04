/* The arena of parsed scripts, and how a script is made ready for the lexer. See ast.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/ast.h"

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

/* Copies one line of a file (LENGTH bytes, no newline) to OUT as GRUB reads lines: carriage
 * returns are dropped, and a NUL ends it. Returns the bytes copied. */
static size_t clean_line(const char *line, size_t length, char *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < length && line[i]; i++)
        if (line[i] != '\r')
            out[kept++] = line[i];
    return kept;
}

bool grub2_source_read(struct grub2_arena *arena, struct grub2_source *source, const char *name,
                       const char *bytes, size_t length)
{
    size_t row = 0, kept = 0, rows = 2;

    for (size_t i = 0; i < length; i++)
        rows += bytes[i] == '\n';
    char *text = grub2_arena_take(arena, length + 2);
    unsigned *lines = grub2_arena_take(arena, rows * sizeof *lines);
    source->name = grub2_arena_text(arena, name, strlen(name));
    if (!text || !lines || !source->name)
        return false;
    for (size_t at = 0, number = 1; at < length; number++) {
        const char *newline = memchr(bytes + at, '\n', length - at);
        size_t width = newline ? (size_t)(newline - (bytes + at)) : length - at;
        size_t cleaned = clean_line(bytes + at, width, text + kept);
        if (!cleaned || text[kept] != '#') {
            lines[row++] = (unsigned)number;
            kept += cleaned;
            text[kept++] = '\n';
        }
        at += width + 1;
    }
    lines[row] = row ? lines[row - 1] + 1 : 1;
    text[kept] = '\0';
    source->text = text;
    source->length = kept;
    source->lines = lines;
    return true;
}
