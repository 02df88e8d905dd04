/* Boot Loader Specification entries: a directory with a file for each.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_BLS_H
#define FSPROBE_CONFIG_BLS_H

#include "common/memory.h"
#include "fsprobe/config/menu.h"

/* The entries of the directory DIRECTORY ("/loader/entries"), added to MENU in the order in which
 * a menu shows them (best first). VARIABLE gives the value of a grubenv variable ("kernelopts") or
 * NULL. The paths in entries are looked for below ROOT ("", "/boot"): the directory of the
 * filesystem that they are relative to. 1 when there is such a directory, 0 when not, -1 with ERR.
 * (GRUB's blscfg command and fsprobe itself use it.) */
int bls_read(struct guest *guest, size_t volume, const char *directory, const char *root,
             const char *(*variable)(void *context, const char *name), void *context,
             struct menu *menu, struct error *err) must_check;

#endif
