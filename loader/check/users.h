/* Whether the users of runs (the setting runas-base) are nobody else's.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_USERS_H
#define LOADER_CHECK_USERS_H

#include <stddef.h>
#include <stdint.h>

#include "loader/check/report.h"
#include "loader/settings/options.h"

/* Bytes of a file of users. */
#define CHECK_USERS_SIZE_MAX (4 * 1024 * 1024)

/* As whom helpers run, and whether a user of this host, or a range of users in /etc/subuid, is
 * among those. */
void check_users(struct check_report *report, const struct settings *settings);

/* The first line of TEXT, which is taken apart, whose users meet the COUNT ones from FIRST on: the
 * name at its beginning. PASSWD: a line of passwd(5), one user; else of subuid(5), a range. A line
 * that is neither is passed over. NULL: none. */
const char *check_users_meet(char *text, bool passwd, uint64_t first, uint64_t count);

#endif
