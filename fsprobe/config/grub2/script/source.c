/* How a script is made ready for the lexer. See source.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/script/source.h"

#include <string.h>

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
