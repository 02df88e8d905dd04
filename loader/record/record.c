/* The VM record, whatever backend it comes from: reading values, letting go.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/record.h"

#include <string.h>

#include "loader/record/names.h"

bool record_id_valid(const char *id)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(id);
    return length >= 1 && length <= RECORD_ID_MAX && id[0] != '.' && id[0] != '-' &&
           strspn(id, allowed) == length;
}

int record_commit(struct record *record, const json_t *changes, struct error *err)
{
    return record->backend->commit(record, changes, err);
}

bool record_is_roots(const struct record *record)
{
    return record->backend->only_roots && !record->others;
}

void record_free(struct record *record)
{
    if (record->backend && record->state)
        record->backend->release(record);
    json_decref(record->json);
    cleanup_free(&record->id);
    *record = RECORD_INIT;
}

const char *record_type_word(json_type type)
{
    switch (type) {
    case JSON_OBJECT:
        return "a map";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    case JSON_NULL:
        break;
    }
    return "null";
}

/* The object that KEY is looked up in: the record, or one of its maps; *IN is NULL when the
 * map is not there. */
static int find_map(const struct record *record, const char *map, const json_t **in,
                    struct error *err)
{
    *in = map ? json_object_get(record->json, map) : record->json;
    if (*in && !json_is_object(*in))
        return error_set(err, ERROR_INTERNAL,
                         "the record of VM '%s' is damaged: %s is %s, not a map", record->id,
                         map ? map : "it", record_type_word(json_typeof(*in)));
    return 0;
}

int record_check_text(const json_t *value, struct error *err)
{
    if (!json_is_string(value))
        return error_set(err, ERROR_INTERNAL, "is %s, not text",
                         record_type_word(json_typeof(value)));
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    if (length > RECORD_VALUE_MAX)
        return error_set(err, ERROR_INTERNAL, "is %zu bytes long, at most %d are allowed", length,
                         RECORD_VALUE_MAX);
    /* jansson refuses NULs in what it parses; other makers of records may not. */
    if (strlen(text) != length || !text_is_clean(text))
        return error_set(err, ERROR_INTERNAL, "holds a control character");
    return 0;
}

int record_get(const struct record *record, const char *map, const char *key, const char **value,
               struct error *err)
{
    const json_t *in;
    *value = NULL;
    if (find_map(record, map, &in, err) < 0)
        return -1;
    const json_t *member = in ? json_object_get(in, key) : NULL;
    if (!member)
        return 0;
    auto_error struct error why = ERROR_INIT;
    if (record_check_text(member, &why) < 0) {
        auto_free char *name = record_name_of(map, key);
        return error_set(err, why.name, "VM '%s': %s %s", record->id, name, why.text);
    }
    *value = json_string_value(member);
    return 0;
}

int record_get_default(const struct record *record, const char *map, const char *key,
                       const char *default_value, const char **value, struct error *err)
{
    if (record_get(record, map, key, value, err) < 0)
        return -1;
    if (!*value)
        *value = default_value;
    return 0;
}
