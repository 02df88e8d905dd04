/* KEY=VALUE. See vm_assign.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/vm/vm_assign.h"

#include <string.h>

#include "loader/commands/vm/vm_keys.h"
#include "loader/record/changes.h"
#include "loader/record/names.h"

/* Says which part of KEY=VALUE is no text, and why. */
static int check_text(const char *name, const char *map, const char *key, const char *value,
                      struct error *err)
{
    if (map && (!*key || strlen(key) > RECORD_KEY_MAX || !text_is_clean(key)))
        return error_set(err, ERROR_USAGE,
                         "'%s': the key after the colon must be 1 to %d bytes without control "
                         "characters",
                         name, RECORD_KEY_MAX);
    json_auto_t *key_json = json_string(key);
    if (!key_json)
        return error_set(err, ERROR_USAGE, "'%s' is not UTF-8 text", name);
    json_auto_t *value_json = json_string(value);
    if (!value_json)
        return error_set(err, ERROR_USAGE, "the value of %s is not UTF-8 text", name);
    auto_error struct error why = ERROR_INIT;
    if (record_check_text(value_json, &why) < 0)
        return error_set(err, ERROR_USAGE, "the value of %s %s", name, why.text);
    return 0;
}

int vm_check_value(const char *name, const char *map, const char *key, const char *value,
                   struct error *err)
{
    if (check_text(name, map, key, value, err) < 0)
        return -1;
    return vm_key_check(map, key, value, err);
}

static int add_assignment(const char *word, json_t *changes, struct error *err)
{
    const char *equals = strchr(word, '=');
    if (!equals)
        return error_set(err, ERROR_USAGE, "'%s' is not of the form KEY=VALUE", word);
    const char *map, *value = equals + 1;
    auto_free char *name = xstrndup(word, (size_t)(equals - word));
    auto_free char *key = NULL;
    if (!record_name_parse(name, strlen(name), &map, &key))
        return vm_key_unknown(name, err);
    if (vm_check_value(name, map, key, value, err) < 0)
        return -1;
    if (map && !*value)
        record_change_remove(changes, map, key);
    else
        record_change_set(changes, map, key, value);
    return 0;
}

json_t *vm_changes_of(char *const *words, size_t count, struct error *err)
{
    json_t *changes = record_changes_new();
    for (size_t i = 0; i < count; i++) {
        if (add_assignment(words[i], changes, err) < 0) {
            json_decref(changes);
            return NULL;
        }
    }
    return changes;
}
