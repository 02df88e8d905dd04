/* Texts matched against regular expressions, with work that is bounded.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_SCRIPT_MATCH_H
#define FSPROBE_CONFIG_GRUB2_SCRIPT_MATCH_H

#include <stddef.h>

#include "fsprobe/config/grub2/script/pattern.h"

/* Matches TEXT against the POSIX extended regular expression PATTERN, anywhere in TEXT.
 * GROUPS[0] to GROUPS[9] get where the whole and the parts in ( ) lie, from and to; -1 where a
 * part took no part. 1 matched, 0 not, -1 no such expression, or more work than STEPS. */
int grub2_match(const char *pattern, const char *text, int groups[GRUB2_GROUPS][2],
                size_t *steps) must_check;

#endif
