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

/* Reads the menu that ends with VOLUME, one of VOLUMES, into MENU. LATE: whether all other
 * configurations were asked already. Then come, and only then, entries of a disk where GRUB has a
 * configuration on the ESP, and the menu of an ESP: both only where no systemd-boot was installed
 * there, so that somebody may have left them behind. 1; 0 there is no such menu (now), or one of
 * systemd-boot's with nothing to start in it: MENU has problems then at most; -1 with ERR. */
int bls_menu_read(struct guest *guest, const struct bls_volumes *volumes, size_t volume,
                  enum bls_where where, bool late, struct menu *menu, struct error *err) must_check;

#endif
