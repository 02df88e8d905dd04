/* One node of a tree, as the bytes that it is: everything in it is checked before it is used.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_NODE_H
#define FSPROBE_FS_BTRFS_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "fsprobe/fs/btrfs/format.h"

#define BTRFS_NODE_HEADER  101
#define BTRFS_ITEM_SIZE    25 /* a key, and where its data are behind the header: u32, u32 */
#define BTRFS_POINTER_SIZE 33 /* a key, an address, a generation */

/* What is known of a node before it is read. */
struct btrfs_reference {
    uint64_t tree; /* the tree that is being read */
    uint64_t logical, generation;
    uint8_t level;
    /* In the parent. A root has none. */
    bool has_first, has_end;
    struct btrfs_key first, end; /* END: the parent's next key; ours are before it */
};

static inline unsigned btrfs_node_count(const unsigned char *node)
{
    return get_le32(node + 96);
}

/* Key INDEX of a node of LEVEL. */
static inline struct btrfs_key btrfs_node_key(const unsigned char *node, unsigned level,
                                              unsigned index)
{
    return btrfs_key_at(node + BTRFS_NODE_HEADER +
                        (size_t)index * (level ? BTRFS_POINTER_SIZE : BTRFS_ITEM_SIZE));
}

/* What is wrong with the SIZE bytes of NODE, whose checksum fits; NULL: nothing. Looks at the node
 * alone. */
const char *btrfs_node_fault(const unsigned char *node, size_t size, unsigned sector_size,
                             const unsigned char fsid[BTRFS_UUID_SIZE]) must_check;
/* What does not fit between a sound node and who refers to it; NULL: it is the one that is meant.
 * The same node may be meant by several. */
const char *btrfs_node_mismatch(const unsigned char *node,
                                const struct btrfs_reference *reference) must_check;
/* How many keys of a sound node are at or before KEY. */
unsigned btrfs_node_search(const unsigned char *node, const struct btrfs_key *key) must_check;
/* The child INDEX of a sound node that REFERENCE refers to. */
struct btrfs_reference btrfs_node_child(const unsigned char *node,
                                        const struct btrfs_reference *reference, unsigned index);

#endif
