/* Searching trees. See tree.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/tree.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/btrfs/digest.h"
#include "fsprobe/fs/btrfs/node.h"
#include "fsprobe/fs/recent.h"

/* Bytes of the budget for looking at a node again. */
#define VISIT_COST 64

static void drop(void *user)
{
    struct btrfs_trees *trees = user;

    for (size_t i = 0; i < ARRAY_SIZE(trees->nodes); i++)
        free(trees->nodes[i].bytes);
    memset(trees->nodes, 0, sizeof trees->nodes);
}

/* Whose nodes are kept. One that is being read is among the last ones that were used. */
static struct recent recent = {.drop = drop};

void btrfs_trees_init(struct btrfs_trees *trees, const struct btrfs_super *super,
                      struct btrfs_space *space)
{
    *trees = (struct btrfs_trees){
        .space = space,
        .node_size = super->node_size,
        .sector_size = super->sector_size,
        .csum_type = super->csum_type,
    };
    memcpy(trees->fsid, super->node_fsid, BTRFS_UUID_SIZE);
}

void btrfs_trees_free(struct btrfs_trees *trees)
{
    recent_forget(&recent, trees);
    drop(trees);
}

static size_t kept_count(const struct btrfs_trees *trees)
{
    size_t count = BTRFS_NODES_KEPT_SIZE / trees->node_size;

    return count < BTRFS_NODES_KEPT_MAX ? count : BTRFS_NODES_KEPT_MAX;
}

/* The kept node at LOGICAL; where there is none, the place for it: empty, or used least recently.
 */
static struct btrfs_kept_node *find_kept(struct btrfs_trees *trees, uint64_t logical)
{
    struct btrfs_kept_node *oldest = &trees->nodes[0];

    for (size_t i = 0; i < kept_count(trees); i++) {
        struct btrfs_kept_node *node = &trees->nodes[i];
        if (node->used && node->logical == logical)
            return node;
        if (node->used < oldest->used)
            oldest = node;
    }
    return oldest;
}

static int bad_node(const struct btrfs_reference *reference, const char *why, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "the node at %llu of tree %llu is damaged: %s",
                     (unsigned long long)reference->logical, (unsigned long long)reference->tree,
                     why);
}

/* One copy of a node into BYTES. 1 sound, 0 there is no such copy, -1 with ERR. */
static int read_copy(struct btrfs_trees *trees, const struct btrfs_reference *reference,
                     unsigned attempt, unsigned char *bytes, struct error *err)
{
    int result =
        btrfs_space_read(trees->space, reference->logical, bytes, trees->node_size, attempt, err);
    const char *fault;

    if (result == 0)
        return 0;
    if (result < 0)
        return error_prefix(err, "the node at %llu of tree %llu cannot be read",
                            (unsigned long long)reference->logical,
                            (unsigned long long)reference->tree);
    if (!btrfs_digest_fits(trees->csum_type, bytes, trees->node_size))
        return bad_node(reference, "its checksum is wrong", err);
    fault = btrfs_node_fault(bytes, trees->node_size, trees->sector_size, trees->fsid);
    if (!fault)
        fault = btrfs_node_mismatch(bytes, reference);
    return fault ? bad_node(reference, fault, err) : 1;
}

/* The first sound copy. ERR is of the first one where none is. */
static int read_node(struct btrfs_trees *trees, const struct btrfs_reference *reference,
                     unsigned char *bytes, struct error *err)
{
    int result = read_copy(trees, reference, 0, bytes, err);

    for (unsigned attempt = 1; result < 0 && attempt < BTRFS_COPIES_MAX; attempt++) {
        auto_error struct error why = ERROR_INIT;
        int next = read_copy(trees, reference, attempt, bytes, &why);
        if (next == 0)
            break;
        result = next;
    }
    if (result <= 0)
        return -1;
    error_clear(err);
    return 0;
}

