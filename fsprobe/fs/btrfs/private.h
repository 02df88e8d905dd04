/* An opened Btrfs, as the files here share it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_PRIVATE_H
#define FSPROBE_FS_BTRFS_PRIVATE_H

#include "fsprobe/fs/btrfs/space.h"
#include "fsprobe/fs/btrfs/super.h"
#include "fsprobe/fs/btrfs/tree.h"
#include "fsprobe/fs/btrfs/unpack.h"
#include "fsprobe/fs/nodes.h"

/* A volume's `state`. Of a node's three words, the first is the subvolume's number and the second
 * that of the inode. */
struct btrfs {
    struct nodes nodes; /* the first member; its source is the space below */
    struct btrfs_super super;
    struct btrfs_space *space; /* owned */
    struct btrfs_trees trees;
    struct btrfs_tree chunks, roots;
    struct btrfs_unpacker unpacker;
    struct btrfs_unpacked unpacked; /* the extent that was unpacked last */
};

#endif
