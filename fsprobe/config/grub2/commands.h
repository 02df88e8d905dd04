/* The table of all commands.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_COMMANDS_H
#define FSPROBE_CONFIG_GRUB2_COMMANDS_H

#include "fsprobe/config/grub2/run.h"

/* The command of that name, or NULL. */
grub2_command *grub2_find_command(const char *name) must_check;
/* Whether the table is in the order that looking up needs; for the tests. */
bool grub2_commands_are_sorted(void) must_check;

#endif
