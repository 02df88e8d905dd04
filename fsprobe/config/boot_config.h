/* One format of boot configuration, as the readers of all formats offer themselves.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_BOOT_CONFIG_H
#define FSPROBE_CONFIG_BOOT_CONFIG_H

#include "fsprobe/config/menu.h"

struct boot_config {
    const char *name;         /* "GRUB 2" */
    const char *const *paths; /* where it is looked for, in order, NULL-terminated */
    bool in_subvolumes;       /* its program reads Btrfs: it is looked for in subvolumes, too */
    /* Takes the text of a file (LENGTH bytes, any bytes), its volume and path, and fills MENU.
     * Reads further files only through GUEST. 0; or -1 with ERR only for what makes the whole file
     * unusable. Everything is bounded: time too. */
    int (*parse)(struct guest *guest, size_t volume, const char *path, const char *text,
                 size_t length, struct menu *menu, struct error *err);
};

#endif
