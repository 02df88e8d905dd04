/* Directories: a name's inode, and all names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_DIR_H
#define FSPROBE_FS_EXT_EXT_DIR_H

#include "fsprobe/fs/ext/ext_private.h"

/* The inode of NAME (LENGTH bytes) in a directory: 1, 0 not there, -1 with ERR. */
int ext_lookup(struct ext *ext, const struct ext_node *directory, const char *name, size_t length,
               ext2_ino_t *found, struct error *err) must_check;
/* Calls EACH for every name but "." and ".." until it returns false. 0, or -1 with ERR. */
int ext_dir_each(struct ext *ext, const struct ext_node *directory,
                 bool (*each)(void *context, const char *name, size_t length, ext2_ino_t number),
                 void *context, struct error *err) must_check;

#endif
