/* An entry of a menu, of a unified kernel image.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_UKI_ENTRY_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_UKI_ENTRY_H

#include "fsprobe/config/menu.h"
#include "fsprobe/config/systemd_boot/uki.h"

/* Gives ENTRY the kernel, the ramdisks and the arguments of the image at PATH, of which PARTS are
 * started, with those of its addons, as systemd-stub puts them together. OPTIONS ("": none) stand
 * in the place of the image's own arguments. 0; or -1 with ERR, without PATH: ENTRY may have some
 * of them then. */
int uki_fill_entry(struct guest *guest, size_t volume, const char *path,
                   const struct uki_parts *parts, const char *options, struct entry *entry,
                   struct menu *menu, struct error *err) must_check;

#endif
