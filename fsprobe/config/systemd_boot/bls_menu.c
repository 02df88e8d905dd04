/* A guest's menus of entries. See bls_menu.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/bls_menu.h"

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/grubenv.h"

/* Whether systemd-boot would have anything to start. */
static bool has_something(struct guest *guest, const struct menu *menu)
{
    for (size_t i = 0; i < menu->count; i++) {
        const struct boot_file *kernel = &menu->entries[i].kernel;
        if (config_is_file(guest, kernel->volume, kernel->path))
            return true;
    }
    return false;
}

/* Forgets all but what was wrong. */
static void forget_entries(struct menu *menu)
{
    if (menu->count)
        menu_problem(menu, "no entry of systemd-boot's menu has a kernel that is there, \"%s\" not",
                     menu->entries[0].title);
    while (menu->count)
        menu_drop_last(menu);
    menu->wanted_count = 0;
    menu->has_timeout = false;
}

int bls_menu_read(struct guest *guest, const struct bls_volumes *volumes, size_t volume,
                  enum bls_where where, bool late, struct menu *menu, struct error *err)
{
    struct bls_place places[2] = {{volume, "/boot/loader/entries", "/boot", NULL}};
    size_t count = where == BLS_AT_ROOT ? bls_places_find(guest, volumes, volume, places) : 1;

    bool expanded = where == BLS_IN_BOOT || !bls_places_are_systemd_boots(guest, places, count);
    bool waits = bls_places_are_grubs(guest, volumes, volume) ||
                 (!expanded && !bls_places_have_systemd_boot(guest, places, count));
    if (count == 0 || waits != late)
        return 0;
    struct grubenv *environment = expanded ? grubenv_load(guest, volume) : NULL;
    auto_free char *fallback = bls_places_default(guest, places, count, menu);
    struct bls_rules rules = {expanded ? grubenv_variable : NULL, environment, fallback};
    int found = bls_read(guest, places, count, &rules, menu, err);

    grubenv_free(environment);
    /* An empty menu is not what starts this guest. */
    if (found > 0 && !expanded && !has_something(guest, menu)) {
        forget_entries(menu);
        found = 0;
    }
    return found;
}
