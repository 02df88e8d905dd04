/* Taking names out of the image.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_EXT2_REMOVE_H
#define LOADER_RAMDISK_EXT2_REMOVE_H

#include "loader/ramdisk/ext2_private.h"

/* Takes NAME, which is NUMBER with INODE, out of PARENT, and frees what has no name then. *KEPT:
 * it is a directory with something in it, and stays. 0, or -1 with ERR. */
int image_remove(struct ext2_image *image, ext2_ino_t parent, const char *name, ext2_ino_t number,
                 struct ext2_inode *inode, bool *kept, struct error *err) must_check;

#endif
