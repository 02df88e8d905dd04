/* An ext2 filesystem as a ramdisk, and an overlay's files written into it.
 *
 * The image is hostile: its superblock and group descriptors are checked before libext2fs
 * divides or allocates by them, and its io_manager here reads and writes inside of the image
 * only. The result stays as large as the image was; the room is counted before the first change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_EXT2_H
#define LOADER_RAMDISK_EXT2_H

#include <stdint.h>

#include "common/error.h"
#include "common/helper/report.h"
#include "loader/ramdisk/stream.h"

/* Unpacks VENDOR into the descriptor OUTPUT (empty; read and write) and writes OVERLAY's entries
 * into that filesystem. *SIZE gets the image's size. 0, or -1 with ERR: OUTPUT holds no ramdisk
 * then. */
int image_overlay(struct stream *vendor, struct stream *overlay, int output, struct report *report,
                  uint64_t *size, struct error *err) must_check;

#endif
