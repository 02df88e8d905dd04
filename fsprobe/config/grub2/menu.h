/* The menu of a GRUB 2 configuration, as entries.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_MENU_H
#define FSPROBE_CONFIG_GRUB2_MENU_H

#include "fsprobe/config/grub2/run.h"

/* Turns the current environment's menu into entries of g->menu, submenus opened, and marks the
 * wanted ones. */
void grub2_flatten(struct grub2 *g);
/* The number of the item that TEXT, a value of $default, means in the current menu; -1 when it
 * means none. */
int grub2_find_default(const struct grub2 *g, const char *text);
/* What stands in TEXT behind the first '>' that is not doubled; NULL when there is none. */
const char *grub2_default_rest(const char *text);

#endif
