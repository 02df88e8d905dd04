/* The menu of Boot Loader Specification entries (UAPI.1). See bls.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/bls.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/systemd_boot/loader_conf.h"
#include "fsprobe/config/systemd_boot/type1.h"
#include "fsprobe/config/systemd_boot/type2.h"
#include "fsprobe/config/wildcard.h"

struct bls {
    struct guest *guest;
    const struct bls_place *places;
    const struct bls_rules *rules;
    struct menu *menu;
    struct boot_items items;
    /* Of the items: the default, and what comes before and behind it, see bls.h. */
    size_t wanted[ARRAY_SIZE(((struct menu *)0)->wanted)];
    size_t wanted_count;
};

/* --- the default ------------------------------------------------------------------------- */

/* How well GRUB's saved entry NAME fits: less is better, 4 is not at all. */
static int match_saved(const struct boot_item *item, size_t index, const char *name)
{
    auto_free char *number = xasprintf("%zu", index);
    const struct bls_entry *conf = item->conf;

    if (conf) {
        auto_free char *file = xasprintf("%s.conf", conf->id);
        if (strcmp(name, conf->id) == 0 || strcmp(name, conf->bare) == 0 || strcmp(name, file) == 0)
            return 0;
    }
    if (strcmp(name, item->title) == 0)
        return 1;
    if (item->version && strcmp(name, item->version) == 0)
        return 2;
    return strcmp(name, number) == 0 ? 3 : 4;
}

/* The line that GRUB's saved_entry means; items.count when it is none, or there is no such thing.
 */
static size_t find_saved(const struct bls *bls)
{
    const struct bls_rules *rules = bls->rules;
    const char *saved = rules->variable ? rules->variable(rules->context, "saved_entry") : NULL;
    size_t found = bls->items.count;
    int best = 4;

    if (!saved || !*saved)
        return found;
    for (size_t i = 0; i < bls->items.count; i++) {
        int fit = match_saved(&bls->items.list[i], i, saved);
        if (fit < best) {
            best = fit;
            found = i;
        }
    }
    if (best == 4)
        menu_problem(bls->menu, "saved_entry names none of the entries in %s",
                     bls->places[0].directory);
    return found;
}

/* Whether the "default" of loader.conf means ITEM, whose boot counter is a part of its name. */
static bool meets(const struct boot_item *item, const char *pattern)
{
    return wildcard_match(pattern, strlen(pattern), item->id, true);
}

/* Puts the line INDEX behind those that are wanted. True when the boot program would go no further:
 * it is there, and nothing counts how often it fails. */
static bool want(struct bls *bls, size_t index)
{
    const struct boot_item *item = &bls->items.list[index];
    bool known = item->kind == BOOT_PROGRAM && !item->there;

    for (size_t i = 0; i < bls->wanted_count; i++)
        known |= bls->wanted[i] == index;
    if (!known && bls->wanted_count < ARRAY_SIZE(bls->wanted))
        bls->wanted[bls->wanted_count++] = index;
    return item->there && (!item->counter.counted || bls_counter_failed(&item->counter));
}

/* Finds what is wanted: what PATTERN (or NULL) means, else what is saved, else the first one. */
static void find_wanted(struct bls *bls, const char *pattern)
{
    size_t count = bls->items.count, met = 0;
    bool done = false;

    for (size_t i = 0; pattern && i < count; i++)
        met += meets(&bls->items.list[i], pattern);
    if (pattern && !met && count)
        menu_problem(bls->menu, "loader.conf's default '%s' is none of the entries in %s", pattern,
                     bls->places[0].directory);
    size_t saved = met ? count : find_saved(bls);
    for (size_t i = 0; met && i < count && !done; i++)
        done = meets(&bls->items.list[i], pattern) && want(bls, i);
    if (saved < count)
        done = want(bls, saved);
    for (size_t i = 0; i < count && !done; i++)
        done = want(bls, i);
}

static bool is_wanted(const struct bls *bls, size_t index)
{
    for (size_t i = 0; i < bls->wanted_count; i++)
        if (bls->wanted[i] == index)
            return true;
    return false;
}

/* --- into the menu ----------------------------------------------------------------------- */

static bool fill_entry(const struct bls *bls, const struct boot_item *item, struct entry *entry)
{
    const struct bls_place *place = &bls->places[item->place];
    const struct type1 type1 = {bls->guest, place, bls->rules, bls->menu};

    if (item->kind == BOOT_PROGRAM)
        return false;
    return item->conf ? type1_fill_entry(&type1, item, entry)
                      : type2_fill_entry(bls->guest, place, item, entry, bls->menu);
}

