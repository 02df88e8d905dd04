/* A kernel or a ramdisk that stands in dom0, copied into the output directory as it is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SOURCES_COPY_H
#define LOADER_SOURCES_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

/* What is copied. */
struct local_file {
    int fd;           /* a regular file, open to read, at its beginning */
    const char *name; /* its path, for messages */
    const char *kind; /* "kernel", "ramdisk" */
    uint64_t max;     /* bytes it may have */
    bool quiet;       /* nobody is told how far it is */
};

/* Copies FILE to the descriptor TO, a new file at its beginning. Nothing of it is looked at, but
 * for the first bytes of a kernel: something else in its place would only be found by the domain
 * builder. What grows meanwhile is copied as long as it was. 0; or -1 with ERR: empty, ERROR_LIMITS
 * (before anything is written), no kernel, ERROR_INTERRUPTED, or a failed read or write. */
int local_copy(const struct local_file *file, int to, struct error *err) must_check;

#endif
