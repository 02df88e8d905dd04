/* Directories.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_REISERFS_REISERFS_DIR_H
#define FSPROBE_FS_REISERFS_REISERFS_DIR_H

#include "fsprobe/fs/reiserfs/reiserfs_private.h"

struct reiserfs_entry {
    const char *name;        /* valid while EACH runs */
    size_t length;           /* 1 to 255 bytes */
    uint32_t folder, object; /* what it names */
};

/* Calls EACH for every name, "." and ".." among them, until it returns false. 0, or -1 with ERR. */
int reiserfs_dir_each(struct reiserfs *fs, uint32_t folder, uint32_t object,
                      bool (*each)(void *context, const struct reiserfs_entry *entry),
                      void *context, struct error *err) must_check;

/* What NAME, LENGTH bytes, is in the directory: into *ENTRY, without its name. 1 found, 0 not
 * there, -1 with ERR. */
int reiserfs_dir_lookup(struct reiserfs *fs, uint32_t folder, uint32_t object, const char *name,
                        size_t length, struct reiserfs_entry *entry, struct error *err) must_check;

#endif
