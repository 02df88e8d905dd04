/* Where the bytes of Btrfs' files are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_EXTENTS_H
#define FSPROBE_FS_BTRFS_EXTENTS_H

#include "fsprobe/fs/btrfs/private.h"

/* As node_ops.map, of the inode INODE in TREE, which has SIZE bytes. */
int btrfs_extents_map(struct btrfs *btrfs, const struct btrfs_tree *tree, uint64_t inode,
                      uint64_t end, struct file_map *map, struct error *err) must_check;
/* As filesystem.unpack. */
int btrfs_extents_unpack(struct btrfs *btrfs, const struct file_run *run, unsigned char *out,
                         struct error *err) must_check;

#endif
