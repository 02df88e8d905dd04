/* How large a kernel and a ramdisk may be, for one run: whoever says so first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_LIMITS_H
#define LOADER_BOOT_LIMITS_H

#include "common/error.h"
#include "loader/helpers/fetch.h"
#include "loader/record/record.h"
#include "loader/settings/options.h"

/* Each of the two is, the first that is there: the command line's (SETTINGS), that of a record's
 * own words (WORDS; may be NULL), of RECORD's platform (RECORD may be NULL), of the guest's
 * platform in xenstore, of the environment or the configuration, of the host in xenstore, and the
 * default. In bytes; LIMITS' vm is RECORD's. 0; or -1 with ERR when what the record says is no
 * size. */
int limits_read(const struct settings *settings, const struct settings *words,
                const struct record *record, struct fetch_limits *limits,
                struct error *err) must_check;

#endif
