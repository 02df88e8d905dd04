/* Checking nodes. See node.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/node.h"

#include <string.h>

/* Where things stand in a header. */
enum { AT_FSID = 32, AT_ADDRESS = 48, AT_GENERATION = 80, AT_OWNER = 88, AT_LEVEL = 100 };

static bool ascends(const unsigned char *node, unsigned level, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {
        struct btrfs_key before = btrfs_node_key(node, level, i - 1);
        struct btrfs_key key = btrfs_node_key(node, level, i);
        if (btrfs_key_compare(&before, &key) >= 0)
            return false;
    }
    return true;
}

/* Data fill a leaf from its end, one item's in front of the other's without a gap. */
static bool items_fit(const unsigned char *node, size_t size, unsigned count)
{
    uint64_t end = size - BTRFS_NODE_HEADER;

    for (unsigned i = 0; i < count; i++) {
        const unsigned char *item = node + BTRFS_NODE_HEADER + (size_t)i * BTRFS_ITEM_SIZE;
        uint64_t at = get_le32(item + BTRFS_KEY_SIZE), length = get_le32(item + BTRFS_KEY_SIZE + 4);
        if (at + length != end || at < (uint64_t)count * BTRFS_ITEM_SIZE)
            return false;
        end = at;
    }
    return true;
}

static bool pointers_fit(const unsigned char *node, unsigned sector_size, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const unsigned char *pointer = node + BTRFS_NODE_HEADER + (size_t)i * BTRFS_POINTER_SIZE;
        uint64_t logical = get_le64(pointer + BTRFS_KEY_SIZE);
        if (logical == 0 || logical % sector_size)
            return false;
    }
    return true;
}

const char *btrfs_node_fault(const unsigned char *node, size_t size, unsigned sector_size,
                             const unsigned char fsid[BTRFS_UUID_SIZE])
{
    unsigned count = btrfs_node_count(node), level = node[AT_LEVEL];
    size_t room = (size - BTRFS_NODE_HEADER) / (level ? BTRFS_POINTER_SIZE : BTRFS_ITEM_SIZE);

    if (memcmp(node + AT_FSID, fsid, BTRFS_UUID_SIZE) != 0)
        return "it is of another filesystem";
    if (level >= BTRFS_LEVELS)
        return "its level is too high";
    if (count > room || (level && count == 0))
        return "its number of items is wrong";
    if (!ascends(node, level, count))
        return "its keys do not ascend";
    if (level ? !pointers_fit(node, sector_size, count) : !items_fit(node, size, count))
        return level ? "it points to nowhere" : "its items are not inside it";
    return NULL;
}

/* The tree of the top, or that of a subvolume. */
static bool is_of_files(uint64_t tree)
{
    return tree == BTRFS_TOP ||
           (tree >= BTRFS_FIRST_FREE && tree <= BTRFS_LAST_FREE && tree >> BTRFS_LEVEL_SHIFT == 0);
}

/* Snapshots share nodes, which belong to any one of them. */
static bool may_own(uint64_t owner, uint64_t tree)
{
    return owner == tree || (is_of_files(owner) && is_of_files(tree));
}

const char *btrfs_node_mismatch(const unsigned char *node, const struct btrfs_reference *reference)
{
    unsigned level = node[AT_LEVEL], count = btrfs_node_count(node);

    if (get_le64(node + AT_ADDRESS) != reference->logical)
        return "it was made for another place";
    if (level != reference->level)
        return "it has another level than its parent says";
    if (get_le64(node + AT_GENERATION) != reference->generation)
        return "it is older or newer than its parent says";
    if (!may_own(get_le64(node + AT_OWNER), reference->tree))
        return "it belongs to another tree";
    if (!reference->has_first)
        return NULL;
    if (count == 0)
        return "it is empty";
    struct btrfs_key first = btrfs_node_key(node, level, 0);
    struct btrfs_key last = btrfs_node_key(node, level, count - 1);
    if (btrfs_key_compare(&first, &reference->first) != 0)
        return "it has another key than its parent says";
    if (reference->has_end && btrfs_key_compare(&last, &reference->end) >= 0)
        return "it has keys that belong into the next one";
    return NULL;
}

unsigned btrfs_node_search(const unsigned char *node, const struct btrfs_key *key)
{
    unsigned low = 0, high = btrfs_node_count(node), level = node[AT_LEVEL];

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        struct btrfs_key there = btrfs_node_key(node, level, middle);
        if (btrfs_key_compare(&there, key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct btrfs_reference btrfs_node_child(const unsigned char *node,
                                        const struct btrfs_reference *reference, unsigned index)
{
    const unsigned char *pointer = node + BTRFS_NODE_HEADER + (size_t)index * BTRFS_POINTER_SIZE;
    struct btrfs_reference child = {
        .tree = reference->tree,
        .logical = get_le64(pointer + BTRFS_KEY_SIZE),
        .generation = get_le64(pointer + BTRFS_KEY_SIZE + 8),
        .level = reference->level - 1,
        .has_first = true,
        .first = btrfs_key_at(pointer),
        .has_end = reference->has_end,
        .end = reference->end,
    };

    if (index + 1 < btrfs_node_count(node)) {
        child.has_end = true;
        child.end = btrfs_node_key(node, reference->level, index + 1);
    }
    return child;
}
