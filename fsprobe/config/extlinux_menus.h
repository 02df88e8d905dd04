/* The menus of an extlinux configuration, one inside another, and what each boots by default.
 *
 * "menu default" belongs to the menu that it stands in; the menu that is shown first is the
 * outermost one, or that with "menu start". Source: the Syslinux project's com32/menu/readconfig.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_EXTLINUX_MENUS_H
#define FSPROBE_CONFIG_EXTLINUX_MENUS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"

/* "menu begin", over all files; further ones are part of the menu that they stand in. */
#define EXTLINUX_MENUS_MAX 64

/* Not there, or there but nothing that is booted here. */
#define EXTLINUX_NOTHING (-1)

/* A line of a menu: an entry of `struct menu`, or a menu of this list. */
struct extlinux_line {
    bool there, submenu;
    int index; /* or EXTLINUX_NOTHING */
};

struct extlinux_menus {
    struct {
        char *title; /* owned, or NULL */
        int parent;  /* index */
        struct extlinux_line first, chosen;
    } list[1 + EXTLINUX_MENUS_MAX]; /* the first is the outermost */
    int count;
    int open;      /* the one that is being read */
    size_t beyond; /* menus inside it that there was no room for */
    int start;     /* the one that is shown first */
};

/* Makes MENUS (zeroed) one menu without lines. */
void extlinux_menus_start(struct extlinux_menus *menus);
/* "menu begin": a menu called TITLE (copied; "": none) inside the one that is being read. */
void extlinux_menus_begin(struct extlinux_menus *menus, const char *title);
/* "menu end": its parent is being read again. Of the outermost menu nothing ends. */
void extlinux_menus_end(struct extlinux_menus *menus);
/* The title of the menu that is being read, which is not the outermost one; TITLE is taken. */
void extlinux_menus_title(struct extlinux_menus *menus, char *title);
/* "menu default" outside a label: the menu that is being read is its parent's default. */
void extlinux_menus_choose_open(struct extlinux_menus *menus);
/* Adds a line: ENTRY, or EXTLINUX_NOTHING; CHOSEN: it has "menu default". */
void extlinux_menus_add(struct extlinux_menus *menus, int entry, bool chosen);
/* "Advanced>Linux": TITLE behind those of the menus that are open; TITLE alone when that is longer
 * than MAX. The caller frees. */
char *extlinux_menus_full_title(const struct extlinux_menus *menus, const char *title,
                                size_t max) must_check;
/* The entry that the menu shown first boots by default; EXTLINUX_NOTHING when it is none. */
int extlinux_menus_default(const struct extlinux_menus *menus);
/* Frees the titles. */
void extlinux_menus_free(struct extlinux_menus *menus);

#endif
