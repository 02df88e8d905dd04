/* From the words of a GRUB 2 script to its tree.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_SCRIPT_PARSE_H
#define FSPROBE_CONFIG_GRUB2_SCRIPT_PARSE_H

#include "fsprobe/config/grub2/script/ast.h"
#include "fsprobe/config/grub2/script/source.h"
#include "fsprobe/fs/problems.h"

/* Parses SOURCE. A line that is wrong is left out, as GRUB leaves it out, together with the
 * lines of the statement that it stands in as far as they were read; PROBLEMS gets the reason.
 * NULL when there is nothing to execute. */
const struct grub2_node *grub2_parse(struct grub2_arena *arena, const struct grub2_source *source,
                                     struct problems *problems) must_check;

#endif
