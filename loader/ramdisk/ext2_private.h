/* What the files that change an ext2 ramdisk share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_EXT2_PRIVATE_H
#define LOADER_RAMDISK_EXT2_PRIVATE_H

#include <ext2fs/ext2fs.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/ramdisk/cpio.h"

#define IMAGE_DEPTH_MAX (CPIO_NAME_MAX / 2) /* directories on one path */
#define IMAGE_LINKS_MAX 65536               /* of the overlay's files with several names */

/* The opened filesystem. */
struct ext2_image {
    int fd; /* read and write; not owned */
    uint64_t size;
    const char *name;      /* of the vendor's ramdisk */
    enum error_name blame; /* the name of errors that are its fault */
    ext2_filsys fs;
};

#endif
