/* eliloader vm show ID…. See vm_show.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/vm/vm_show.h"

#include <stdlib.h>
#include <string.h>

#include "common/escape.h"
#include "loader/commands/json_print.h"
#include "loader/commands/vm/vm_say.h"
#include "loader/record/names.h"

/* One VM's lines, as they are printed. Bytes. */
#define OUTPUT_MAX (64 * 1024 * 1024)
/* Escaping makes at most four bytes of one. */
#define SHOWN_MAX (4 * RECORD_SIZE_MAX)

struct command_lines {
    char **line;
    size_t count;
};

static void lines_free(struct command_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->line[i]);
    free(lines->line);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds "NAME = VALUE"; what is no text is shown as its JSON. NAME is taken over. */
static void add_line(struct command_lines *lines, char *name, const json_t *value)
{
    auto_free char *owned = name;
    auto_free char *dump =
        json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    const char *text = dump ? dump : json_string_value(value);
    auto_free char *key = text_escape_bytes(owned, strlen(owned), SHOWN_MAX);
    auto_free char *shown = text_escape_bytes(text ? text : "", text ? strlen(text) : 0, SHOWN_MAX);
    lines->line = xreallocarray(lines->line, lines->count + 1, sizeof *lines->line);
    lines->line[lines->count++] = xasprintf("%s = %s\n", key, shown);
}

/* All that `vm set` can set, as it is now. */
static void add_record(struct command_lines *lines, const json_t *record)
{
    for (const struct record_name *field = record_fields; field->json; field++) {
        const json_t *value = json_object_get(record, field->json);
        if (value)
            add_line(lines, xstrdup(field->user), value);
    }
    for (const struct record_name *map = record_maps; map->json; map++) {
        json_t *object = json_object_get(record, map->json);
        const char *key;
        json_t *value;
        if (object && !json_is_object(object))
            add_line(lines, xstrdup(map->user), object);
        json_object_foreach(object, key, value)
        {
            add_line(lines, record_name_of(map->json, key), value);
        }
    }
}

/* Several are told apart by a line above each, which no KEY = VALUE looks like. */
static int print_record(const struct vm_call *call, const json_t *record, struct error *err)
{
    __attribute__((cleanup(lines_free))) struct command_lines lines = {0};
    auto_buffer struct buffer out = BUFFER_INIT(OUTPUT_MAX);
    add_record(&lines, record);
    if (call->several)
        (void)buffer_addf(&out, "[%s]\n", call->id);
    if (lines.count)
        qsort(lines.line, lines.count, sizeof *lines.line, compare_lines);
    for (size_t i = 0; i < lines.count; i++)
        (void)buffer_add_text(&out, lines.line[i]);
    if (call->several)
        (void)buffer_add_text(&out, "\n");
    return vm_print(buffer_text(&out), out.length, err);
}

int vm_show(struct vm_call *call, struct error *err)
{
    auto_record struct record record = RECORD_INIT;
    if (record_load(&call->store, call->id, RECORD_READ, &record, err) < 0)
        return -1;
    if (!call->settings->json)
        return print_record(call, record.json, err);
    if (!call->shown)
        return json_print(record.json, err);
    json_array_append(call->shown, record.json);
    return 0;
}
