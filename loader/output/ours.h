/* Whether a directory is ours alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_OUTPUT_OURS_H
#define LOADER_OUTPUT_OURS_H

#include <stdbool.h>

#include "common/error.h"
#include "common/memory.h"

/* Whether nobody but root and we can exchange what stands at PATH (absolute), or what is in it: it,
 * all directories above it and all symbolic links on the way belong to root or to us, and no one
 * else can write there. A directory like /tmp (sticky) may stand above: there nobody renames what
 * is another's. What is not there yet is nobody's. False with WHY, which says who can ("/srv
 * belongs to user 1000"). */
bool directory_is_ours(const char *path, struct error *why) must_check;

#endif
