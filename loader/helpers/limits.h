/* How large a kernel and a ramdisk may be, whoever brings them, and how long that may take.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_LIMITS_H
#define LOADER_HELPERS_LIMITS_H

#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/settings/options.h"

/* Why a limit is what it is. */
enum limit_reason {
    LIMIT_SET,     /* somebody, or the default, says so */
    LIMIT_CEILING, /* the VM's editor wanted more than the host allows */
    LIMIT_ROOM,    /* the output directory has no more room */
};

/* Limits that hold for this run, in bytes, and for messages, whose they are. */
struct fetch_limits {
    uint64_t kernel_max, ramdisk_max;
    const char *vm; /* whose platform keys could raise them; NULL: none */
    enum limit_reason kernel_reason, ramdisk_reason;
};

/* The deadline of a helper for the whole of its work, in seconds: the setting fetch-timeout, and a
 * moment for one that has to say itself that it is over. */
int helper_seconds(const struct settings *settings) must_check;

/* Adds to ERR, which says that the KIND ("kernel", "ramdisk") is larger than its limit, how that
 * limit is raised. Returns -1. */
int fetch_limit_hint(const struct settings *settings, const struct fetch_limits *limits,
                     const char *kind, struct error *err);

#endif
