/* libext2fs on the image: opening, closing, and its errors in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_EXT2_IO_H
#define LOADER_RAMDISK_EXT2_IO_H

#include "loader/ramdisk/ext2_private.h"

/* Opens the filesystem on IMAGE->fd. 0, or -1 with ERR. image_close() flushes it, or, when the
 * work failed (WRITE false), forgets it. */
int image_open(struct ext2_image *image, struct error *err) must_check;
int image_close(struct ext2_image *image, bool write, struct error *err) must_check;
/* Sets ERR: "cannot FORMAT: CAUSE". Returns -1. */
int image_error(const struct ext2_image *image, struct error *err, errcode_t code,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
