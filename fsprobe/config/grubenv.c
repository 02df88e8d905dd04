/* GRUB's environment block. See grubenv.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grubenv.h"

#include <stdlib.h>
#include <string.h>

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

/* --- a volume's --------------------------------------------------------------------------- */

struct grubenv {
    char *names[GRUBENV_VARIABLES_MAX];
    char *values[GRUBENV_VARIABLES_MAX];
    size_t count;
};

static const char *const places[] = {"/grub2/grubenv", "/boot/grub2/grubenv", "/boot/grub/grubenv",
                                     "/grub/grubenv"};

static void keep(void *context, const char *name, const char *value)
{
    struct grubenv *environment = context;

    if (environment->count == GRUBENV_VARIABLES_MAX)
        return;
    environment->names[environment->count] = xstrdup(name);
    environment->values[environment->count++] = xstrdup(value);
}

/* An environment that cannot be read is like none: entries say what they lack. */
static void load_file(struct grubenv *environment, struct guest *guest, size_t volume,
                      const char *path)
{
    auto_buffer struct buffer text = BUFFER_INIT(GRUBENV_FILE_MAX);
    auto_error struct error ignored = ERROR_INIT;

    if (guest_read(guest, volume, path, GRUBENV_FILE_MAX, &text, NULL, &ignored) > 0)
        (void)(grubenv_parse(buffer_text(&text), text.length, keep, environment) < 0);
}

struct grubenv *grubenv_load(struct guest *guest, size_t volume)
{
    struct grubenv *environment = xcalloc(1, sizeof *environment);

    for (size_t i = 0; i < ARRAY_SIZE(places) && environment->count == 0; i++)
        load_file(environment, guest, volume, places[i]);
    return environment;
}

struct grubenv *grubenv_load_file(struct guest *guest, size_t volume, const char *path)
{
    struct grubenv *environment = xcalloc(1, sizeof *environment);

    load_file(environment, guest, volume, path);
    return environment;
}

void grubenv_free(struct grubenv *environment)
{
    if (!environment)
        return;
    for (size_t i = 0; i < environment->count; i++) {
        free(environment->names[i]);
        free(environment->values[i]);
    }
    free(environment);
}

const char *grubenv_variable(void *context, const char *name)
{
    const struct grubenv *environment = context;

    for (size_t i = environment->count; i > 0; i--)
        if (strcmp(environment->names[i - 1], name) == 0)
            return environment->values[i - 1];
    return NULL;
}
