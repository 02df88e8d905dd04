/* Directories.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_FAT_FAT_DIR_H
#define FSPROBE_FS_FAT_FAT_DIR_H

#include "fsprobe/fs/fat/fat_private.h"

struct fat_entry {
    /* The long one, in UTF-8, or else the short one. Valid while EACH runs. */
    const char *name;
    size_t length;
    /* The short one, in lower case: it has none, and that is how GRUB shows it. */
    char alias[8 + 1 + 3];
    size_t alias_length;
    bool directory;
    uint32_t cluster; /* the first; 0: none */
    uint32_t size;    /* bytes; of a file */
};

/* Calls EACH for every file and directory in the one that begins with cluster CLUSTER (0: the root
 * of FAT12 and FAT16), "." and ".." not among them, until it returns false. 0, or -1 with ERR. */
int fat_dir_each(struct fat *fat, uint32_t cluster,
                 bool (*each)(void *context, const struct fat_entry *entry), void *context,
                 struct error *err) must_check;

#endif
