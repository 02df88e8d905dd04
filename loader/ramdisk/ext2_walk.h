/* Names and directories of the image.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_EXT2_WALK_H
#define LOADER_RAMDISK_EXT2_WALK_H

#include "loader/ramdisk/ext2_private.h"

/* The inode of NAME in DIRECTORY (0: not there). 0, or -1 with ERR. */
int image_lookup(struct ext2_image *image, ext2_ino_t directory, const char *name,
                 ext2_ino_t *found, struct error *err) must_check;
/* The directory in which the last part of the normalised PATH stands, symbolic links on the way
 * followed inside of the image; *LAST gets that part. When one is missing: made, root's and 0755,
 * with MAKE; else *PARENT is 0. 0, or -1 with ERR. */
int image_parent(struct ext2_image *image, const char *path, bool make, ext2_ino_t *parent,
                 const char **last, struct error *err) must_check;
/* ext2fs_mkdir() of NAME in PARENT, with PARENT grown when it is full. 0, or an error number of
 * libext2fs. */
errcode_t image_mkdir(ext2_filsys fs, ext2_ino_t parent, const char *name) must_check;
/* The same for ext2fs_link(): NAME in PARENT becomes a name of inode NUMBER, of EXT2_FT_… TYPE. */
errcode_t image_link(ext2_filsys fs, ext2_ino_t parent, const char *name, ext2_ino_t number,
                     int type) must_check;

#endif
