/* Directory blocks, and the hash index (htree) over them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_HTREE_H
#define FSPROBE_FS_EXT_EXT_HTREE_H

#include "fsprobe/fs/ext/ext_private.h"

/* Looks NAME up by the directory's hash index. 1 found; 0 not there; -1: the index is of a
 * kind that is not known, or not sound, and the directory has to be read from end to end. */
int ext_htree_lookup(struct ext *ext, const struct ext_node *directory, const char *name,
                     size_t length, ext2_ino_t *found) must_check;
/* NAME in one block of a directory (SIZE bytes at BLOCK). 1 found, 0 not, -1 damaged. */
int ext_block_lookup(const unsigned char *block, size_t size, const char *name, size_t length,
                     ext2_ino_t *found) must_check;
/* One entry of a directory's block. */
struct ext_dirent {
    ext2_ino_t number; /* 0: unused */
    unsigned record;   /* bytes to the next */
    const char *name;  /* not terminated */
    size_t length;
};
/* The entry at AT of the SIZE bytes at BLOCK, checked. The next one is at AT + entry->record. False
 * when it is damaged. */
bool ext_dirent_at(const unsigned char *block, size_t size, size_t at,
                   struct ext_dirent *entry) must_check;

#endif
