/* The commands that make a menu.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_ITEMS_H
#define FSPROBE_CONFIG_GRUB2_ITEMS_H

#include "fsprobe/config/grub2/run.h"

grub2_command grub2_cmd_menuentry; /* menuentry submenu */
grub2_command grub2_cmd_blscfg;

#endif
