/* From a path to an inode.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_WALK_H
#define FSPROBE_FS_EXT_EXT_WALK_H

#include "fsprobe/fs/ext/ext_private.h"

/* The inode at PATH, symbolic links followed, the last one too: 1, 0 not there, -1 with ERR. */
int ext_walk(struct ext *ext, const char *path, struct ext_node *node,
             struct error *err) must_check;

#endif
