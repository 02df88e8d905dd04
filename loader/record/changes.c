/* Changes to a VM record: building the list, and applying it to a record in memory. See changes.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/changes.h"

#include <string.h>

#include "loader/record/names.h"

/* --- building ------------------------------------------------------------------------------ */

json_t *record_changes_new(void)
{
    return json_array();
}

/* No limit but memory's: what is changed comes from the record or from us. */
#define POINTER_MAX (SIZE_MAX - 1)

static void add_token(struct buffer *path, const char *token)
{
    (void)buffer_add_text(path, "/");
    for (; *token; token++) {
        if (*token == '~')
            (void)buffer_add_text(path, "~0");
        else if (*token == '/')
            (void)buffer_add_text(path, "~1");
        else
            (void)buffer_add(path, token, 1);
    }
}

/* TEXT as JSON. What is not UTF-8 becomes `false`, which is no path, no value to add, and
 * equal to no text that a test may find. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    return json ? json : json_false();
}

/* VALUE is taken over; NULL for operations without one. */
static void add_change(json_t *changes, const char *op, const char *path, json_t *value)
{
    json_t *change = json_object();
    json_object_set_new(change, "op", json_string(op));
    json_object_set_new(change, "path", text_json(path));
    if (value)
        json_object_set_new(change, "value", value);
    json_array_append_new(changes, change);
}

static void add_member_change(json_t *changes, const char *op, const char *map, const char *key,
                              json_t *value)
{
    auto_buffer struct buffer path = BUFFER_INIT(POINTER_MAX);
    if (map)
        add_token(&path, map);
    add_token(&path, key);
    add_change(changes, op, buffer_text(&path), value);
}

void record_change_set(json_t *changes, const char *map, const char *key, const char *value)
{
    add_member_change(changes, "add", map, key, text_json(value));
}

void record_change_remove(json_t *changes, const char *map, const char *key)
{
    add_member_change(changes, "remove", map, key, NULL);
}

void record_change_test(json_t *changes, const char *map, const char *key, const char *value)
{
    add_member_change(changes, "test", map, key, value ? text_json(value) : json_null());
}

void record_change_test_json(json_t *changes, const char *map, const char *key, json_t *value)
{
    add_member_change(changes, "test", map, key, value ? json_incref(value) : json_null());
}

static void add_vbd_change(json_t *changes, const char *op, const char *userdevice, json_t *value)
{
    auto_buffer struct buffer path = BUFFER_INIT(POINTER_MAX);
    add_token(&path, "VBDs");
    add_token(&path, userdevice);
    add_token(&path, "bootable");
    add_change(changes, op, buffer_text(&path), value);
}

void record_change_test_bootable(json_t *changes, const char *userdevice, json_t *value)
{
    add_vbd_change(changes, "test", userdevice, value ? json_incref(value) : json_null());
}

void record_change_bootable(json_t *changes, const char *userdevice, bool bootable)
{
    add_vbd_change(changes, "add", userdevice, json_boolean(bootable));
}

/* --- one change, taken apart ---------------------------------------------------------------- */

#define PATH_TOKENS_MAX 3 /* /VBDs/USERDEVICE/bootable */

enum operation { OPERATION_TEST, OPERATION_ADD, OPERATION_REMOVE };

struct change {
    enum operation operation;
    char *text; /* owned; the tokens point into it */
    const char *token[PATH_TOKENS_MAX];
    size_t tokens;
    json_t *value; /* borrowed; NULL for remove */
};

static void change_free(struct change *change)
{
    cleanup_free(&change->text);
}
#define auto_change __attribute__((cleanup(change_free)))

/* Splits CHANGE's text, a JSON pointer (RFC 6901), in place. False when it is none, or has too
 * many parts. */
