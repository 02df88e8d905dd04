/* A guest's menus of entries. See bls_menu.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/bls_menu.h"

#include "fsprobe/config/grubenv.h"

int bls_menu_read(struct guest *guest, const struct bls_volumes *volumes, size_t volume,
                  enum bls_where where, bool late, struct menu *menu, struct error *err)
{
    struct bls_place places[2] = {{volume, "/boot/loader/entries", "/boot", NULL}};
    size_t count = where == BLS_AT_ROOT ? bls_places_find(guest, volumes, volume, places) : 1;

    if (count == 0 || bls_places_are_grubs(guest, volumes, volume) != late)
        return 0;
    bool expanded = !bls_places_are_systemd_boots(guest, places, count) || where == BLS_IN_BOOT;
    struct grubenv *environment = expanded ? grubenv_load(guest, volume) : NULL;
    auto_free char *fallback = bls_places_default(guest, places, count, menu);
    struct bls_rules rules = {expanded ? grubenv_variable : NULL, environment, fallback};
    int found = bls_read(guest, places, count, &rules, menu, err);

    grubenv_free(environment);
    return found;
}
