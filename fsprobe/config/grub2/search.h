/* GRUB 2's `search` and `probe`.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_SEARCH_H
#define FSPROBE_CONFIG_GRUB2_SEARCH_H

#include "fsprobe/config/grub2/run.h"

grub2_command grub2_cmd_search; /* search, search.file, … */
grub2_command grub2_cmd_probe;

#endif
