/* Which releases a mirror of Debian or Ubuntu has. No mirror has a list of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_FAMILIES_DEBIAN_SUITES_H
#define DISTROS_FAMILIES_DEBIAN_SUITES_H

#include "distros/distros.h"

#define DEBIAN_SUITES_MAX 1024 /* bytes of the list */

/* Adds to LIST those that most mirrors have, and this one: "bookworm (stable), trixie (testing)".
 * Each costs a look at REPOSITORY (as of struct tree_request). 0, or -1 with ERR. */
int debian_suites_list(const char *repository, const struct tree_reader *reader,
                       struct buffer *list, struct error *err) must_check;

#endif
