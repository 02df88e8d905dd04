/* The log: blocks that were not written to their places yet. They are not put there, for nothing is
 * written; whoever reads a block asks where its newest content is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_REISERFS_REISERFS_LOG_H
#define FSPROBE_FS_REISERFS_REISERFS_LOG_H

#include "fsprobe/fs/reiserfs/reiserfs_private.h"

/* Sets FS->moved. A log that cannot be used is told in *NOTE (the caller frees), without the
 * volume's name. 0, or -1 with ERR. */
int reiserfs_log_load(struct reiserfs *fs, char **note, struct error *err) must_check;

/* Where the newest content of BLOCK, which is one of the filesystem, is; in bytes into the
 * volume. */
uint64_t reiserfs_place(const struct reiserfs *fs, uint32_t block);

#endif
