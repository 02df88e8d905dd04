/* The kernel itself out of a file in which it is packed, for a domain builder that cannot do that.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_KERNEL_UNPACK_H
#define LOADER_MEDIUM_KERNEL_UNPACK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/medium/kernel_image.h"

/* What a kernel is unpacked from, with room for all of compression.h, and "none" and "zboot". */
#define KERNEL_UNPACK_FORMS_MAX 16

/* What is to be unpacked, and where to. */
struct kernel_unpack {
    const char *forms[KERNEL_UNPACK_FORMS_MAX]; /* names of compressions, for bzImages; "none": one
                                                   that is not compressed; "zboot": any of those */
    size_t form_count;
    bool all;     /* each of them, and FORMS does not count */
    int fd;       /* gets the kernel, from its start */
    uint64_t max; /* bytes; up to KERNEL_LAYER_UNPACKED_MAX */
};

/* Looks into FILE as kernel_image_look() does; and if it is a bzImage or zboot image of the kinds
 * that are WANTED, its kernel is written to WANTED->fd. *SIZE: how many bytes; 0: FILE is to be
 * taken as it is, and nothing was written. 0; or -1 with ERR: it is to be unpacked, and cannot be
 * (ERROR_LIMITS: for its size), or the kernel could not be written. FOUND is freed by
 * kernel_found_free() in either case. */
int kernel_unpack(struct kernel_layer *file, const struct kernel_unpack *wanted,
                  struct kernel_found *found, uint64_t *size, struct error *err) must_check;

#endif
