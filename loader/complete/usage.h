/* What the operands of a command may be, as its usage says it: the usage that --help prints is the
 * table of that, so that completion cannot say another thing.
 *
 *     Usage: eliloader vm set ID KEY=VALUE…
 *            eliloader vm list
 *
 * A word in small letters stands for itself, one in capitals for what is called so, and "…" behind
 * a word for more of the same. Options and the brackets around what may be missing are passed over.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMPLETE_USAGE_H
#define LOADER_COMPLETE_USAGE_H

#include <stddef.h>

#include "common/memory.h"

/* One of the alternatives that may stand in a place: LENGTH bytes of a usage. */
typedef void usage_offer(void *context, const char *word, size_t length);

/* Calls OFFER with each of what may stand behind the COUNT OPERANDS of a command, whose word is
 * COMMAND (NULL: it has none), in any line of USAGE: a usage's first lines, each of which begins
 * with "Usage:" or a space. What is in two lines comes twice. */
void usage_next(const char *usage, const char *command, char *const *operands, size_t count,
                usage_offer *offer, void *context);

#endif