static bool split_pointer(struct change *change)
{
    if (change->text[0] != '/')
        return false;
    char *out = change->text;
    change->token[change->tokens++] = out;
    for (const char *in = change->text + 1; *in; in++) {
        if (*in == '/') {
            if (change->tokens == PATH_TOKENS_MAX)
                return false;
            *out++ = '\0';
            change->token[change->tokens++] = out;
        } else if (*in == '~') {
            in++;
            if (*in != '0' && *in != '1')
                return false;
            *out++ = *in == '0' ? '~' : '/';
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    return true;
}

static bool is_vbd_change(const struct change *change)
{
    return change->tokens == PATH_TOKENS_MAX;
}

/* False when the path names nothing that may be changed. */
static bool path_allowed(const struct change *change)
{
    switch (change->tokens) {
    case 1:
        return record_name_listed(record_fields, change->token[0]);
    case 2:
        return record_name_listed(record_maps, change->token[0]) && *change->token[1];
    default:
        return strcmp(change->token[0], "VBDs") == 0 && *change->token[1] &&
               strcmp(change->token[2], "bootable") == 0;
    }
}

static int parse_operation(const json_t *json, struct change *change, struct error *err)
{
    static const char *const names[] = {"test", "add", "remove"};
    const char *name = json_string_value(json_object_get(json, "op"));
    for (size_t i = 0; name && i < ARRAY_SIZE(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            change->operation = (enum operation)i;
            return 0;
        }
    }
    return error_set(err, ERROR_INTERNAL, "its op is not one of test, add and remove");
}

/* A value that a test may name or an add may bring. */
static int check_value(const struct change *change, struct error *err)
{
    if (change->operation == OPERATION_REMOVE)
        return 0;
    if (!change->value)
        return error_set(err, ERROR_INTERNAL, "it has no value");
    if (change->operation == OPERATION_TEST)
        return 0;
    if (is_vbd_change(change)) {
        if (!json_is_boolean(change->value))
            return error_set(err, ERROR_INTERNAL, "its value is not a boolean");
        return 0;
    }
    auto_error struct error why = ERROR_INIT;
    if (record_check_text(change->value, &why) < 0)
        return error_set(err, why.name, "its value %s", why.text);
    return 0;
}

static int parse_change(const json_t *json, struct change *change, struct error *err)
{
    if (parse_operation(json, change, err) < 0)
        return -1;
    const char *path = json_string_value(json_object_get(json, "path"));
    if (!path)
        return error_set(err, ERROR_INTERNAL, "it has no path");
    change->text = xstrdup(path);
    if (!split_pointer(change) || !path_allowed(change))
        return error_set(err, ERROR_INTERNAL, "its path %s names nothing that can be changed",
                         path);
    change->value = json_object_get(json, "value");
    return check_value(change, err);
}

/* --- applying ------------------------------------------------------------------------------- */

/* The VBD of USERDEVICE, or NULL. */
static json_t *find_vbd(const json_t *record, const char *userdevice)
{
    size_t i;
    json_t *vbd;
    json_array_foreach(json_object_get(record, "VBDs"), i, vbd)
    {
        const char *device = json_string_value(json_object_get(vbd, "userdevice"));
        if (device && strcmp(device, userdevice) == 0)
            return vbd;
    }
    return NULL;
}

/* The object that CHANGE's last token is a member of; NULL when it is not there. */
static json_t *find_parent(json_t *record, const struct change *change)
{
    if (is_vbd_change(change))
        return find_vbd(record, change->token[1]);
    return change->tokens == 2 ? json_object_get(record, change->token[0]) : record;
}

static char *describe(const struct change *change)
{
    if (is_vbd_change(change))
        return xasprintf("'bootable' of disk %s", change->token[1]);
    return record_name_of(change->tokens == 2 ? change->token[0] : NULL,
                          change->token[change->tokens - 1]);
}

/* Says whether CHANGE can be made to RECORD; every test is made here. */
static int check_change(json_t *record, const struct change *change, struct error *err)
{
    json_t *parent = find_parent(record, change);
    auto_free char *name = describe(change);
    if (parent && !json_is_object(parent))
        return error_set(err, ERROR_INTERNAL, "%s has no place: the record's %s is not a map", name,
                         change->token[0]);
    if (is_vbd_change(change) && !parent && change->operation == OPERATION_ADD)
        return error_set(err, ERROR_INTERNAL, "%s cannot be set: the VM has no such disk", name);
    if (change->operation != OPERATION_TEST)
        return 0;
    json_t *found = parent ? json_object_get(parent, change->token[change->tokens - 1]) : NULL;
    bool holds = json_is_null(change->value) ? !found : json_equal(found, change->value);
    if (!holds)
        return error_set(err, ERROR_INTERNAL, "%s was changed by somebody else meanwhile", name);
    return 0;
}

/* Cannot fail after check_change(). */
static void make_change(json_t *record, const struct change *change)
{
    const char *key = change->token[change->tokens - 1];
    json_t *parent = find_parent(record, change);
    if (change->operation == OPERATION_ADD) {
        if (!parent) {
            parent = json_object();
            json_object_set_new(record, change->token[0], parent);
        }
        json_object_set(parent, key, change->value);
    } else if (change->operation == OPERATION_REMOVE && parent) {
        json_object_del(parent, key);
    }
}

/* Checks the change JSON, and makes it too when MAKE is set. */
static int take_change(json_t *record, const json_t *json, size_t number, bool make,
                       struct error *err)
{
    auto_change struct change change = {0};
    if (parse_change(json, &change, err) < 0)
        return error_prefix(err, "change %zu is malformed", number);
    if (!make)
        return check_change(record, &change, err);
    make_change(record, &change);
    return 0;
}

int record_apply(json_t *record, const json_t *changes, struct error *err)
{
    if (!json_is_object(record))
        return error_set(err, ERROR_INTERNAL, "the record to change is not a JSON object");
    if (!json_is_array(changes))
        return error_set(err, ERROR_INTERNAL, "the changes are not a JSON array");
    size_t count = json_array_size(changes);
    for (size_t i = 0; i < count; i++)
        if (take_change(record, json_array_get(changes, i), i + 1, false, err) < 0)
            return -1;
    for (size_t i = 0; i < count; i++)
        if (take_change(record, json_array_get(changes, i), i + 1, true, err) < 0)
            return -1;
    return 0;
}
