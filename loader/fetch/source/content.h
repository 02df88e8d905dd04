/* What a file is, by its first bytes: a kernel, or a login page in its place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_SOURCE_CONTENT_H
#define LOADER_FETCH_SOURCE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/kernel_magic.h"

/* Bytes from the start of a file that are looked at. */
#define CONTENT_HEAD KERNEL_HEAD

enum content_kind {
    CONTENT_UNDECIDED, /* more bytes are needed */
    CONTENT_KERNEL,    /* bzImage, ELF or gzip magic */
    CONTENT_HTML,
    CONTENT_OTHER,
};

/* Judges the first LENGTH bytes of a file. AT_END: no more will come, so the answer is
 * never CONTENT_UNDECIDED; nor is it with CONTENT_HEAD bytes or more. */
enum content_kind content_recognise(const unsigned char *bytes, size_t length, bool at_end);

#endif
