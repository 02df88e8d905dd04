/* Subvolumes and snapshots: trees of files, each with a number, that stand in each other's
 * directories.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_SUBVOLUME_H
#define FSPROBE_FS_BTRFS_SUBVOLUME_H

#include "common/text.h"
#include "fsprobe/fs/btrfs/private.h"

/* The tree of subvolume ID. All: 1, 0 there is none, -1 with ERR. */
int btrfs_subvolume_tree(struct btrfs *btrfs, uint64_t id, struct btrfs_tree *tree,
                         struct error *err) must_check;
/* The number of the default subvolume: the one that is mounted where nothing else is said. It is
 * the top (BTRFS_TOP) where none was chosen. */
int btrfs_subvolume_default(struct btrfs *btrfs, uint64_t *id, struct error *err) must_check;
/* The path of subvolume ID from the top, without a slash at its end: "/@/.snapshots/1/snapshot",
 * and "" for the top. Into PATH, whose maximum is GUEST_PATH_MAX. */
int btrfs_subvolume_path(struct btrfs *btrfs, uint64_t id, struct buffer *path,
                         struct error *err) must_check;

#endif
