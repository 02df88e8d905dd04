/* What a directory's entries are ordered by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_REISERFS_REISERFS_HASH_H
#define FSPROBE_FS_REISERFS_REISERFS_HASH_H

#include "fsprobe/fs/reiserfs/reiserfs_private.h"

/* An entry's offset is the hash of its name, and in the low bits a number that tells those of one
 * hash apart. */
#define REISERFS_HASH_LOW 0x7fu

/* The hash of NAME, LENGTH bytes, into *HASH. False when it is not known how the filesystem makes
 * them. */
bool reiserfs_hash_name(const struct reiserfs *fs, const char *name, size_t length, uint32_t *hash);

#endif
