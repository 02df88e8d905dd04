/* Whether the image has room for an overlay, before it is changed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_EXT2_ROOM_H
#define LOADER_RAMDISK_EXT2_ROOM_H

#include "loader/ramdisk/ext2_private.h"
#include "loader/ramdisk/stream.h"

/* 0 when the free blocks and inodes suffice for what OVERLAY has; -1 with ERR, which says how
 * much is missing. Reads OVERLAY to its end, and rewinds it. */
int image_room(struct ext2_image *image, struct stream *overlay, struct error *err) must_check;

#endif
