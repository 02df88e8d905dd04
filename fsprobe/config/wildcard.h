/* Texts matched against patterns with '*' and '?'.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_WILDCARD_H
#define FSPROBE_CONFIG_WILDCARD_H

#include <stdbool.h>
#include <stddef.h>

/* Whether all of TEXT is what the LENGTH bytes of PATTERN mean: '*' any bytes, '?' one, '\' that
 * what follows stands for itself; with SETS also "[a-z]", "[!a-z]". The work is at most the product
 * of both lengths. */
bool wildcard_match(const char *pattern, size_t length, const char *text, bool sets);

#endif
