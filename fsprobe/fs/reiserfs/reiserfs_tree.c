/* The tree is walked from its root each time; a node says at which level it is, which ends circles.
 * There are no links from a leaf to the next: that is found by the key right of the way down. See
 * reiserfs_tree.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/reiserfs/reiserfs_tree.h"

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/reiserfs/reiserfs_log.h"

/* A node. */
#define LEVEL_AT  0
#define COUNT_AT  2
#define HEAD_SIZE 24
#define LEAF      1
/* Behind the head of a node that is no leaf: its keys, and one child more. */
#define KEY_SIZE   16
#define CHILD_SIZE 8
/* Behind that of a leaf: what tells of its items; the bodies grow down from the end. */
#define ITEM_SIZE   24
#define ITEM_MIN    (ITEM_SIZE + 1)
#define ENTRIES_AT  16
#define LENGTH_AT   18
#define LOCATION_AT 20
#define VERSION_AT  22

/* The last 8 bytes of a key: in new ones four bits of type and 60 of offset, in old ones 32 of
 * offset and 32 of type. */
#define NEW_SHIFT     60
#define NEW_MASK      ((UINT64_C(1) << NEW_SHIFT) - 1)
#define OLD_DIRECTORY 500u
#define OLD_INDIRECT  0xfffffffeu
#define OLD_DIRECT    0xffffffffu

#define VERSION_MASK 0x7fff /* one bit is reiserfsck's */

struct leaf {
    unsigned char *bytes; /* not owned */
    uint64_t place;       /* bytes into the volume */
    uint32_t block;
    unsigned count;
    bool has_right; /* there are leaves behind it, from the key RIGHT on */
    struct reiserfs_key right;
};

static int bad(uint32_t block, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "block %lu of its tree %s", (unsigned long)block, what);
}

static struct reiserfs_key take_key(const unsigned char *bytes)
{
    struct reiserfs_key key = {.folder = get_le32(bytes), .object = get_le32(bytes + 4)};
    uint64_t rest = get_le64(bytes + 8);
    uint32_t type = (uint32_t)(rest >> 32);

    if (rest >> NEW_SHIFT >= REISERFS_INDIRECT && rest >> NEW_SHIFT <= REISERFS_DIRECTORY) {
        key.offset = rest & NEW_MASK;
        key.type = (enum reiserfs_type)(rest >> NEW_SHIFT);
        return key;
    }
    key.offset = (uint32_t)rest;
    key.type = type == 0               ? REISERFS_STAT
               : type == OLD_DIRECTORY ? REISERFS_DIRECTORY
               : type == OLD_INDIRECT  ? REISERFS_INDIRECT
               : type == OLD_DIRECT    ? REISERFS_DIRECT
                                       : REISERFS_OTHER;
    return key;
}

static int compare(const struct reiserfs_key *a, const struct reiserfs_key *b)
{
    if (a->folder != b->folder)
        return a->folder < b->folder ? -1 : 1;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return a->type < b->type ? -1 : a->type > b->type;
}

static bool same_object(const struct reiserfs_key *a, const struct reiserfs_key *b)
{
    return a->folder == b->folder && a->object == b->object;
}

/* The node BLOCK, which is one of LEVEL, into LEAF. */
static int read_node(struct reiserfs *fs, uint32_t block, unsigned level, struct leaf *leaf,
                     struct error *err)
{
    unsigned most = level == LEAF ? (fs->block - HEAD_SIZE) / ITEM_MIN
                                  : (fs->block - HEAD_SIZE - CHILD_SIZE) / (KEY_SIZE + CHILD_SIZE);

    if (block >= fs->blocks)
        return bad(block, "is outside the filesystem", err);
    leaf->block = block;
    leaf->place = reiserfs_place(fs, block);
    if (block_cache_read(fs->nodes.cache, leaf->place, leaf->bytes, fs->block, err) < 0)
        return -1;
    leaf->count = get_le16(leaf->bytes + COUNT_AT);
    if (get_le16(leaf->bytes + LEVEL_AT) != level)
        return bad(block, "is not of the level that it should be of", err);
    if (leaf->count == 0 || leaf->count > most)
        return bad(block, "has an impossible number of items", err);
    return 0;
}

/* The number of keys, of COUNT that are STEP bytes apart, that are less than KEY, or as much where
 * EQUAL says so. */
