/* The answer of the helper `fsprobe`, from JSON into structs, checked. For fsprobe.c, and for
 * tests. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_FSPROBE_ANSWER_H
#define LOADER_HELPERS_FSPROBE_ANSWER_H

#include <jansson.h>

#include "common/error.h"
#include "loader/helpers/probed.h"

/* Reads ANSWER, that of common/protocol/fsprobe.h about DISK_COUNT disks, into PROBED, which is
 * empty, keeps a reference to ANSWER, and is freed by the caller in both cases. 0; or -1 with ERR
 * when any member is of another type, out of its bounds, or a text with control characters. */
int probed_read(json_t *answer, size_t disk_count, struct probed *probed,
                struct error *err) must_check;

#endif
