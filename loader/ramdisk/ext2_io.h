/* libext2fs on the image: opening, closing, and its errors in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_EXT2_IO_H
#define LOADER_RAMDISK_EXT2_IO_H

#include "loader/ramdisk/ext2_private.h"

/* Opens the filesystem on IMAGE->fd into IMAGE->fs, its superblock checked. 0, or -1 with ERR. */
int image_open(struct ext2_image *image, struct error *err) must_check;
/* Closes IMAGE->fs. WRITE: what was changed is written first; else, after work that failed, it is
 * forgotten. 0, or -1 with ERR. */
int image_close(struct ext2_image *image, bool write, struct error *err) must_check;
/* Sets ERR: "cannot FORMAT: CAUSE". Returns -1. */
int image_error(const struct ext2_image *image, struct error *err, errcode_t code,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
