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
/* Adds one finished word; false as above. */
bool grub2_args_add(struct grub2 *g, struct grub2_args *args, const char *text,
                    size_t length) must_check;
void grub2_args_free(struct grub2_args *args);
#define auto_grub2_args __attribute__((cleanup(grub2_args_free)))

#endif
