/* Words with '*' and '?' that name files and devices.
 *
 * GRUB expands them once its module regexp is there, in words that are not quoted and that begin
 * with '/', '(' or '*'. Names come in the order in which the disk has them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_GLOB_H
#define FSPROBE_CONFIG_GRUB2_GLOB_H

#include "fsprobe/config/grub2/run.h"

/* Adds the names that PATTERN means to WORDS; there a '\' takes the meaning of what follows.
 * Nothing is added when there are none: the word stands for itself then. False, with a problem,
 * when a bound is reached. */
bool grub2_glob(struct grub2 *g, const char *pattern, struct grub2_args *words) must_check;

#endif
