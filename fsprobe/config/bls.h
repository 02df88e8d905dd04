/* The bounds of the Boot Loader Specification reader; its function stands in menu.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_BLS_H
#define FSPROBE_CONFIG_BLS_H

/* Entries that are read: of more, those whose names come first in the menu's order. */
#define BLS_ENTRIES_MAX 256
/* Names that are looked at in the directory. */
#define BLS_NAMES_MAX 20000
/* Bytes of one entry's file; Fedora's have 300 to 600. */
#define BLS_FILE_MAX (16 * 1024)

#endif
