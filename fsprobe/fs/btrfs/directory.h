/* Names in Btrfs' directories, those of the root tree among them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_DIRECTORY_H
#define FSPROBE_FS_BTRFS_DIRECTORY_H

#include <stdbool.h>

#include "fsprobe/fs/btrfs/tree.h"

/* The place that NAME leads to: an inode of the same tree, or a subvolume (type BTRFS_ROOT_ITEM).
 * 1, 0 not there, -1 with ERR. */
int btrfs_directory_find(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                         uint64_t directory, const char *name, size_t length,
                         struct btrfs_key *location, struct error *err) must_check;
/* As node_ops.each: names in the order in which they were made. */
int btrfs_directory_each(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                         uint64_t directory,
                         bool (*each)(void *context, const char *name, size_t length),
                         void *context, struct error *err) must_check;

#endif
