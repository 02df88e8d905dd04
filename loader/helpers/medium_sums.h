/* The sums of a file, or of a part of one: runs the helper `medium`, which has the digests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_MEDIUM_SUMS_H
#define LOADER_HELPERS_MEDIUM_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/checksum.h"
#include "common/error.h"
#include "common/memory.h"
#include "loader/settings/options.h"

/* What sums are taken of. Nothing is owned. */
struct summed {
    int fd;              /* of a regular file or a device, open to read */
    const char *name;    /* for messages */
    uint64_t at, length; /* bytes; a LENGTH of 0: up to its end */
};

/* Lower-case hex. */
struct medium_sums {
    char md5[33], sha256[65]; /* those that tables know a ramdisk by; "": they were not asked for */
    struct checksum other;    /* by the digest that was asked for; DIGEST_NONE: none was */
};

/* Takes the sums of FILE: FOR_TABLES, its MD5 and its SHA-256; and its DIGEST, unless that is
 * DIGEST_NONE. Bytes are read once, and hashed for what is asked alone. 0; or -1 with ERR: it
 * cannot be read, or the helper failed. */
int medium_sums_take(const struct settings *settings, const struct summed *file, bool for_tables,
                     enum digest digest, struct medium_sums *sums, struct error *err) must_check;

#endif
