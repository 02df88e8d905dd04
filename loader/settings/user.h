/* The user of this run's helpers, and whose run it is.
 *
 * Root's helpers become an unprivileged user. Where all share one, the helpers of two guests share
 * it too, with whatever else runs as "nobody": what the kernel counts by user (processes) cannot be
 * limited, and one that was taken over can reach another. So each run may have a user of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SETTINGS_USER_H
#define LOADER_SETTINGS_USER_H

#include "common/memory.h"
#include "loader/settings/options.h"

/* The users of `runas-base`: in the first half one for each guest that libxl can start, by its
 * DOMID; in the second those of runs of which nobody says whose they are. */
#define USERS_COUNT 65536
#define USERS_HALF  (USERS_COUNT / 2)

/* The largest ID of a guest: those from 0x7ff0 (DOMID_FIRST_RESERVED of Xen's public headers) on
 * are none; nor is 0, the host's own domain. */
#define USER_DOMID_MAX 0x7fef

/* The domain whose bootloader run this is, by the name that libxl gives the output directory
 * (…/bootloader.DOMID.d, with or without slashes at the end); -1: it is not one of libxl's. */
int user_domid(const char *output_directory) must_check;

/* Sets SETTINGS->runas, and whether it is this run's own, where root runs it and nobody named one
 * (`runas`). Without `runas-base` it is the one that all share. */
void user_choose(struct settings *settings);

#endif
