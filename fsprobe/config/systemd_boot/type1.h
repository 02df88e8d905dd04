/* Boot Loader Specification entries of type 1: one file per entry, "key value" lines.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_TYPE1_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_TYPE1_H

#include "fsprobe/config/systemd_boot/bls.h"
#include "fsprobe/config/systemd_boot/boot_item.h"

struct type1 {
    struct guest *guest;
    const struct bls_place *place;
    const struct bls_rules *rules;
    struct menu *menu; /* for problems */
};

/* Adds the entries of LIST that this machine can have anything of, as lines of PLACE number NUMBER;
 * of the others, a problem says why. LIST must outlive ITEMS. */
void type1_add_items(const struct type1 *type1, const struct bls_list *list, size_t number,
                     struct boot_items *items);
/* Fills ENTRY; false when a text is empty or too long, with a problem. */
bool type1_fill_entry(const struct type1 *type1, const struct boot_item *item, struct entry *entry);

#endif
