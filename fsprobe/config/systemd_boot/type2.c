/* Unified kernel images of a directory. See type2.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/type2.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/systemd_boot/uki_entry.h"
#include "fsprobe/config/version.h"

/* --- the names --------------------------------------------------------------------------- */

/* Newest first. */
struct names {
    char *list[TYPE2_IMAGES_MAX];
    size_t count, seen;
    bool too_many;
};

static bool take_name(void *context, const char *name)
{
    static const char suffix[] = ".efi", own[] = "auto-";
    struct names *names = context;
    size_t at = 0;

    if (++names->seen > BLS_NAMES_MAX)
        return false;
    if (*name == '.' || !config_ends_in(name, suffix) || strncasecmp(name, own, strlen(own)) == 0)
        return true;
    while (at < names->count && version_compare(names->list[at], name) >= 0)
        at++;
    names->too_many |= names->count == TYPE2_IMAGES_MAX;
    if (at == TYPE2_IMAGES_MAX)
        return true;
    if (names->count == TYPE2_IMAGES_MAX)
        free(names->list[--names->count]);
    memmove(&names->list[at + 1], &names->list[at], (names->count - at) * sizeof names->list[0]);
    names->list[at] = xstrdup(name);
    names->count++;
    return true;
}

/* --- one image --------------------------------------------------------------------------- */

struct adding {
    struct guest *guest;
    const struct bls_place *place;
    size_t number;
    struct boot_items *items;
    struct menu *menu;
};

/* Adds the line of one profile. 1; 0 when there is no room; -1 with ERR. */
static int add_profile(const struct adding *a, const char *path, const char *name,
                       const struct uki_parts *parts, unsigned profile, struct error *err)
{
    auto_uki_words struct uki_words words = {.title = NULL};
    int result = uki_describe(a->guest, a->place->volume, path, parts, profile, &words, err);

    if (result == 0)
        error_set(err, ERROR_INVALID_SOURCE, "nothing in it names a system (no .osrel)");
    if (result <= 0)
        return -1;
    struct boot_item *item = boot_items_add(a->items);
    if (!item)
        return 0;
    auto_free char *stem = xstrndup(name, strlen(name) - strlen(".efi"));
    *item = (struct boot_item){.place = a->number,
                               .source = xstrdup(path),
                               .base = config_small_letters(name),
                               .title = words.title,
                               .version = words.version,
                               .sort_key = words.sort_key,
                               .profile = profile,
                               .kind = BOOT_IMAGE,
                               .path = xstrdup(path),
                               .there = true,
                               .parts = *parts};
    auto_free char *id = profile == 0       ? xstrdup(name)
                         : words.profile_id ? xasprintf("%s@%s", name, words.profile_id)
                                            : xasprintf("%s@%u", name, profile);
    item->id = config_small_letters(id);
    words.title = words.version = words.sort_key = NULL; /* the line's now */
    (void)bls_counter_read(stem, &item->counter);
    return 1;
}

static void add_image(const struct adding *a, const char *name)
{
    auto_free char *path = xasprintf("%s/%s", a->place->images, name);
    auto_error struct error err = ERROR_INIT;
    struct uki_parts parts;
    struct pe pe;
    int result = pe_read(a->guest, a->place->volume, path, &pe, &err);

    for (unsigned profile = 0; result > 0 && uki_find_parts(&pe, profile, &parts); profile++)
        result = add_profile(a, path, name, &parts, profile, &err);
    if (result < 0)
        menu_problem(a->menu, "the image %s is not in the menu: %s", path, err.text);
    else if (result == 0)
        menu_no_default(a->menu, "more than %d entries: the rest is left out", MENU_ENTRIES_MAX);
}

int type2_add_items(struct guest *guest, const struct bls_place *place, size_t number,
                    struct boot_items *items, struct menu *menu, struct error *err)
{
    struct adding adding = {guest, place, number, items, menu};
    struct names names = {.count = 0};
    int found = guest_list(guest, place->volume, place->images, take_name, &names, err);

    if (names.seen > BLS_NAMES_MAX)
        menu_no_default(menu, "%s has more than %d names: the rest is ignored", place->images,
                        BLS_NAMES_MAX);
    if (names.too_many)
        menu_no_default(menu, "%s has more than %d images: the oldest are ignored", place->images,
                        TYPE2_IMAGES_MAX);
    for (size_t i = 0; i < names.count; i++) {
        if (found > 0)
            add_image(&adding, names.list[i]);
        free(names.list[i]);
    }
    return found;
}

bool type2_fill_entry(struct guest *guest, const struct bls_place *place,
                      const struct boot_item *item, struct entry *entry, struct menu *menu)
{
    auto_error struct error err = ERROR_INIT;

    entry->id = xstrdup(item->id);
    if (uki_fill_entry(guest, place->volume, item->path, &item->parts, "", entry, menu, &err) < 0)
        menu_problem(menu, "the image %s cannot be used: %s", item->path, err.text);
    else if (config_entry_too_long(entry))
        menu_problem(menu, "%s: a path or the arguments are longer than %d bytes", item->path,
                     MENU_TEXT_MAX);
    else
        return true;
    return false;
}
