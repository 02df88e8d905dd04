/* The answer of the helper `fetch` about files that it brought, from JSON into struct fetched,
 * checked (common/protocol/fetch.h). For fetch.c, and for tests. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#ifndef LOADER_HELPERS_FETCH_ANSWER_H
#define LOADER_HELPERS_FETCH_ANSWER_H

#include <jansson.h>

#include "common/error.h"
#include "loader/helpers/fetch.h"

/* Reads ANSWER into FETCHED, which is empty, and which the caller frees in both cases. KERNEL and
 * RAMDISK are the files that the helper wrote: each has the size that is said, and no more than
 * LIMITS allow. 0; or -1 with ERR when something does not fit, or one of DIGESTS (DIGEST_BITs) of
 * the ramdisk, the kernel's URL or the layout is not there. */
int fetched_read(const json_t *answer, int kernel, int ramdisk, const struct fetch_limits *limits,
                 unsigned digests, struct fetched *fetched, struct error *err) must_check;

/* The same for a run that brought a ramdisk alone. */
int fetched_read_ramdisk(const json_t *answer, int fd, const struct fetch_limits *limits,
                         struct fetched *fetched, struct error *err) must_check;

/* What an answer, or a failure, says of the family. */
void fetched_read_recognised(const json_t *answer, struct fetched *fetched);

#endif
