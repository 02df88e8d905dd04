/* A start of a guest, tried: everything that it would go through, by the functions that it would go
 * through, and nothing of it done.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_START_H
#define LOADER_CHECK_START_H

#include "loader/check/report.h"
#include "loader/settings/options.h"

/* A start as the toolstack calls for it: command_boot(). */
typedef int check_boot(const struct settings *settings, struct error *err);

/* Tries the start that SETTINGS ask for, by BOOT; in a folder of its own, which is gone afterwards.
 * KIND: what the guest is, where SETTINGS do not say it themselves; GUEST_UNKNOWN: nobody knows.
 * What it does on the way, how it would end, and whether its kernel can start here are lines of
 * REPORT. 0; or -1 with ERR: stopped by a signal. */
int check_start(struct check_report *report, const struct settings *settings, enum guest_kind kind,
                check_boot *boot, struct error *err) must_check;

#endif
