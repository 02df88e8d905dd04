/* ReiserFS 3.5 and 3.6, the default of SUSE's systems up to SLES 10. What its log holds and was not
 * written to its place yet is read from the log.
 *
 * Format: Linux' fs/reiserfs and the manual pages of reiserfsprogs. There are no checksums in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_REISERFS_REISERFS_H
#define FSPROBE_FS_REISERFS_REISERFS_H

#include "fsprobe/fs/filesystem.h"

extern const struct filesystem reiserfs_filesystem;

#endif
