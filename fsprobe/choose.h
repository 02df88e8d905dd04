/* What a guest would boot: the configurations of its volumes, in order, and the first entry
 * whose kernel is there.
 *
 * Order of volumes: by disk, the MBR partition that is marked active before the others of its
 * disk. On a volume: GRUB 2, extlinux, GRUB legacy (pygrub's order, so that both find the same
 * boot where pygrub finds one), then Boot Loader Specification entries and unified kernel images
 * that no grub.cfg reads; those of an ESP and of the XBOOTLDR partition beside it are one menu,
 * that of the later one. Behind all volumes the grub.cfg of a vendor on an ESP, which most often
 * only leads to one that was asked already, and the entries that such a one may read. When nothing
 * of this has an entry that counts, the well-known names, volume by volume. Configurations behind
 * the one that wins are not looked at.
 *
 * A selection (select.h) limits the volumes, and names an entry or the files; then nothing else is
 * chosen in its place.
 *
 * An entry counts when its kernel is there, is a regular file and starts like a kernel, and
 * when its paths and arguments are clean text that a toolstack can be given.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CHOOSE_H
#define FSPROBE_CHOOSE_H

#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/kernel_config.h"
#include "fsprobe/select.h"

/* Entries that are tried before a configuration is given up: each try reads the disk. */
#define CHOOSE_TRIES_MAX 64

struct choice {
    /* All entries of all configurations looked at; all problems; the chosen one's timeout. */
    struct menu menu;
    bool is_default[MENU_ENTRIES_MAX]; /* what its own configuration would boot */
    bool found;
    size_t boot;                 /* index of the chosen entry, when found */
    struct kernel_config config; /* of the chosen entry's kernel; its path NULL: not known */
};

struct choose_request {
    const char *family, *arch; /* whose well-known names come first; or NULL */
    struct selection select;
};

/* Fills CHOICE, whose menu may hold problems already. What is not found, damaged or passed
 * over is told in its problems. */
void choose(struct guest *guest, const struct choose_request *request, struct choice *choice);
void choice_free(struct choice *choice);

/* Whether TEXT can stand in an answer to a toolstack: well-formed UTF-8 without control
 * characters. NULL can. */
bool choose_is_clean(const char *text);

#endif
