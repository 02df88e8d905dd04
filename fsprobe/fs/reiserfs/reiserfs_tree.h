/* The tree, its keys and its items.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_REISERFS_REISERFS_TREE_H
#define FSPROBE_FS_REISERFS_REISERFS_TREE_H

#include "fsprobe/fs/reiserfs/reiserfs_private.h"

/* In the order of keys. */
enum reiserfs_type {
    REISERFS_STAT,      /* what an inode is elsewhere */
    REISERFS_INDIRECT,  /* numbers of blocks */
    REISERFS_DIRECT,    /* bytes */
    REISERFS_DIRECTORY, /* entries */
    REISERFS_OTHER,     /* none that is known */
};

struct reiserfs_key {
    uint32_t folder, object; /* whose it is */
    uint64_t offset; /* of a file: 1 and its first byte in the file; of a directory: a hash */
    enum reiserfs_type type;
};

struct reiserfs_item {
    struct reiserfs_key key;
    unsigned version; /* 0 or 1: that of its key */
    unsigned count;   /* of a directory's: entries */
    const unsigned char *body;
    uint32_t length; /* of BODY, at least 1 */
    uint64_t place;  /* of BODY, in bytes into the volume */
};

/* Calls EACH for the items of an object, from the one that OFFSET lies in, or the first one behind
 * it, until it returns 0, or -1 with ERR; 1 goes on. 0, or -1 with ERR. */
int reiserfs_items_each(struct reiserfs *fs, uint32_t folder, uint32_t object, uint64_t offset,
                        int (*each)(void *context, const struct reiserfs_item *item,
                                    struct error *err),
                        void *context, struct error *err) must_check;

#endif
