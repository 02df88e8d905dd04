/* From two records to the changes between them. See vm_difference.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/vm/vm_difference.h"

#include <string.h>

#include "loader/commands/vm/vm_assign.h"
#include "loader/record/changes.h"
#include "loader/record/names.h"

#define VBDS "VBDs"

static bool is_same(const json_t *a, const json_t *b)
{
    return a && b ? json_equal(a, b) : a == b;
}

/* One value, of a field (MAP NULL) or of a map's key. NULL: not there. */
static int compare_value(const char *map, const char *key, json_t *before, json_t *after,
                         json_t *changes, struct error *err)
{
    if (is_same(before, after))
        return 0;
    auto_free char *name = record_name_of(map, key);
    if (after && !json_is_string(after))
        return error_set(err, ERROR_USAGE, "%s is %s, not text", name,
                         record_type_word(json_typeof(after)));
    if (after && vm_check_value(name, map, key, json_string_value(after), err) < 0)
        return -1;
    record_change_test_json(changes, map, key, before);
    if (after)
        record_change_set(changes, map, key, json_string_value(after));
    else
        record_change_remove(changes, map, key);
    return 0;
}

static int compare_map(const char *map, json_t *before, json_t *after, json_t *changes,
                       struct error *err)
{
    const char *key;
    json_t *value;

    if (is_same(before, after))
        return 0;
    if ((before && !json_is_object(before)) || (after && !json_is_object(after)))
        return error_set(err, ERROR_USAGE, "the record's %s is not a map", map);
    json_object_foreach(before, key, value)
    {
        if (compare_value(map, key, value, json_object_get(after, key), changes, err) < 0)
            return -1;
    }
    json_object_foreach(after, key, value)
    {
        if (!json_object_get(before, key) && compare_value(map, key, NULL, value, changes, err) < 0)
            return -1;
    }
    return 0;
}

/* True when nothing but "bootable" tells the disks BEFORE and AFTER apart. */
static bool is_same_disk(const json_t *before, const json_t *after)
{
    json_auto_t *a = json_copy((json_t *)before);
    json_auto_t *b = json_copy((json_t *)after);

    if (json_is_object(a) && json_is_object(b)) {
        json_object_del(a, "bootable");
        json_object_del(b, "bootable");
    }
    return json_equal(a, b);
}

static int compare_disks(json_t *before, json_t *after, json_t *changes, struct error *err)
{
    if (is_same(before, after))
        return 0;
    bool same = json_is_array(before) && json_is_array(after) &&
                json_array_size(before) == json_array_size(after);
    for (size_t i = 0; same && i < json_array_size(before); i++) {
        json_t *old = json_array_get(before, i), *new = json_array_get(after, i);
        json_t *was = json_object_get(old, "bootable"), *is = json_object_get(new, "bootable");
        const char *device = json_string_value(json_object_get(old, "userdevice"));
        same = is_same_disk(old, new) && (is_same(was, is) || (device && json_is_boolean(is)));
        if (!same || is_same(was, is))
            continue;
        record_change_test_bootable(changes, device, was);
        record_change_bootable(changes, device, json_is_true(is));
    }
    return same
               ? 0
               : error_set(err, ERROR_USAGE,
                           "of the disks (" VBDS ") nothing can be changed here but whether one is "
                           "bootable: true or false");
}

/* The member NAME of the record. */
static int compare_member(const char *name, json_t *before, json_t *after, json_t *changes,
                          struct error *err)
{
    if (record_name_listed(record_fields, name))
        return compare_value(NULL, name, before, after, changes, err);
    if (record_name_listed(record_maps, name))
        return compare_map(name, before, after, changes, err);
    if (strcmp(name, VBDS) == 0)
        return compare_disks(before, after, changes, err);
    if (is_same(before, after))
        return 0;
    return error_set(err, ERROR_USAGE,
                     "%s cannot be changed here (what can are " RECORD_NAMES_KNOWN ")", name);
}

int vm_difference(json_t *before, json_t *after, json_t *changes, struct error *err)
{
    const char *name;
    json_t *value;

    if (!json_is_object(after))
        return error_set(err, ERROR_USAGE, "what you wrote is %s, not a record",
                         record_type_word(json_typeof(after)));
    json_object_foreach(before, name, value)
    {
        if (compare_member(name, value, json_object_get(after, name), changes, err) < 0)
            return -1;
    }
    json_object_foreach(after, name, value)
    {
        if (!json_object_get(before, name) && compare_member(name, NULL, value, changes, err) < 0)
            return -1;
    }
    return 0;
}
