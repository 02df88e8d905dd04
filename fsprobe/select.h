/* What shall be booted where it is not what the guest would boot by itself: "select" of fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_SELECT_H
#define FSPROBE_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"

/* Nothing is selected when all is zero. Strings belong to whoever made it. */
struct selection {
    const char *entry;            /* or NULL; see fsprobe.h */
    const char *kernel, *ramdisk; /* paths, or NULL */
    bool has_offset, has_partition;
    uint64_t offset;    /* of a filesystem, bytes into disk 0 */
    unsigned partition; /* of disk 0; 0: the disk itself */
    const char *volume; /* one that is made of others, by its name in the answer; or NULL */
};

#define SELECT_NONE SIZE_MAX

/* Whether VOLUME may be asked for what boots. */
bool select_covers(const struct selection *selection, const struct volume *volume);

/* The entry of MENU that TEXT means, by the first of: its index, where TEXT has a '>'; its number;
 * its title; the title without those of the submenus around it; its id. SELECT_NONE: none. */
size_t select_entry(const struct menu *menu, const char *text);

/* Adds an entry to MENU for the selected kernel, with the selected ramdisk, on VOLUME, which has
 * that kernel; of a unified kernel image, with all that is in it. Its index; SELECT_NONE when the
 * menu is full. */
size_t select_add_files(const struct selection *selection, struct guest *guest, size_t volume,
                        struct menu *menu);

/* Replaces the ramdisks of ENTRY by the selected one, of the entry's own filesystem where that has
 * it, else of the first covered one that has. 0; or -1 with ERR when there is none. */
int select_ramdisk(const struct selection *selection, struct guest *guest, struct entry *entry,
                   struct error *err) must_check;

#endif
