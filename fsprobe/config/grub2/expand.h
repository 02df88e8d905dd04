/* From words as they are written to words as a command gets them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_EXPAND_H
#define FSPROBE_CONFIG_GRUB2_EXPAND_H

#include "fsprobe/config/grub2/run.h"

/* Expands WORDS to ARGS. False, with a problem, when a bound is reached; ARGS is to be freed
 * in any case. */
bool grub2_expand(struct grub2 *g, const struct grub2_word *words,
                  struct grub2_args *args) must_check;

#endif
