/* Btrfs' trees: nodes, verified, and items in them.
 *
 * A node is believed when its checksum, its filesystem, its address, its level and generation (as
 * its parent has them) and its owner fit, its keys ascend, its first key is the one that its parent
 * has, its last one is before the parent's next, and its items are inside it and do not overlap.
 * Where one copy is not believed, the next is read. So a search takes at most BTRFS_LEVELS nodes,
 * and going on from item to item always comes to an end.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_TREE_H
#define FSPROBE_FS_BTRFS_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"
#include "fsprobe/fs/btrfs/format.h"
#include "fsprobe/fs/btrfs/space.h"
#include "fsprobe/fs/btrfs/super.h"

#define BTRFS_NODES_KEPT_MAX  64
#define BTRFS_NODES_KEPT_SIZE (1024 * 1024) /* bytes of them together */

struct btrfs_kept_node {
    unsigned char *bytes; /* owned; NULL: none */
    uint64_t logical;
    uint64_t used; /* a clock */
};

/* What all trees of a filesystem are read with. */
struct btrfs_trees {
    struct btrfs_space *space; /* not owned */
    unsigned node_size, sector_size, csum_type;
    unsigned char fsid[BTRFS_UUID_SIZE];
    struct btrfs_kept_node nodes[BTRFS_NODES_KEPT_MAX];
    uint64_t clock;
};

/* Where a tree begins. */
struct btrfs_tree {
    uint64_t id; /* of the tree: who owns its nodes */
    uint64_t logical, generation;
    uint8_t level;
};

/* An item; DATA is of use until the next call that reads a tree. */
struct btrfs_item {
    struct btrfs_key key;
    const unsigned char *data;
    size_t size;
    uint64_t logical; /* where the data are */
};

void btrfs_trees_init(struct btrfs_trees *trees, const struct btrfs_super *super,
                      struct btrfs_space *space);
void btrfs_trees_free(struct btrfs_trees *trees);

/* The item at KEY. All three: 1 found, 0 there is none, -1 with ERR. */
int btrfs_tree_find(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                    const struct btrfs_key *key, struct btrfs_item *item,
                    struct error *err) must_check;
/* The last item at or before KEY. */
int btrfs_tree_before(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                      const struct btrfs_key *key, struct btrfs_item *item,
                      struct error *err) must_check;

/* Items in their order. Other trees and items may be read between two calls. */
struct btrfs_cursor {
    struct btrfs_trees *trees;
    const struct btrfs_tree *tree;
    struct btrfs_key next;
    bool ended;
};
/* From the first item at or behind KEY on; it is read by the first btrfs_cursor_next(). */
struct btrfs_cursor btrfs_cursor_at(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                                    const struct btrfs_key *key);
int btrfs_cursor_next(struct btrfs_cursor *cursor, struct btrfs_item *item,
                      struct error *err) must_check;

#endif