/* ENTRY stands for one that the boot program would start and we cannot: so that nothing else is
 * booted in its place. */
static void break_entry(const struct bls *bls, const struct boot_item *item, struct entry *entry)
{
    size_t number = entry->number;

    entry_clear(entry);
    entry->number = number;
    entry->source = xstrdup(item->source);
    entry->title = xstrndup(item->title, strnlen(item->title, MENU_TEXT_MAX));
    entry->id = xstrdup(item->id);
    entry->kernel =
        (struct boot_file){.volume = bls->places[item->place].volume, .path = xstrdup(item->path)};
    entry->args = xstrdup("");
    entry->broken = xasprintf("%s", item->kind == BOOT_PROGRAM
                                        ? "it starts an EFI program, which only firmware can start"
                                        : "it cannot be used here");
}

/* Adds line INDEX; false when there is no room for more. */
static bool add_entry(struct bls *bls, size_t index)
{
    const struct boot_item *item = &bls->items.list[index];
    bool wanted = is_wanted(bls, index);
    struct entry *entry = menu_add(bls->menu);

    if (!entry)
        return false;
    entry->source = xstrdup(item->source);
    entry->title = xstrdup(item->title);
    if (!fill_entry(bls, item, entry)) {
        if (!wanted) {
            menu_drop_last(bls->menu);
            return true;
        }
        break_entry(bls, item, entry);
    }
    return true;
}

/* Adds all lines that can be booted, and those that are wanted. */
static void add_entries(struct bls *bls)
{
    size_t first = bls->menu->count, places[ARRAY_SIZE(bls->wanted)];

    for (size_t i = 0; i < bls->wanted_count; i++)
        places[i] = MENU_ENTRIES_MAX;
    for (size_t i = 0; i < bls->items.count; i++) {
        size_t before = bls->menu->count;
        if (!add_entry(bls, i))
            break;
        if (bls->menu->count == before)
            continue;
        bls->menu->entries[before].index = xasprintf("%zu", before - first);
        for (size_t k = 0; k < bls->wanted_count; k++)
            if (bls->wanted[k] == i)
                places[k] = before;
    }
    for (size_t i = 0; i < bls->wanted_count; i++)
        menu_want(bls->menu, places[i]);
}

/* --- the places -------------------------------------------------------------------------- */

/* Reads place number NUMBER; LIST gets its files, and must outlive the items. */
static int read_place(struct bls *bls, size_t number, struct bls_list *list, struct error *err)
{
    const struct bls_place *place = &bls->places[number];
    const struct type1 type1 = {bls->guest, place, bls->rules, bls->menu};
    int images = 0, files;

    if (place->images)
        images = type2_add_items(bls->guest, place, number, &bls->items, bls->menu, err);
    if (images < 0)
        return -1;
    files =
        bls_list_read(list, bls->guest, place->volume, place->directory,
                      bls->rules->variable ? BLS_SPECIFICATION : BLS_SYSTEMD_BOOT, bls->menu, err);
    if (files > 0)
        type1_add_items(&type1, list, number, &bls->items);
    return files ? files : images;
}

int bls_read(struct guest *guest, const struct bls_place *places, size_t count,
             const struct bls_rules *rules, struct menu *menu, struct error *err)
{
    struct bls_list *lists = xcalloc(count, sizeof *lists);
    struct bls bls = {.guest = guest, .places = places, .rules = rules, .menu = menu};
    int found = 0;

    for (size_t i = 0; i < count && found >= 0; i++) {
        int result = read_place(&bls, i, &lists[i], err);
        found = result < 0 ? -1 : found | result;
    }
    if (found > 0) {
        auto_free char *above = config_directory(places[0].directory);
        auto_free char *conf = xasprintf("%s/loader.conf", above);
        auto_free char *pattern = loader_conf_read(guest, places[0].volume, conf, menu);
        boot_items_sort(&bls.items);
        if (!rules->variable)
            boot_items_part_titles(&bls.items);
        find_wanted(&bls, pattern ? pattern : rules->fallback);
        add_entries(&bls);
    }
    boot_items_free(&bls.items);
    for (size_t i = 0; i < count; i++)
        bls_list_free(&lists[i]);
    free(lists);
    return found;
}
