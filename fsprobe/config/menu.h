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
#include "fsprobe/fs/guest.h"

#define MENU_ENTRIES_MAX  512
#define MENU_RAMDISKS_MAX 16
#define MENU_TEXT_MAX     8192 /* bytes of a title, a path, or the arguments */
#define MENU_PROBLEMS_MAX 64
#define MENU_TIMEOUT_MAX  (24 * 60 * 60) /* seconds */

/* A file on one of the guest's filesystems. */
struct boot_file {
    size_t volume; /* index into the guest's volumes */
    char *path;    /* absolute in that filesystem */
};

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
    /* For an entry that boots a hypervisor (Xen's dom0): the hypervisor's path; kernel and
     * ramdisks are the dom0's, which a guest boots without it. */
    char *hypervisor;
};

struct menu {
    struct entry *entries; /* in the order of the menu; only those that name a kernel */
    size_t count;
    /* The entry that the boot program would boot, and those that it would try next
     * (GRUB legacy's fallback): indices into entries, most wanted first. */
    size_t wanted[8];
    size_t wanted_count;
    /* How long the boot program would wait for a key. */
    bool has_timeout; /* the configuration says it */
    int timeout;      /* seconds; -1: for ever */
    /* What is wrong, for people: "grub.cfg line 12: …"; the first ones, and the last one, which
     * tells what came of it. */
    char *problems[MENU_PROBLEMS_MAX];
    size_t problem_count;
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
/* Forgets the last entry of the menu (one that turned out to name no kernel). */
void menu_drop_last(struct menu *menu);
void menu_want(struct menu *menu, size_t index);
/* Sets the timeout: what is more than MENU_TIMEOUT_MAX is that, and a negative number -1. */
void menu_set_timeout(struct menu *menu, int64_t seconds);
void menu_problem(struct menu *menu, const char *format, ...) __attribute__((format(printf, 2, 3)));
void menu_free(struct menu *menu);
#define auto_menu __attribute__((cleanup(menu_free)))

/* One format of boot configuration. PARSE takes the text of a file (LENGTH bytes, any bytes),
 * its volume and path, and fills MENU. It reads further files only through GUEST. 0; or -1
 * with ERR only for what makes the whole file unusable. Everything is bounded: time too. */
struct boot_config {
    const char *name;         /* "GRUB 2" */
    const char *const *paths; /* where it is looked for, in order, NULL-terminated */
    int (*parse)(struct guest *guest, size_t volume, const char *path, const char *text,
                 size_t length, struct menu *menu, struct error *err);
};

extern const struct boot_config grub2_config;       /* grub2.c */
extern const struct boot_config grub_legacy_config; /* grub_legacy.c */
extern const struct boot_config extlinux_config;    /* extlinux.c */

/* Boot Loader Specification entries of the directory DIRECTORY ("/loader/entries"), added to
 * MENU in the order in which a menu shows them (best first). VARIABLE gives the value of a
 * grubenv variable ("kernelopts") or NULL. The paths in entries are looked for below ROOT ("",
 * "/boot"): the directory of the filesystem that they are relative to. 1 when there is such a
 * directory, 0 when not, -1 with ERR. (bls.c; GRUB's blscfg command and fsprobe itself use it.) */
int bls_read(struct guest *guest, size_t volume, const char *directory, const char *root,
             const char *(*variable)(void *context, const char *name), void *context,
             struct menu *menu, struct error *err) must_check;

/* The order of versions in the Boot Loader Specification (UAPI version format
 * specification): less than, equal to, or greater than 0 as A is older than, the same as,
 * or newer than B. (version.c) */
int version_compare(const char *a, const char *b);

/* Parses a GRUB environment block (1024 bytes, "# GRUB Environment Block\n", then NAME=VALUE
 * lines with \-escapes, '#' padding). Calls EACH for every variable. (grubenv.c) 0, or -1 when
 * it is not one. */
int grubenv_parse(const char *bytes, size_t length,
                  void (*each)(void *context, const char *name, const char *value),
                  void *context) must_check;

/* The well-known names, for when no configuration is usable: adds entries to MENU, best
 * first, wanted set. FAMILY ("sleslike", or NULL) and ARCH ("i386", "x86_64", or NULL) put
 * that family's names first. (wellknown.c) 0, or -1 with ERR. */
int wellknown_find(struct guest *guest, size_t volume, const char *family, const char *arch,
                   struct menu *menu, struct error *err) must_check;

#endif
