/* Directories, in each of their forms.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_DIR_H
#define FSPROBE_FS_XFS_XFS_DIR_H

#include "fsprobe/fs/xfs/xfs_inode.h"

/* The inode that NAME (LENGTH bytes) names in DIRECTORY. 1 found, 0 not there, -1 with ERR. */
int xfs_dir_lookup(struct xfs *xfs, const struct xfs_inode *directory, const char *name,
                   size_t length, uint64_t *found, struct error *err) must_check;

/* Calls EACH for every name, "." and ".." among them, until it returns false. 0, or -1 with
 * ERR. */
int xfs_dir_each(struct xfs *xfs, const struct xfs_inode *directory,
                 bool (*each)(void *context, const char *name, size_t length), void *context,
                 struct error *err) must_check;

#endif
