/* Where a file's bytes stand on the disk.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_EXTENTS_H
#define FSPROBE_FS_EXT_EXT_EXTENTS_H

#include "fsprobe/fs/ext/ext_private.h"

/* Fills MAP, which is empty, with where the bytes of a regular file are, the journal laid over.
 * What is encrypted or compressed is refused. 0; or -1 with ERR, without the file's name. The
 * caller frees MAP in both cases. */
int ext_file_map(struct ext *ext, const struct ext_node *node, struct file_map *map,
                 struct error *err) must_check;

#endif
