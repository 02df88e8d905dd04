/* What a guest boots: what its own boot program would, or nothing.
 *
 * Order of volumes: by disk, the MBR partition that is marked active before the others of its
 * disk. On a volume: GRUB 2, extlinux, GRUB legacy (pygrub's order, so that both find the same
 * boot where pygrub finds one), then Boot Loader Specification entries and unified kernel images
 * that no grub.cfg reads; those of an ESP and of the XBOOTLDR partition beside it are one menu,
 * that of the later one. Behind all volumes the grub.cfg of a vendor on an ESP, which most often
 * only leads to one that was asked already, and the entries that such a one may read.
 *
 * The first configuration that says anything decides: its default is booted, or the entry that its
 * own boot program would go on to by itself, or nothing. Configurations behind it are not looked
 * at.
 *
 * Kernels by their well-known names, volume by volume, are for guests that have no configuration at
 * all, for a family whose installer writes one that cannot be used, and where somebody wants that.
 *
 * A selection (select.h) limits the volumes, and names an entry or the files; then nothing else is
 * chosen in its place.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CHOOSE_H
#define FSPROBE_CHOOSE_H

#include "fsprobe/candidate.h"
#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/kernel_config.h"
#include "fsprobe/select.h"

struct choice {
    /* All entries of all configurations looked at; all problems; the chosen one's timeout. */
    struct menu menu;
    bool is_default[MENU_ENTRIES_MAX]; /* what its own configuration would boot */
    bool found;
    size_t boot; /* index of the chosen entry, when found */
    /* Found, and not what the guest's configuration boots by default: a sentence that says what is
     * booted, and why. Not found: a sentence that says why not, where one was found out. Both are
     * problems of the menu, too. Owned; else NULL. */
    char *instead, *cause;
    bool settled;                /* the cause has nothing to do with what else is on the disks */
    struct kernel_config config; /* of the chosen entry's kernel; its path NULL: not known */
};

struct choose_request {
    const char *family, *arch; /* whose well-known names come first; or NULL */
    bool well_known;           /* also where there is a configuration */
    struct selection select;
};

/* Fills CHOICE, whose menu may hold problems already. What is not found, damaged or passed
 * over is told in its problems. */
void choose(struct guest *guest, const struct choose_request *request, struct choice *choice);
void choice_free(struct choice *choice);

#endif