/* The node that REFERENCE refers to, for use until the next call; NULL with ERR. */
static const unsigned char *get_node(struct btrfs_trees *trees,
                                     const struct btrfs_reference *reference, struct error *err)
{
    struct btrfs_kept_node *kept = find_kept(trees, reference->logical);

    if (kept->used && kept->logical == reference->logical) {
        const char *fault = btrfs_node_mismatch(kept->bytes, reference);
        if (fault)
            bad_node(reference, fault, err);
        if (fault || source_charge(&trees->space->source, VISIT_COST, err) < 0)
            return NULL;
        kept->used = ++trees->clock;
        return kept->bytes;
    }
    auto_free unsigned char *bytes = xmalloc(trees->node_size);
    if (read_node(trees, reference, bytes, err) < 0)
        return NULL;
    recent_use(&recent, trees);
    /* Looking up its chunk may have read others. */
    kept = find_kept(trees, reference->logical);
    free(kept->bytes);
    *kept = (struct btrfs_kept_node){bytes, reference->logical, ++trees->clock};
    return take_pointer(bytes);
}

/* The leaf in which KEY would stand, and how many of its items are at or before KEY. LEAF->end is
 * what the next leaf begins with. NULL with ERR. */
static const unsigned char *find_leaf(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                                      const struct btrfs_key *key, unsigned *before,
                                      struct btrfs_reference *leaf, struct error *err)
{
    *leaf = (struct btrfs_reference){.tree = tree->id,
                                     .logical = tree->logical,
                                     .generation = tree->generation,
                                     .level = tree->level};
    for (;;) {
        const unsigned char *node = get_node(trees, leaf, err);
        if (!node)
            return NULL;
        *before = btrfs_node_search(node, key);
        if (leaf->level == 0)
            return node;
        *leaf = btrfs_node_child(node, leaf, *before ? *before - 1 : 0);
    }
}

static void take_item(const unsigned char *node, const struct btrfs_reference *leaf, unsigned index,
                      struct btrfs_item *item)
{
    const unsigned char *head = node + BTRFS_NODE_HEADER + (size_t)index * BTRFS_ITEM_SIZE;
    size_t at = BTRFS_NODE_HEADER + (size_t)get_le32(head + BTRFS_KEY_SIZE);

    *item = (struct btrfs_item){.key = btrfs_key_at(head),
                                .data = node + at,
                                .size = get_le32(head + BTRFS_KEY_SIZE + 4),
                                .logical = leaf->logical + at};
}

int btrfs_tree_before(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                      const struct btrfs_key *key, struct btrfs_item *item, struct error *err)
{
    struct btrfs_reference leaf;
    unsigned before;
    const unsigned char *node = find_leaf(trees, tree, key, &before, &leaf, err);

    if (!node)
        return -1;
    if (before == 0)
        return 0;
    take_item(node, &leaf, before - 1, item);
    return 1;
}

int btrfs_tree_find(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                    const struct btrfs_key *key, struct btrfs_item *item, struct error *err)
{
    int result = btrfs_tree_before(trees, tree, key, item, err);

    return result > 0 ? btrfs_key_compare(&item->key, key) == 0 : result;
}

struct btrfs_cursor btrfs_cursor_at(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                                    const struct btrfs_key *key)
{
    return (struct btrfs_cursor){.trees = trees, .tree = tree, .next = *key};
}

/* The key that follows KEY; false: none does. */
static bool increment(struct btrfs_key *key)
{
    if (++key->offset == 0 && ++key->type == 0)
        key->objectid++;
    return key->offset || key->type || key->objectid;
}

int btrfs_cursor_next(struct btrfs_cursor *cursor, struct btrfs_item *item, struct error *err)
{
    while (!cursor->ended) {
        struct btrfs_reference leaf;
        unsigned before;
        const unsigned char *node =
            find_leaf(cursor->trees, cursor->tree, &cursor->next, &before, &leaf, err);
        if (!node)
            return -1;
        if (before) {
            struct btrfs_key last = btrfs_node_key(node, 0, before - 1);
            before -= btrfs_key_compare(&last, &cursor->next) == 0;
        }
        if (before < btrfs_node_count(node)) {
            take_item(node, &leaf, before, item);
            cursor->next = item->key;
            cursor->ended = !increment(&cursor->next);
            return 1;
        }
        cursor->ended = !leaf.has_end;
        cursor->next = leaf.end;
    }
    return 0;
}
