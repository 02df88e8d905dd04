/* The sums of one ramdisk, a file of this host or a URL, by which the tables of installation media
 * know it: runs the helper `fetch`, which has the digests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_DIGEST_H
#define LOADER_HELPERS_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/settings/options.h"

/* Digests are lower-case hex. */
struct ramdisk_sums {
    uint64_t size; /* bytes */
    char md5[33], sha256[65];
    const char *type; /* "cpio", "ext2"; NULL: the first bytes are neither's */
};

/* Takes the sums of SOURCE, which is a URL from which `fetch` gets files, or else the path of a
 * regular file. 0; or -1 with ERR: not there, empty, larger than SETTINGS' ramdisk_max. */
int sums_take(const struct settings *settings, const char *source, struct ramdisk_sums *sums,
              struct error *err) must_check;

/* Reads ANSWER, that of common/protocol/fetch.h in mode "sums". 0; or -1 with ERR: a sum or the
 * size is missing or of a wrong shape. For sums_take(), and for tests. */
int sums_read(const json_t *answer, struct ramdisk_sums *sums, struct error *err) must_check;

/* True when SOURCE is a URL from which `fetch` gets files. */
bool sums_is_url(const char *source) must_check;

/* SOURCE for people: of a URL, what is behind its scheme, user name and password. */
const char *sums_shown(const char *source);

#endif
