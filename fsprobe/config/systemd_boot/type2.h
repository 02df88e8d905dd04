/* Boot Loader Specification entries of type 2: unified kernel images in a directory, which say
 * themselves what they are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_TYPE2_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_TYPE2_H

#include "fsprobe/config/systemd_boot/bls.h"
#include "fsprobe/config/systemd_boot/boot_item.h"

/* Images that are looked into: of more, those with the newest names. */
#define TYPE2_IMAGES_MAX 64

/* Adds the images in PLACE's directory for them as lines of that place, number NUMBER: one for each
 * profile. What cannot be used is left out, with a problem in MENU. 1 when there is such a
 * directory, 0 when not, -1 with ERR. */
int type2_add_items(struct guest *guest, const struct bls_place *place, size_t number,
                    struct boot_items *items, struct menu *menu, struct error *err) must_check;
/* Fills ENTRY; false, with a problem in MENU, when it cannot be booted. */
bool type2_fill_entry(struct guest *guest, const struct bls_place *place,
                      const struct boot_item *item, struct entry *entry, struct menu *menu);

#endif
