/* One line of the menu of a boot program that reads Boot Loader Specification entries, before it is
 * an entry of ours, and the order of such lines.
 *
 * Source of the order: the specification's section "Sorting", and systemd-boot where that leaves
 * something open.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_BOOT_ITEM_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_BOOT_ITEM_H

#include "fsprobe/config/bls_entry.h"
#include "fsprobe/config/menu.h"
#include "fsprobe/config/systemd_boot/uki.h"

enum boot_kind {
    BOOT_KERNEL,
    BOOT_IMAGE,  /* a unified kernel image */
    BOOT_PROGRAM /* another program, which only firmware can start */
};

/* Texts are owned; TITLE, VERSION, MACHINE_ID and SORT_KEY may be NULL. */
struct boot_item {
    size_t place; /* where it was found, by the number of the place */
    const struct bls_entry
        *conf;    /* the file that says it, not owned; NULL: an image says it itself */
    char *source; /* path of that file, or of the image */
    char *id;     /* the name of that file, and "@PROFILE" where that is not 0, in small letters */
    char *base;   /* the same without profile */
    char *title, *version, *machine_id, *sort_key;
    struct bls_counter counter;
    unsigned profile;
    enum boot_kind kind;
    char *path;             /* of what is started */
    bool there;             /* it is there: a boot program hides what is not */
    struct uki_parts parts; /* of a BOOT_IMAGE */
};

/* At most MENU_ENTRIES_MAX. Starts zeroed. */
struct boot_items {
    struct boot_item *list;
    size_t count;
};

/* A new, zeroed one at the end; NULL when there is no room. It holds until the next call. */
struct boot_item *boot_items_add(struct boot_items *items);
/* Forgets the last one. */
void boot_items_drop_last(struct boot_items *items);
/* Best first. */
void boot_items_sort(struct boot_items *items);
/* Titles that several lines have get the version, the machine's id or the line's own id behind
 * them, until they differ, as systemd-boot shows them. */
void boot_items_part_titles(struct boot_items *items);
void boot_items_free(struct boot_items *items);

#endif
