/* The menus of Boot Loader Specification entries that a guest has, volume by volume.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_BLS_MENU_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_BLS_MENU_H

#include "fsprobe/config/menu.h"
#include "fsprobe/config/systemd_boot/bls_places.h"

enum bls_where {
    BLS_AT_ROOT, /* /loader/entries and /EFI/Linux: an ESP and its XBOOTLDR are one menu */
    BLS_IN_BOOT  /* /boot/loader/entries */
};

/* Reads the menu that ends with VOLUME, one of VOLUMES, into MENU. LATE: whether a GRUB on an ESP
 * of the same disk was asked for its configuration already. Where there is such a GRUB, and no
 * systemd-boot beside it, nothing is read before, and where there is none nothing after. 1; 0 there
 * is no such menu (now); -1 with ERR. */
int bls_menu_read(struct guest *guest, const struct bls_volumes *volumes, size_t volume,
                  enum bls_where where, bool late, struct menu *menu, struct error *err) must_check;

#endif
