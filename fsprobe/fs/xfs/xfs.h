/* XFS, versions 4 and 5: all forms of directories, extents and symbolic links. Its log is looked
 * at and not replayed.
 *
 * Format: "XFS Algorithms & Data Structures" of the XFS developers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_H
#define FSPROBE_FS_XFS_XFS_H

#include "fsprobe/fs/filesystem.h"

extern const struct filesystem xfs_filesystem;

#endif
