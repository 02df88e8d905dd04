/* The words of a command once they are expanded.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_ARGS_H
#define FSPROBE_CONFIG_GRUB2_ARGS_H

#include "fsprobe/config/grub2/run.h"

/* Adds one finished word (LENGTH bytes); false, with a problem, when a bound is reached. */
bool grub2_args_add(struct grub2 *g, struct grub2_args *args, const char *text,
                    size_t length) must_check;
/* Reports that a bound is reached, and takes the steps for what was put together in vain; false. */
bool grub2_args_over_bound(struct grub2 *g);
void grub2_args_free(struct grub2_args *args);
#define auto_grub2_args __attribute__((cleanup(grub2_args_free)))

#endif
