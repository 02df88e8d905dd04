/* `struct filesystem` for ext2, ext3 and ext4. What it can read of them, and how, stands in
 * ext_private.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_H
#define FSPROBE_FS_EXT_EXT_H

#include "fsprobe/fs/filesystem.h"

extern const struct filesystem ext_filesystem;

#endif
