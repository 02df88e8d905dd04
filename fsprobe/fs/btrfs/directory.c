/* Directories: looked up by the hash of a name, listed by the order of making. See directory.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/directory.h"

#include <string.h>

#include "common/crc32c.h"

/* An entry: where it leads to (a key), and from AT_NAME on its name and its data. */
enum { AT_DATA_LENGTH = 25, AT_NAME_LENGTH = 27, AT_NAME = 30 };
#define HASH_SEED (~UINT32_C(1))

struct entry {
    struct btrfs_key location;
    const char *name;
    size_t length, size; /* of the name, and of all of the entry */
};

/* The entry at AT of an item; false when it does not end inside. */
static bool take_entry(const struct btrfs_item *item, size_t at, struct entry *entry)
{
    const unsigned char *bytes = item->data + at;
    size_t left = item->size - at;

    if (left < AT_NAME)
        return false;
    *entry = (struct entry){
        .location = btrfs_key_at(bytes),
        .name = (const char *)bytes + AT_NAME,
        .length = get_le16(bytes + AT_NAME_LENGTH),
        .size =
            AT_NAME + (size_t)get_le16(bytes + AT_NAME_LENGTH) + get_le16(bytes + AT_DATA_LENGTH),
    };
    return entry->size <= left;
}

static int bad_entry(const struct btrfs_item *item, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "the directory %llu is damaged: an entry is cut off",
                     (unsigned long long)item->key.objectid);
}

/* Names with the same hash share an item. */
int btrfs_directory_find(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                         uint64_t directory, const char *name, size_t length,
                         struct btrfs_key *location, struct error *err)
{
    const struct btrfs_key key = {directory, BTRFS_DIR_ITEM, crc32c(HASH_SEED, name, length)};
    struct btrfs_item item;
    struct entry entry;
    int result = btrfs_tree_find(trees, tree, &key, &item, err);

    if (result <= 0)
        return result;
    for (size_t at = 0; at < item.size; at += entry.size) {
        if (!take_entry(&item, at, &entry))
            return bad_entry(&item, err);
        if (entry.length == length && memcmp(entry.name, name, length) == 0) {
            *location = entry.location;
            return 1;
        }
    }
    return 0;
}

/* Names are copied before they are handed out: whoever gets one may read other nodes. */
int btrfs_directory_each(struct btrfs_trees *trees, const struct btrfs_tree *tree,
                         uint64_t directory,
                         bool (*each)(void *context, const char *name, size_t length),
                         void *context, struct error *err)
{
    const struct btrfs_key first = {directory, BTRFS_DIR_INDEX, 0};
    struct btrfs_cursor cursor = btrfs_cursor_at(trees, tree, &first);
    char name[BTRFS_NAME_MAX];
    struct btrfs_item item;
    struct entry entry;
    int result;

    while ((result = btrfs_cursor_next(&cursor, &item, err)) > 0) {
        if (item.key.objectid != directory || item.key.type != BTRFS_DIR_INDEX)
            return 0;
        if (!take_entry(&item, 0, &entry) || entry.length > sizeof name)
            return bad_entry(&item, err);
        memcpy(name, entry.name, entry.length);
        if (!each(context, name, entry.length))
            return 0;
    }
    return result;
}
