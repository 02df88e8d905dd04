/* What a boot configuration offers: entries, one of which is the default.
 *
 * Texts come from the guest and are kept as bytes without NUL; whoever shows them escapes
 * them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_MENU_H
#define FSPROBE_CONFIG_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/text.h"
#include "fsprobe/config/boot_file.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/problems.h"

#define MENU_ENTRIES_MAX  512
#define MENU_RAMDISKS_MAX 16
#define MENU_TEXT_MAX     8192           /* bytes of a title, a path, or the arguments */
#define MENU_TIMEOUT_MAX  (24 * 60 * 60) /* seconds */

struct entry {
    char *title; /* of a submenu's entry: "Advanced options>Linux 6.1" */
    char *id;    /* GRUB's --id, BLS's file name without ".conf", syslinux' label; or NULL */
    char *index; /* GRUB: its place in the menu, "2" or "1>0"; others: a number */
    /* Its place when submenus are no level of their own, from 0. Places whose entry names no
     * kernel are counted too, as pygrub does. */
    size_t number;
    struct boot_file kernel;
    struct boot_file ramdisks[MENU_RAMDISKS_MAX];
    size_t ramdisk_count;
    char *args;   /* words joined by one space, variables expanded; "" when none */
    char *source; /* where it stands: "/boot/grub/grub.cfg" */
    /* What the kernel calls itself ("6.1.0-9-amd64"), where the configuration says it; or NULL. */
    char *version;
    /* For an entry that boots a hypervisor (Xen's dom0): the hypervisor's path; kernel and
     * ramdisks are the dom0's, which a guest boots without it. */
    char *hypervisor;
    /* Why it cannot be booted: an entry that is shown because the boot program would start it, so
     * that nothing else is taken in its place; NULL: nothing is known to be wrong. */
    char *broken;
};

/* After which failures of its default a boot program goes on, by itself, to the next entry of
 * `wanted`. After any other it waits for somebody, or gives up. */
enum menu_goes_on {
    MENU_ON_FAILURE,    /* of any kind */
    MENU_ON_BAD_KERNEL, /* its kernel is not there, or is none: GRUB 2, which boots without a
                           ramdisk that is not there */
};

struct menu {
    struct entry *entries; /* in the order of the menu; only those that name a kernel */
    size_t count;
    /* The entry that the boot program would boot, and those that it would try next
     * (GRUB's fallback): indices into entries, most wanted first. */
    size_t wanted[8];
    size_t wanted_count;
    enum menu_goes_on goes_on;
    /* Why what it would boot is no entry of these, a sentence that names file and entry; NULL: the
     * first of `wanted` is the default. Owned. */
    char *no_default;
    /* It names no default, and its program would wait for somebody: `wanted` is its first entry. */
    bool names_none;
    /* How long the boot program would wait for a key. */
    bool has_timeout; /* the configuration says it */
    int timeout;      /* seconds; -1: for ever */
    struct problems problems;
};
#define MENU_INIT       \
    (struct menu)       \
    {                   \
        .entries = NULL \
    }

/* A new, empty entry at the end of the menu, its number the place in the list; NULL when
 * MENU_ENTRIES_MAX are there (a problem says so, once). The pointer holds until the next call. */
struct entry *menu_add(struct menu *menu);
/* Adds a ramdisk; false when there are too many. PATH is copied. */
bool entry_add_ramdisk(struct entry *entry, size_t volume, const char *path) must_check;
/* The same for a file that may be a part of one; its path is copied. */
bool entry_add_ramdisk_part(struct entry *entry, const struct boot_file *file) must_check;
/* Frees what ENTRY holds, and zeroes it. */
void entry_clear(struct entry *entry);
/* Forgets the last entry of the menu (one that turned out to name no kernel). */
void menu_drop_last(struct menu *menu);
/* Puts the entry at INDEX behind those that are wanted already; not twice, and not when the list
 * of them is full or there is no such entry. */
void menu_want(struct menu *menu, size_t index);
/* Sets `no_default`, unless it is set, and adds the same sentence to the problems. */
void menu_no_default(struct menu *menu, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Sets the timeout: what is more than MENU_TIMEOUT_MAX is that, and a negative number -1. */
void menu_set_timeout(struct menu *menu, int64_t seconds);
/* problems_add() to the menu's own. */
void menu_problem(struct menu *menu, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Frees entries and problems; the menu is MENU_INIT then. */
void menu_free(struct menu *menu);
#define auto_menu __attribute__((cleanup(menu_free)))

#endif
