/* A guest's disks as a tree, for people: each disk with its partitions, and below each volume what
 * is made of it: arrays, logical volumes, partitions inside, subvolumes. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_PROBE_TREE_H
#define LOADER_COMMANDS_PROBE_TREE_H

#include "loader/helpers/probed.h"

/* Prints it to stdout. */
void probe_tree_print(const struct probed *probed);
/* Prints BEFORE, TEXT and AFTER; TEXT is the helper's, who escapes what is the guest's: it is
 * escaped once more, but for the backslashes that the escapes begin with. NULL: nothing. */
void probe_print_text(const char *before, const char *text, const char *after);

#endif
