/* Btrfs on the disk: the numbers that several files here need. All of them are little-endian.
 * Format: the kernel's linux/btrfs_tree.h and its documentation of Btrfs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_FORMAT_H
#define FSPROBE_FS_BTRFS_FORMAT_H

#include <stdint.h>

#include "common/bytes.h"

#define BTRFS_UUID_SIZE 16
#define BTRFS_CSUM_SIZE 32 /* the room for a checksum, in front of what it is of */
#define BTRFS_NODE_MAX  (64 * 1024)
#define BTRFS_LEVELS    8 /* of a tree at most: levels 0 to 7 */
#define BTRFS_NAME_MAX  255

/* Trees and objects with numbers of their own. */
#define BTRFS_ROOT_TREE    1
#define BTRFS_CHUNK_TREE   3
#define BTRFS_TOP          5   /* the tree of the subvolume that holds all others */
#define BTRFS_ROOT_DIR     6   /* the directory in the root tree */
#define BTRFS_DEVICE_ITEMS 1   /* the object of all device items */
#define BTRFS_CHUNKS       256 /* the object of all chunk items */
#define BTRFS_FIRST_FREE   256 /* the first inode, and the first subvolume's number */
#define BTRFS_LAST_FREE    (-UINT64_C(256))
#define BTRFS_FIRST_INODE  BTRFS_FIRST_FREE
#define BTRFS_LEVEL_SHIFT  48 /* numbers with bits from here on are quota groups */

enum btrfs_key_type {
    BTRFS_INODE_ITEM = 1,
    BTRFS_INODE_REF = 12,
    BTRFS_DIR_ITEM = 84,
    BTRFS_DIR_INDEX = 96,
    BTRFS_EXTENT_DATA = 108,
    BTRFS_ROOT_ITEM = 132,
    BTRFS_ROOT_BACKREF = 144,
    BTRFS_DEVICE_ITEM = 216,
    BTRFS_CHUNK_ITEM = 228,
};

#define BTRFS_KEY_SIZE 17
struct btrfs_key {
    uint64_t objectid;
    uint8_t type;
    uint64_t offset;
};

static inline struct btrfs_key btrfs_key_at(const unsigned char *bytes)
{
    return (struct btrfs_key){get_le64(bytes), bytes[8], get_le64(bytes + 9)};
}

static inline int btrfs_key_compare(const struct btrfs_key *a, const struct btrfs_key *b)
{
    if (a->objectid != b->objectid)
        return a->objectid < b->objectid ? -1 : 1;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return 0;
}

#endif
