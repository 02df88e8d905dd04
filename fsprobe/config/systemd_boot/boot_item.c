/* Lines of a menu, and their order. See boot_item.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/boot_item.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/version.h"

struct boot_item *boot_items_add(struct boot_items *items)
{
    if (items->count == MENU_ENTRIES_MAX)
        return NULL;
    if (items->count % 16 == 0)
        items->list = xreallocarray(items->list, items->count + 16, sizeof *items->list);
    struct boot_item *item = &items->list[items->count++];
    *item = (struct boot_item){.id = NULL};
    return item;
}

static void item_clear(struct boot_item *item)
{
    free(item->source);
    free(item->id);
    free(item->base);
    free(item->title);
    free(item->version);
    free(item->machine_id);
    free(item->sort_key);
    free(item->path);
}

void boot_items_drop_last(struct boot_items *items)
{
    item_clear(&items->list[--items->count]);
}

void boot_items_free(struct boot_items *items)
{
    while (items->count)
        boot_items_drop_last(items);
    free(items->list);
    items->list = NULL;
}

/* --- the order --------------------------------------------------------------------------- */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static int order(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* What decides between entries that are the same but for their counters and places: the one with
 * more tries left, then the one that was tried less. */
static int compare_rest(const struct boot_item *a, const struct boot_item *b)
{
    int result = 0;

    if (a->counter.counted && b->counter.counted) {
        result = order(b->counter.left, a->counter.left);
        if (result == 0)
            result = order(a->counter.done, b->counter.done);
    }
    if (result == 0)
        result = strcmp(b->id, a->id);
    return result ? result : order((int64_t)a->place, (int64_t)b->place);
}

static int compare(const void *left, const void *right)
{
    const struct boot_item *a = left, *b = right;
    int result = (int)bls_counter_failed(&a->counter) - (int)bls_counter_failed(&b->counter);

    if (result == 0)
        result = !a->sort_key - !b->sort_key;
    if (result == 0 && a->sort_key && b->sort_key) {
        result = strcmp(a->sort_key, b->sort_key);
        if (result == 0)
            result = strcmp(or_empty(a->machine_id), or_empty(b->machine_id));
        if (result == 0)
            result = version_compare(or_empty(b->version), or_empty(a->version));
    }
    if (result == 0)
        result = version_compare(b->base, a->base);
    if (result == 0)
        result = order(a->profile, b->profile);
    return result ? result : compare_rest(a, b);
}

void boot_items_sort(struct boot_items *items)
{
    if (items->count)
        qsort(items->list, items->count, sizeof items->list[0], compare);
}

/* --- titles ------------------------------------------------------------------------------ */

/* Marks in SAME which titles are not the only ones of their kind. Returns whether any is. */
static bool find_same(const struct boot_items *items, bool same[MENU_ENTRIES_MAX])
{
    bool any = false;

    memset(same, 0, MENU_ENTRIES_MAX * sizeof same[0]);
    for (size_t i = 0; i < items->count; i++)
        for (size_t k = i + 1; k < items->count; k++)
            if (strcmp(items->list[i].title, items->list[k].title) == 0)
                any = same[i] = same[k] = true;
    return any;
}

void boot_items_part_titles(struct boot_items *items)
{
    bool same[MENU_ENTRIES_MAX];

    for (int turn = 0; turn < 3 && find_same(items, same); turn++)
        for (size_t i = 0; i < items->count; i++) {
            struct boot_item *item = &items->list[i];
            const char *more = turn == 0 ? item->version : turn == 1 ? item->machine_id : item->id;
            if (same[i] && more)
                replace_string(&item->title, xasprintf("%s (%.*s)", item->title,
                                                       turn == 1 ? 8 : MENU_TEXT_MAX, more));
        }
}
