/* How a helper starts: its arguments, its request, and the door closed behind it.
 *
 * The order is the same for all: helper_arguments(), helper_read_request(), what has to be opened
 * beforehand, helper_confine(), and only then the first byte of what is foreign.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_HELPER_START_H
#define COMMON_HELPER_START_H

#include <stdbool.h>
#include <stddef.h>

#include "common/confine.h"
#include "common/error.h"
#include "common/helper/report.h"
#include "common/memory.h"
#include "common/text.h"

/* What ARGV asks of the helper NAME, which takes no arguments but --version. True: it is to go on,
 * with SIGPIPE ignored, so that an eliloader that has gone is a failed write. False: it is to end
 * with *STATUS. */
bool helper_arguments(const char *name, int argc, char **argv, int *status) must_check;

/* Reads stdin to its end into TEXT, which it initialises: at most MAX bytes. 0; or -1 with ERR. The
 * caller frees TEXT in either case. */
int helper_read_request(const char *name, size_t max, struct buffer *text,
                        struct error *err) must_check;

/* confine_enter() with POLICY. What this host's kernel lacks for it is a note of REPORT. 0; or -1
 * with ERR: the helper must not go on. */
int helper_confine(const char *name, const struct confine *policy, struct report *report,
                   struct error *err) must_check;

#endif
