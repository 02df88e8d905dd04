/* Symbolic links.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_LINK_H
#define FSPROBE_FS_XFS_XFS_LINK_H

#include "common/text.h"
#include "fsprobe/fs/xfs/xfs_inode.h"

/* The target of LINK into TARGET, which has room for XFS_LINK_MAX bytes. 0, or -1 with ERR. */
int xfs_link_read(struct xfs *xfs, const struct xfs_inode *link, struct buffer *target,
                  struct error *err) must_check;

#endif
