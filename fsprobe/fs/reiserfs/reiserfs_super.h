/* The superblock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_REISERFS_REISERFS_SUPER_H
#define FSPROBE_FS_REISERFS_REISERFS_SUPER_H

#include "fsprobe/fs/reiserfs/reiserfs_private.h"

/* Finds, reads and checks the superblock, and the log, which may hold a newer one, and sets what FS
 * knows of the filesystem. Its nodes and cache are there already. What a person should know is put
 * into *NOTE (the caller frees), without the volume's name. 0, or -1 with ERR. */
int reiserfs_super_load(struct reiserfs *fs, char **note, struct error *err) must_check;

#endif
