/* An overlay's entries into the image.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_EXT2_WRITE_H
#define LOADER_RAMDISK_EXT2_WRITE_H

#include "common/helper/report.h"
#include "loader/ramdisk/ext2_private.h"
#include "loader/ramdisk/stream.h"

/* Writes all entries of OVERLAY. 0, or -1 with ERR. */
int image_write(struct ext2_image *image, struct stream *overlay, struct report *report,
                struct error *err) must_check;

#endif
