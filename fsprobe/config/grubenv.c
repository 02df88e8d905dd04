/* GRUB's environment block. See menu.h.
 *
 * The format, as GRUB's manual and grub-editenv have it: a first line that names it, then
 * NAME=VALUE lines in which a backslash stands before a backslash and before a newline that
 * belongs to the value, then '#' up to the end (1024 bytes, but other sizes are read as well).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fsprobe/config/menu.h"

static const char signature[] = "# GRUB Environment Block\n";

/* The bytes of the line at BYTES, without its newline; an escaped newline does not end it. */
static size_t line_length(const char *bytes, size_t length)
{
    size_t i = 0;

    while (i < length && bytes[i] != '\n')
        i += bytes[i] == '\\' ? 2 : 1;
    return i < length ? i : length;
}

/* One NAME=VALUE line; others mean nothing. */
static void read_line(const char *line, size_t length,
                      void (*each)(void *context, const char *name, const char *value),
                      void *context)
{
    const char *equals = memchr(line, '=', length);
    auto_buffer struct buffer value = BUFFER_INIT(length);

    if (!equals || equals == line || memchr(line, '\0', length))
        return;
    auto_free char *name = xstrndup(line, (size_t)(equals - line));
    for (const char *p = equals + 1; p < line + length; p++) {
        if (*p == '\\' && p + 1 < line + length)
            p++;
        buffer_add(&value, p, 1);
    }
    each(context, name, buffer_text(&value));
}

int grubenv_parse(const char *bytes, size_t length,
                  void (*each)(void *context, const char *name, const char *value), void *context)
{
    size_t at = sizeof signature - 1;

    if (length < at || memcmp(bytes, signature, at) != 0)
        return -1;
    while (at < length) {
        size_t width = line_length(bytes + at, length - at);
        if (bytes[at] != '#')
            read_line(bytes + at, width, each, context);
        at += width + 1;
    }
    return 0;
}
