/* UFS1 and UFS2 of the BSDs (FFS), in either byte order.
 *
 * Format: FreeBSD's sys/ufs/ffs/fs.h, sys/ufs/ufs/dinode.h and dir.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_UFS_UFS_H
#define FSPROBE_FS_UFS_UFS_H

#include "fsprobe/fs/filesystem.h"

extern const struct filesystem ufs_filesystem;

#endif
