/* INI files as installation trees have them. The format stands in ini.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/ini.h"

#include <string.h>

struct ini {
    struct lines lines;
    size_t sections;
    struct buffer section, key, value;
    bool pending;  /* key and value wait for the lines that may go on with the value */
    size_t indent; /* of that key */
    size_t line;   /* where it stands */
    int (*entry)(void *context, const struct ini_entry *entry, struct error *err);
    void *context;
};

/* Hands the waiting key on. */
static int flush(struct ini *ini, struct error *err)
{
    struct lines where = ini->lines;
    struct ini_entry entry = {buffer_text(&ini->section), buffer_text(&ini->key),
                              buffer_text(&ini->value), &where};

    where.number = ini->line;
    if (!ini->pending)
        return 0;
    ini->pending = false;
    return ini->sections > 0 ? ini->entry(ini->context, &entry, err) : 0;
}

/* Cuts a comment off a value: '#' or ';' at its start or behind white space. */
static size_t without_comment(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((text[i] == '#' || text[i] == ';') &&
            (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t'))
            return i;
    return length;
}

static int add_value(struct ini *ini, const char *text, size_t length, struct error *err)
{
    length = without_comment(text, length);
    trim(&text, &length);
    if (length > 0 && ini->value.length > 0)
        buffer_add_text(&ini->value, " ");
    buffer_add(&ini->value, text, length);
    if (ini->value.full)
        return error_set(err, ERROR_INVALID_SOURCE, "%s, line %zu: a value is longer than %d bytes",
                         ini->lines.name, ini->lines.number, INI_VALUE_MAX);
    return 0;
}

static int start_section(struct ini *ini, const char *text, size_t length, struct error *err)
{
    const char *name = text + 1, *end = memchr(text, ']', length);

    if (!end)
        return error_set(err, ERROR_INVALID_SOURCE, "%s, line %zu: a section's name has no \"]\"",
                         ini->lines.name, ini->lines.number);
    if (++ini->sections > INI_SECTIONS_MAX)
        return error_set(err, ERROR_INVALID_SOURCE, "%s has more than %d sections", ini->lines.name,
                         INI_SECTIONS_MAX);
    size_t size = (size_t)(end - name);
    trim(&name, &size);
    buffer_clear(&ini->section);
    if (!buffer_add(&ini->section, name, size))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s, line %zu: a section's name is longer than %d bytes", ini->lines.name,
                         ini->lines.number, INI_SECTION_MAX);
    return 0;
}

static int start_key(struct ini *ini, const char *text, size_t length, struct error *err)
{
    size_t size = 0;

    while (size < length && text[size] != '=' && text[size] != ':')
        size++;
    if (size == length)
        return 0;
    const char *value = text + size + 1;
    size_t value_size = length - size - 1;
    trim(&text, &size);
    if (size == 0)
        return 0;
    buffer_clear(&ini->key);
    buffer_add(&ini->key, text, size);
    buffer_clear(&ini->value);
    ini->pending = true;
    ini->line = ini->lines.number;
    return add_value(ini, value, value_size, err);
}

static int take_line(struct ini *ini, const char *line, size_t length, struct error *err)
{
    const char *start = line;

    trim(&line, &length);
    size_t indent = (size_t)(line - start);
    if (length == 0 || *line == '#' || *line == ';')
        return 0;
    if (ini->pending && indent > ini->indent)
        return add_value(ini, line, length, err);
    if (flush(ini, err) < 0)
        return -1;
    ini->indent = indent;
    return *line == '[' ? start_section(ini, line, length, err) : start_key(ini, line, length, err);
}

int ini_read(const char *name, const struct buffer *text,
             int (*entry)(void *context, const struct ini_entry *entry, struct error *err),
             void *context, struct error *err)
{
    struct ini ini = {
        .section = BUFFER_INIT(INI_SECTION_MAX),
        .key = BUFFER_INIT(LINE_MAX_BYTES),
        .value = BUFFER_INIT(INI_VALUE_MAX),
        .entry = entry,
        .context = context,
    };
    const char *line;
    size_t length;
    int found;

    lines_start(&ini.lines, name, text);
    while ((found = lines_next(&ini.lines, &line, &length, err)) > 0) {
        found = take_line(&ini, line, length, err);
        if (found < 0)
            break;
    }
    if (found == 0)
        found = flush(&ini, err);
    buffer_free(&ini.section);
    buffer_free(&ini.key);
    buffer_free(&ini.value);
    return found < 0 ? -1 : ini.sections > 0;
}
