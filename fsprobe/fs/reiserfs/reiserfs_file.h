/* Files and symbolic links.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_REISERFS_REISERFS_FILE_H
#define FSPROBE_FS_REISERFS_REISERFS_FILE_H

#include "fsprobe/fs/reiserfs/reiserfs_private.h"

/* The node of an object, which goes by its FOLDER and its number. 0, or -1 with ERR. */
int reiserfs_node(struct reiserfs *fs, uint32_t folder, uint32_t object, struct node *node,
                  struct error *err) must_check;

/* As in `struct node_ops`. */
int reiserfs_map(void *state, const struct node *node, uint64_t end, struct file_map *map,
                 struct error *err) must_check;
int reiserfs_link(void *state, const struct node *node, struct buffer *target,
                  struct error *err) must_check;

#endif
