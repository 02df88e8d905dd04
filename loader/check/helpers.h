/* The helpers of this build, and how far this host's kernel confines them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_HELPERS_H
#define LOADER_CHECK_HELPERS_H

#include "loader/check/report.h"
#include "loader/settings/options.h"

/* Starts each helper, to say its version, and fsprobe once more, to look at a file of ours as it
 * would look at a guest's disk: confined, whatever comes of it. */
void check_helpers(struct check_report *report, const struct settings *settings);

#endif
