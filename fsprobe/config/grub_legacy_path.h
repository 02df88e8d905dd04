/* The devices and paths of GRUB legacy: "(hd0,1)/boot/vmlinuz".
 *
 * Which filesystem a path means: "(hdD,P)" of the path itself, of `root` or of `uuid`, P from
 * 0, where the guest has that partition and the file is on it; else the filesystem of the
 * menu. The numbers are those of the BIOS that the menu was written under, and a menu made
 * for a whole disk is often found in an image of one partition; pygrub always takes the
 * menu's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB_LEGACY_PATH_H
#define FSPROBE_CONFIG_GRUB_LEGACY_PATH_H

#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"

#define LEGACY_NO_VOLUME SIZE_MAX

/* What all menus of one guest share. */
struct legacy {
    struct guest *guest;
    struct menu *menu;
    size_t files;   /* menus read, at most LEGACY_FILES_MAX */
    size_t lookups; /* files looked for, at most LEGACY_LOOKUPS_MAX */
};

/* The decimal number at *AT, and goes behind it; false when there is none up to MAX. */
bool legacy_cut_number(const char **at, size_t max, size_t *number) must_check;

/* The volume of the device at TEXT: "(hd0,1)", "(hd0,1,a)" of BSD, "(hd0)"; LEGACY_NO_VOLUME
 * for all others and where the guest has none. */
size_t legacy_device(const struct guest *guest, const char *text);

/* Whether the volume holds that regular file. Behind LEGACY_LOOKUPS_MAX it is not looked for:
 * false, with a problem. */
bool legacy_is_file(struct legacy *legacy, size_t volume, const char *path);

/* The file that NAME means in an entry with that ROOT of a menu on HOME, both volumes. The
 * caller frees `path`. */
struct boot_file legacy_resolve(struct legacy *legacy, size_t home, size_t root, const char *name);

#endif
