/* Why what is on a guest's disks cannot be read, and the way out: a sentence for each.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_UNREADABLE_H
#define FSPROBE_UNREADABLE_H

#include "common/text.h"
#include "fsprobe/fs/guest.h"

/* Sentences in one text; what is behind them is left out. */
#define UNREADABLE_TOLD_MAX 4
#define UNREADABLE_TEXT_MAX 2048 /* bytes of that text: so many are enough */

/* Adds to OUT, with "; " between, why volumes of GUEST that might be booted from hold no filesystem
 * that is read. What nobody boots from (swap), and what is a part of a volume that is told of, is
 * not. Looks at the first bytes of a disk that holds nothing that is known. How many were added. */
size_t unreadable_add(const struct guest *guest, struct buffer *out);

#endif
