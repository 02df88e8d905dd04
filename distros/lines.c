/* The lines of a metadata file, one after the other, bounded.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/lines.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void lines_start(struct lines *lines, const char *name, const struct buffer *text)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *start = buffer_text(text);

    *lines = (struct lines){name, start, start + text->length, 0};
    if (text->length >= strlen(mark) && memcmp(start, mark, strlen(mark)) == 0)
        lines->at += strlen(mark);
}

int lines_next(struct lines *lines, const char **line, size_t *length, struct error *err)
{
    size_t left = (size_t)(lines->end - lines->at);

    if (left == 0)
        return 0;
    if (++lines->number > LINES_MAX)
        return error_set(err, ERROR_INVALID_SOURCE, "%s has more than %d lines", lines->name,
                         LINES_MAX);

    const char *newline = memchr(lines->at, '\n', left);
    size_t size = newline ? (size_t)(newline - lines->at) : left;
    *line = lines->at;
    lines->at += newline ? size + 1 : size;
    if (size > 0 && (*line)[size - 1] == '\r')
        size--;
    if (size > LINE_MAX_BYTES)
        return error_set(err, ERROR_INVALID_SOURCE, "%s, line %zu, is longer than %d bytes",
                         lines->name, lines->number, LINE_MAX_BYTES);
    if (memchr(*line, '\0', size))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s, line %zu, holds a NUL byte: this is no text file", lines->name,
                         lines->number);
    *length = size;
    return 1;
}

void trim(const char **text, size_t *length)
{
    while (*length > 0 && is_space((*text)[0])) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && is_space((*text)[*length - 1]))
        (*length)--;
}

size_t next_word(const char **at, const char *end, const char **word)
{
    while (*at < end && is_space(**at))
        (*at)++;
    *word = *at;
    while (*at < end && !is_space(**at))
        (*at)++;
    return (size_t)(*at - *word);
}

bool same(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}
