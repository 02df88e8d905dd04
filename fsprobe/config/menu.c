/* The list of entries that every boot configuration is turned into. See menu.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/menu.h"

#include <stdlib.h>
#include <string.h>

void entry_clear(struct entry *entry)
{
    free(entry->title);
    free(entry->id);
    free(entry->index);
    free(entry->kernel.path);
    for (size_t i = 0; i < entry->ramdisk_count; i++)
        free(entry->ramdisks[i].path);
    free(entry->args);
    free(entry->source);
    free(entry->version);
    free(entry->hypervisor);
    free(entry->broken);
    memset(entry, 0, sizeof *entry);
}

struct entry *menu_add(struct menu *menu)
{
    struct entry *entry;

    if (menu->count >= MENU_ENTRIES_MAX) {
        menu_problem(menu, "more than %d entries: the rest is left out", MENU_ENTRIES_MAX);
        return NULL;
    }
    /* In steps: the contract with callers is only that a pointer holds until the next call. */
    if (menu->count % 16 == 0)
        menu->entries = xreallocarray(menu->entries, menu->count + 16, sizeof *menu->entries);
    entry = &menu->entries[menu->count++];
    memset(entry, 0, sizeof *entry);
    entry->number = menu->count - 1;
    return entry;
}

bool entry_add_ramdisk_part(struct entry *entry, const struct boot_file *file)
{
    if (entry->ramdisk_count == MENU_RAMDISKS_MAX) {
        /* With some of them it would be another boot than its own. */
        replace_string(&entry->broken,
                       xasprintf("it has more than %d ramdisks", MENU_RAMDISKS_MAX));
        return false;
    }
    struct boot_file *copy = &entry->ramdisks[entry->ramdisk_count++];
    *copy = *file;
    copy->path = xstrdup(file->path);
    return true;
}

bool entry_add_ramdisk(struct entry *entry, size_t volume, const char *path)
{
    struct boot_file file = {.volume = volume, .path = (char *)path};

    return entry_add_ramdisk_part(entry, &file);
}

void menu_drop_last(struct menu *menu)
{
    if (menu->count > 0)
        entry_clear(&menu->entries[--menu->count]);
}

void menu_want(struct menu *menu, size_t index)
{
    for (size_t i = 0; i < menu->wanted_count; i++)
        if (menu->wanted[i] == index)
            return;
    if (index < menu->count && menu->wanted_count < ARRAY_SIZE(menu->wanted))
        menu->wanted[menu->wanted_count++] = index;
}

void menu_no_default(struct menu *menu, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    menu_problem(menu, "%s", text);
    if (!menu->no_default)
        menu->no_default = take_pointer(text);
}

void menu_set_timeout(struct menu *menu, int64_t seconds)
{
    menu->has_timeout = true;
    menu->timeout = seconds < 0 ? -1 : seconds > MENU_TIMEOUT_MAX ? MENU_TIMEOUT_MAX : (int)seconds;
}

void menu_problem(struct menu *menu, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    problems_add_list(&menu->problems, format, args);
    va_end(args);
}

void menu_free(struct menu *menu)
{
    for (size_t i = 0; i < menu->count; i++)
        entry_clear(&menu->entries[i]);
    free(menu->entries);
    free(menu->no_default);
    problems_free(&menu->problems);
    memset(menu, 0, sizeof *menu);
}
