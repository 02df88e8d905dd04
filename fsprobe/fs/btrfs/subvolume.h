/* Subvolumes and snapshots: trees of files, each with a number, that stand in each other's
 * directories.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_SUBVOLUME_H
#define FSPROBE_FS_BTRFS_SUBVOLUME_H

#include "common/text.h"
#include "fsprobe/fs/btrfs/private.h"
#include "fsprobe/fs/filesystem.h"

#define BTRFS_LISTED_MAX 256 /* subvolumes of a list */

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
/* Calls EACH for the top, then for every other subvolume by its number, until it returns false or
 * there were BTRFS_LISTED_MAX. One whose path cannot be found is passed over. 0, or -1 with ERR. */
int btrfs_subvolume_list(struct btrfs *btrfs,
                         bool (*each)(void *context, const struct subvolume *subvolume),
                         void *context, struct error *err) must_check;

#endif
