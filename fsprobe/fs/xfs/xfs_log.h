/* The log.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_LOG_H
#define FSPROBE_FS_XFS_XFS_LOG_H

#include "fsprobe/fs/xfs/xfs_private.h"

/* Whether the last record of the log is that of an unmount, behind which nothing is left to be
 * written anew. 1 it is, 0 not, -1 with ERR: that cannot be told. */
int xfs_log_clean(struct xfs *xfs, struct error *err) must_check;

#endif
