/* People's names for what a record holds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/names.h"

#include <string.h>

#include "common/text.h"

const struct record_name record_fields[] = {
    {"PV-bootloader", "PV_bootloader"},
    {"PV-bootloader-args", "PV_bootloader_args"},
    {"PV-args", "PV_args"},
    {"name-label", "name_label"},
    {NULL, NULL},
};

const struct record_name record_maps[] = {
    {"other-config", "other_config"},
    {"platform", "platform"},
    {"xenstore-data", "xenstore_data"},
    {NULL, NULL},
};

static bool is_install_key(const char *name)
{
    return text_starts(name, "install-") || strcmp(name, "debian-release") == 0;
}

bool record_name_parse(const char *name, size_t length, const char **map, char **key)
{
    auto_free char *copy = xstrndup(name, length);
    *map = NULL;
    *key = NULL;
    for (const struct record_name *field = record_fields; field->user; field++) {
        if (strcmp(copy, field->user) == 0) {
            *key = xstrdup(field->json);
            return true;
        }
    }
    if (is_install_key(copy)) {
        *map = "other_config";
        *key = take_pointer(copy);
        return true;
    }
    for (const struct record_name *candidate = record_maps; candidate->user; candidate++) {
        size_t prefix = strlen(candidate->user);
        if (strncmp(copy, candidate->user, prefix) == 0 && copy[prefix] == ':') {
            *map = candidate->json;
            *key = xstrdup(copy + prefix + 1);
            return true;
        }
    }
    return false;
}

static const char *user_name(const struct record_name *list, const char *json)
{
    for (; list->json; list++)
        if (strcmp(list->json, json) == 0)
            return list->user;
    return json;
}

char *record_name_of(const char *map, const char *key)
{
    if (!map)
        return xstrdup(user_name(record_fields, key));
    return xasprintf("%s:%s", user_name(record_maps, map), key);
}

bool record_name_listed(const struct record_name *list, const char *name)
{
    for (; list->json; list++)
        if (strcmp(list->json, name) == 0)
            return true;
    return false;
}
