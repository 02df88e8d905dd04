/* Directories.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_UFS_UFS_DIR_H
#define FSPROBE_FS_UFS_UFS_DIR_H

#include "fsprobe/fs/ufs/ufs_inode.h"

struct ufs_entry {
    const char *name; /* valid while EACH runs */
    size_t length;    /* 1 to 255 bytes */
    uint32_t inode;
};

/* Calls EACH for every name, "." and ".." among them, until it returns false. 0, or -1 with
 * ERR. */
int ufs_dir_each(struct ufs *ufs, const struct ufs_inode *directory,
                 bool (*each)(void *context, const struct ufs_entry *entry), void *context,
                 struct error *err) must_check;

#endif
