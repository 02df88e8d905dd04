/* Several URLs of one repository, separated by commas: mirrors, in the order in which they are
 * tried.
 *
 * Only a comma behind which another URL begins ("http://", and "http:" too) separates; all others
 * are of the URL that they stand in ("nfs:nolock,vers=3:HOST:/PATH").
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_PROTOCOL_MIRRORS_H
#define COMMON_PROTOCOL_MIRRORS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"

/* More are not tried. */
#define MIRRORS_MAX 16

/* How many URLs TEXT has: 1, when nothing in it separates. */
size_t mirrors_count(const char *text) must_check;
/* The URL number INDEX of TEXT. The caller frees; NULL: there are fewer. */
char *mirrors_at(const char *text, size_t index) must_check;
/* Whether TEST holds for each URL of TEXT. */
bool mirrors_all(const char *text, bool (*test)(const char *url)) must_check;

#endif
