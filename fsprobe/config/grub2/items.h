/* The commands that make a menu.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_ITEMS_H
#define FSPROBE_CONFIG_GRUB2_ITEMS_H

#include "fsprobe/config/grub2/run.h"

/* A new line of the current menu, which has only its title; NULL, with a problem, when there are
 * too many. */
struct grub2_item *grub2_add_item(struct grub2 *g, const char *title);
/* Parses SCRIPT, which is called NAME in messages; NULL when there is nothing to execute. */
const struct grub2_node *grub2_parse_script(struct grub2 *g, const char *name, const char *script);

grub2_command grub2_cmd_menuentry; /* menuentry submenu */

#endif
