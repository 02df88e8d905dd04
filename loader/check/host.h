/* What every start on this host needs, whatever the guest.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_HOST_H
#define LOADER_CHECK_HOST_H

#include "loader/check/report.h"
#include "loader/settings/options.h"

/* Configuration, output directory, users, Xen, pygrub and GRUB, the tables of installation media
 * and the records' directory. */
void check_host(struct check_report *report, const struct settings *settings);

#endif
