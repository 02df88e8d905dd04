/* The words that a value may be. See values.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/complete/values.h"

#include <string.h>

#include "distros/arch.h"
#include "distros/families.h"
#include "loader/commands/vm/vm_keys.h"
#include "loader/record/names.h"
#include "loader/settings/choices.h"

#define FAMILY_LISTED(symbol, name) name,
#define ARCH_LISTED(name, rpm, deb) name,

static const char *const families[] = {FAMILIES(FAMILY_LISTED, FAMILY_LISTED) "auto", NULL};
static const char *const archs[] = {ARCHS(ARCH_LISTED, ARCH_LISTED) NULL};
/* Whoever has a program of his own writes its path. */
static const char *const backends[] = {"auto", "file", "xapi", "etcd", NULL};
static const char *const overlays[] = {"cpio", "ext2", "cpio+append", NULL};
static const char *const booleans[] = {"true", "false", NULL};
static const char *const rounds[] = {"1", "2", "done", NULL};
static const char *const loaders[] = {"eliloader", "pygrub", NULL};

/* What there is to say of a value, and of an operand. */
static const struct value {
    const char *name;
    const char *const *words;
    const char *paths; /* "files", "directories" */
} values[] = {
    {"ARCH", archs, NULL},
    {"BACKEND", backends, NULL},
    {"BOOLEAN", booleans, NULL},
    {"BYTES", NULL, NULL},
    {"DIR", NULL, "directories"},
    {"DISK", NULL, "files"},
    {"ENTRY", NULL, NULL},
    {"FAMILY", families, NULL},
    {"FILE", NULL, "files"},
    {"FILES", NULL, "files"},
    {"FORM", answer_format_names, NULL},
    {"HOW", handoff_names, NULL},
    {"LOADER", loaders, NULL},
    {"LOCATION", NULL, "files"},
    {"PATH", NULL, NULL},
    {"PROGRAM", NULL, "files"},
    {"RELEASE", NULL, NULL},
    {"REPOSITORY", NULL, "files"},
    {"ROUND", rounds, NULL},
    {"SECONDS", NULL, NULL},
    {"SIZE", NULL, NULL},
    {"SOCKET", NULL, "files"},
    {"TEXT", NULL, NULL},
    {"TYPE", overlays, NULL},
    {"UID", NULL, NULL},
    {"URL", NULL, NULL},
    {"WHEN", unpack_names, NULL},
    {"WHERE", redirects_names, NULL},
    {"XL.CFG", NULL, "files"},
};

static bool is_called(const char *name, size_t length, const char *value)
{
    return strlen(value) == length && memcmp(name, value, length) == 0;
}

/* --- KEY=VALUE ---------------------------------------------------------------------------- */

static void offer_key(void *context, const char *name)
{
    offers_add((struct offers *)context, "", name, strlen(name), "=", NULL);
}

static void offer_keys(struct offers *offers)
{
    const char *equals = strchr(offers->typed, '='), *map;

    if (!equals) {
        vm_keys_each(offer_key, offers);
        for (const struct record_name *any = record_maps; any->user; any++)
            offers_add(offers, "", any->user, strlen(any->user), ":", NULL);
        return;
    }
    auto_free char *key = NULL;
    size_t length = (size_t)(equals - offers->typed);
    if (!record_name_parse(offers->typed, length, &map, &key))
        return;
    const char *value = vm_key_value(map, key);
    auto_free char *prefix = xstrndup(offers->typed, length + 1);
    (void)value_offer(value, strlen(value), NULL, prefix, offers);
}

/* --- all ---------------------------------------------------------------------------------- */

bool value_offer(const char *name, size_t length, const struct value_ids *ids, const char *prefix,
                 struct offers *offers)
{
    if (is_called(name, length, "KEY=VALUE")) {
        offer_keys(offers);
        return true;
    }
    if (is_called(name, length, "ID") || is_called(name, length, "VM")) {
        if (ids)
            ids->offer(ids->context, offers, prefix);
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        if (!is_called(name, length, values[i].name))
            continue;
        if (values[i].words)
            offers_add_list(offers, prefix, values[i].words);
        if (values[i].paths)
            offers_add_paths(offers, values[i].paths);
        return true;
    }
    return false;
}

bool value_offer_option(const struct option *option, const struct value_ids *ids,
                        const char *prefix, struct offers *offers)
{
    /* "TYPE" is the guest's in one, the overlay's in the other. */
    if (option->kind == KIND_GUEST) {
        offers_add_list(offers, prefix, guest_kind_names);
        return true;
    }
    return value_offer(option->value, strlen(option->value), ids, prefix, offers);
}
