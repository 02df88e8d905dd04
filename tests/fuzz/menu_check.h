/* What must hold of every menu, whatever the configuration was.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_FUZZ_MENU_CHECK_H
#define TESTS_FUZZ_MENU_CHECK_H

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/menu.h"

/* As abort(3) when something that must hold does not. */
static inline void must(bool holds)
{
    if (!holds)
        abort();
}

static inline void menu_check_file(const struct guest *guest, const struct boot_file *file)
{
    must(file->volume < guest->volume_count);
    must(file->path && file->path[0] == '/' && strlen(file->path) <= MENU_TEXT_MAX);
}

static inline void menu_check(const struct guest *guest, const struct menu *menu)
{
    must(menu->count <= MENU_ENTRIES_MAX && menu->problems.count <= PROBLEMS_MAX);
    for (size_t i = 0; i < menu->count; i++) {
        const struct entry *entry = &menu->entries[i];

        must(entry->title && strlen(entry->title) <= MENU_TEXT_MAX);
        must(entry->index && entry->source);
        must(entry->args && strlen(entry->args) <= MENU_TEXT_MAX);
        must(entry->args[0] != ' ' && entry->args[0] != '\t' && !strchr(entry->args, '\n'));
        must(!entry->hypervisor || entry->hypervisor[0] == '/');
        menu_check_file(guest, &entry->kernel);
        must(entry->ramdisk_count <= MENU_RAMDISKS_MAX);
        for (size_t r = 0; r < entry->ramdisk_count; r++)
            menu_check_file(guest, &entry->ramdisks[r]);
    }
    for (size_t i = 0; i < menu->wanted_count; i++)
        must(menu->wanted[i] < menu->count);
}

#endif
