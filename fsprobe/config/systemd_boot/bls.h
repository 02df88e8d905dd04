/* The menu of boot programs that read Boot Loader Specification entries: systemd-boot above all,
 * and a GRUB without a configuration. It is made of the files of one directory or several (type 1)
 * and of unified kernel images (type 2), on one volume or on two.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_BLS_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_BLS_H

#include "common/memory.h"
#include "fsprobe/config/menu.h"

struct bls_place {
    size_t volume;
    const char *directory; /* of entries: "/loader/entries" */
    /* What their paths are below of ("", "/boot"): the directory of the filesystem that they are
     * relative to. */
    const char *root;
    const char *images; /* directory of unified kernel images, "/EFI/Linux"; or NULL */
};

/* What the menu goes by beside its files. */
struct bls_rules {
    /* The value of a grubenv variable ("kernelopts"), or NULL. As a pointer NULL: nothing is
     * expanded, as systemd-boot does. */
    const char *(*variable)(void *context, const char *name);
    void *context;
    /* The entry that is booted when loader.conf names none: a file's name ("x.conf"); or NULL. */
    const char *fallback;
};

/* Adds the entries of all PLACES to MENU, as one menu in the order in which the boot program shows
 * them. loader.conf is that of the first place. Wanted is the default; in front of it those that
 * would be it if their kernel were there, and behind it, as long as they have a boot counter, those
 * that the boot program comes to when the tries are used up. 1 when there is any of the
 * directories, 0 when not, -1 with ERR. */
int bls_read(struct guest *guest, const struct bls_place *places, size_t count,
             const struct bls_rules *rules, struct menu *menu, struct error *err) must_check;

#endif