static unsigned count_keys(const unsigned char *keys, unsigned count, size_t step,
                           const struct reiserfs_key *key, bool equal)
{
    unsigned low = 0;

    while (low < count) {
        unsigned middle = low + (count - low) / 2;
        struct reiserfs_key is = take_key(keys + middle * step);
        if (compare(&is, key) < equal)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* The leaf in which KEY is, or would be. */
static int find_leaf(struct reiserfs *fs, const struct reiserfs_key *key, struct leaf *leaf,
                     struct error *err)
{
    uint32_t block = fs->root;

    leaf->has_right = false;
    for (unsigned level = fs->height - 1; level >= LEAF; level--) {
        const unsigned char *keys = leaf->bytes + HEAD_SIZE;
        if (read_node(fs, block, level, leaf, err) < 0)
            return -1;
        if (level == LEAF)
            break;
        unsigned child = count_keys(keys, leaf->count, KEY_SIZE, key, true);
        if (child < leaf->count) {
            leaf->right = take_key(keys + (size_t)child * KEY_SIZE);
            leaf->has_right = true;
        }
        block = get_le32(keys + (size_t)leaf->count * KEY_SIZE + (size_t)child * CHILD_SIZE);
    }
    return 0;
}

static int take_item(const struct reiserfs *fs, const struct leaf *leaf, unsigned number,
                     struct reiserfs_item *item, struct error *err)
{
    const unsigned char *head = leaf->bytes + HEAD_SIZE + (size_t)number * ITEM_SIZE;
    unsigned location = get_le16(head + LOCATION_AT);

    *item = (struct reiserfs_item){.key = take_key(head),
                                   .version = get_le16(head + VERSION_AT) & VERSION_MASK,
                                   .count = get_le16(head + ENTRIES_AT),
                                   .body = leaf->bytes + location,
                                   .length = get_le16(head + LENGTH_AT),
                                   .place = leaf->place + location};
    if (item->key.type == REISERFS_OTHER || item->version > 1)
        return bad(leaf->block, "has an item of a kind that is not known", err);
    if (item->length == 0 || location < HEAD_SIZE + leaf->count * ITEM_SIZE ||
        location + item->length > fs->block)
        return bad(leaf->block, "has an item outside it", err);
    return 0;
}

/* The items of the object of *LAST in LEAF, from NUMBER on; *LAST becomes the last one's key. 1 go
 * on in the next leaf, 0 enough, -1 with ERR. */
static int walk_leaf(const struct reiserfs *fs, const struct leaf *leaf, unsigned number,
                     struct reiserfs_key *last, bool *any,
                     int (*each)(void *context, const struct reiserfs_item *item,
                                 struct error *err),
                     void *context, struct error *err)
{
    struct reiserfs_item item;
    int result = 1;

    for (; number < leaf->count && result > 0; number++) {
        if (take_item(fs, leaf, number, &item, err) < 0)
            return -1;
        if (!same_object(&item.key, last))
            return 0;
        if (*any && compare(&item.key, last) <= 0)
            return bad(leaf->block, "has items that are not in order", err);
        *any = true;
        *last = item.key;
        result = each(context, &item, err);
    }
    return result;
}

int reiserfs_items_each(struct reiserfs *fs, uint32_t folder, uint32_t object, uint64_t offset,
                        int (*each)(void *context, const struct reiserfs_item *item,
                                    struct error *err),
                        void *context, struct error *err)
{
    auto_free unsigned char *bytes = xmalloc(fs->block);
    struct leaf leaf = {.bytes = bytes};
    /* behind what begins at OFFSET */
    struct reiserfs_key at = {folder, object, offset, REISERFS_OTHER}, last = at;
    bool any = false;

    for (unsigned number, leaves = 0;; leaves++) {
        const unsigned char *items = bytes + HEAD_SIZE;
        if (find_leaf(fs, &at, &leaf, err) < 0)
            return -1;
        number = count_keys(items, leaf.count, ITEM_SIZE, &at, false);
        if (leaves == 0 && number > 0) {
            struct reiserfs_key before = take_key(items + (size_t)(number - 1) * ITEM_SIZE);
            number -= same_object(&before, &at);
        }
        int result = walk_leaf(fs, &leaf, number, &last, &any, each, context, err);
        if (result <= 0)
            return result;
        if (!leaf.has_right || !same_object(&leaf.right, &at))
            return 0;
        if (compare(&leaf.right, &at) <= 0 || (any && compare(&leaf.right, &last) <= 0))
            return bad(leaf.block, "is not in order with the next one", err);
        at = leaf.right;
    }
}
