/* Btrfs' inodes as nodes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_INODE_H
#define FSPROBE_FS_BTRFS_INODE_H

#include "fsprobe/fs/nodes.h"

/* Their state is a `struct btrfs`. Subvolumes are directories; the root is the top's. */
extern const struct node_ops btrfs_node_ops;

#endif
