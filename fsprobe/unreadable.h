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

/* How much is told: what a guest's /boot may be in, or also why nothing is in the rest. */
enum unreadable_what { UNREADABLE_LIKELY, UNREADABLE_ALL };

/* Adds to OUT, with "; " between, why volumes of GUEST that might be booted from hold no filesystem
 * that is read; what matters most first. What nobody boots from (swap), and what is a part of a
 * volume that is told of, is not. Of less than what matters only the best is told. Looks at the
 * first bytes of a disk that holds nothing that is known. What unreadable_file() has put into SAID
 * is not said again. How many were added. */
size_t unreadable_add(const struct guest *guest, enum unreadable_what what, const char *said,
                      struct buffer *out);
/* "PATH is on partition 2 of disk.img, which is encrypted (LUKS): …", where VOLUME is one that
 * cannot be read; NULL: it can. The caller frees. */
char *unreadable_file(const struct guest *guest, size_t volume, const char *path) must_check;
/* Whether disk DISK of GUEST has no table, nothing that is known, and begins with zeros. */
bool unreadable_blank(const struct guest *guest, unsigned disk) must_check;

#endif
