/* Finding subvolumes. See subvolume.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/subvolume.h"

#include <string.h>

#include "fsprobe/fs/btrfs/directory.h"

/* A root item: an inode item, and from there on */
enum { AT_GENERATION = 160, AT_ADDRESS = 176, AT_REFERENCES = 216, AT_LEVEL = 238, ROOT_MIN = 239 };
/* A reference of a root back to its parent: the directory, a number, and the name in it; one of an
 * inode: a number, and the name. */
enum { BACKREF_NAME_LENGTH = 16, BACKREF_NAME = 18, REF_NAME_LENGTH = 8 };

int btrfs_subvolume_tree(struct btrfs *btrfs, uint64_t id, struct btrfs_tree *tree,
                         struct error *err)
{
    /* Of several items, which only old kernels made, the last one counts. */
    const struct btrfs_key key = {id, BTRFS_ROOT_ITEM, UINT64_MAX};
    struct btrfs_item item;
    int result = btrfs_tree_before(&btrfs->trees, &btrfs->roots, &key, &item, err);

    if (result <= 0)
        return result;
    if (item.key.objectid != id || item.key.type != BTRFS_ROOT_ITEM)
        return 0;
    if (item.size < ROOT_MIN || item.data[AT_LEVEL] >= BTRFS_LEVELS)
        return error_set(err, ERROR_INTERNAL, "the root of subvolume %llu is damaged",
                         (unsigned long long)id);
    *tree = (struct btrfs_tree){.id = id,
                                .logical = get_le64(item.data + AT_ADDRESS),
                                .generation = get_le64(item.data + AT_GENERATION),
                                .level = item.data[AT_LEVEL]};
    /* One that was deleted, and waits for its space to be freed, has none. */
    return get_le32(item.data + AT_REFERENCES) != 0;
}

int btrfs_subvolume_default(struct btrfs *btrfs, uint64_t *id, struct error *err)
{
    static const char name[] = "default";
    struct btrfs_key location;
    int result = btrfs_directory_find(&btrfs->trees, &btrfs->roots, btrfs->super.root_directory,
                                      name, sizeof name - 1, &location, err);

    *id = BTRFS_TOP;
    if (result > 0 && location.type == BTRFS_ROOT_ITEM)
        *id = location.objectid;
    return result < 0 ? -1 : 1;
}

/* Puts a slash and NAME in front of PATH. */
static int put_in_front(struct buffer *path, const unsigned char *name, size_t length,
                        struct error *err)
{
    auto_free char *rest = xstrdup(buffer_text(path));

    if (length == 0 || memchr(name, '/', length) || memchr(name, '\0', length))
        return error_set(err, ERROR_INTERNAL, "the name of a subvolume, or above it, is damaged");
    buffer_clear(path);
    if (!buffer_add_text(path, "/") || !buffer_add(path, name, length) ||
        !buffer_add_text(path, rest))
        return error_set(err, ERROR_INTERNAL, "its path is longer than %zu bytes", path->maximum);
    return 1;
}

/* Puts in front of PATH the name in ITEM, whose length stands at LENGTH_AT. */
static int put_name(struct buffer *path, const struct btrfs_item *item, size_t length_at,
                    struct error *err)
{
    size_t name_at = length_at + 2;

    if (item->size < name_at || get_le16(item->data + length_at) > item->size - name_at)
        return error_set(err, ERROR_INTERNAL, "the name of a subvolume, or above it, is cut off");
    return put_in_front(path, item->data + name_at, get_le16(item->data + length_at), err);
}

/* The first item of OBJECT and TYPE: a subvolume and a directory stand in one place only. */
static int first_of(struct btrfs *btrfs, const struct btrfs_tree *tree, uint64_t object,
                    uint8_t type, struct btrfs_item *item, struct error *err)
{
    const struct btrfs_key key = {object, type, 0};
    struct btrfs_cursor cursor = btrfs_cursor_at(&btrfs->trees, tree, &key);
    int result = btrfs_cursor_next(&cursor, item, err);

    return result > 0 ? item->key.objectid == object && item->key.type == type : result;
}

/* Puts the directories down to DIRECTORY of subvolume ID in front of PATH. */
static int put_directories(struct btrfs *btrfs, uint64_t id, uint64_t directory,
                           struct buffer *path, struct error *err)
{
    struct btrfs_tree tree;
    struct btrfs_item item;
    int result = btrfs_subvolume_tree(btrfs, id, &tree, err);

    /* Every turn makes PATH longer, up to its maximum. */
    while (result > 0 && directory != BTRFS_FIRST_INODE) {
        result = first_of(btrfs, &tree, directory, BTRFS_INODE_REF, &item, err);
        if (result > 0)
            result = put_name(path, &item, REF_NAME_LENGTH, err);
        directory = result > 0 ? item.key.offset : directory;
    }
    return result;
}

int btrfs_subvolume_path(struct btrfs *btrfs, uint64_t id, struct buffer *path, struct error *err)
{
    struct btrfs_item item;
    int result = 1;

    buffer_clear(path);
    while (result > 0 && id != BTRFS_TOP) {
        result = first_of(btrfs, &btrfs->roots, id, BTRFS_ROOT_BACKREF, &item, err);
        if (result <= 0)
            break;
        uint64_t directory = item.size >= BACKREF_NAME ? get_le64(item.data) : 0;
        id = item.key.offset;
        result = put_name(path, &item, BACKREF_NAME_LENGTH, err);
        if (result > 0)
            result = put_directories(btrfs, id, directory, path, err);
    }
    return result;
}

/* The numbers of the subvolumes that stand in others: how many, or -1 with ERR. */
static int find_numbers(struct btrfs *btrfs, uint64_t numbers[BTRFS_LISTED_MAX], struct error *err)
{
    const struct btrfs_key first = {BTRFS_FIRST_FREE, 0, 0};
    struct btrfs_cursor cursor = btrfs_cursor_at(&btrfs->trees, &btrfs->roots, &first);
    struct btrfs_item item;
    int count = 0, result = 1;

    while (count < BTRFS_LISTED_MAX && (result = btrfs_cursor_next(&cursor, &item, err)) > 0) {
        if (item.key.objectid > BTRFS_LAST_FREE || item.key.objectid >> BTRFS_LEVEL_SHIFT)
            break;
        /* Two of one number, which nobody makes, are one. */
        if (item.key.type == BTRFS_ROOT_BACKREF &&
            (count == 0 || numbers[count - 1] != item.key.objectid))
            numbers[count++] = item.key.objectid;
    }
    return result < 0 ? -1 : count;
}

int btrfs_subvolume_list(struct btrfs *btrfs,
                         bool (*each)(void *context, const struct subvolume *subvolume),
                         void *context, struct error *err)
{
    auto_buffer struct buffer path = BUFFER_INIT(GUEST_PATH_MAX);
    uint64_t standard, numbers[BTRFS_LISTED_MAX];

    if (btrfs_subvolume_default(btrfs, &standard, err) < 0)
        return -1;
    int count = find_numbers(btrfs, numbers, err);
    bool goes_on =
        count >= 0 && each(context, &(struct subvolume){BTRFS_TOP, "", standard == BTRFS_TOP});
    for (int i = 0; goes_on && i < count; i++) {
        auto_error struct error why = ERROR_INIT;
        if (btrfs_subvolume_path(btrfs, numbers[i], &path, &why) > 0)
            goes_on = each(context, &(struct subvolume){numbers[i], buffer_text(&path),
                                                        numbers[i] == standard});
    }
    return count < 0 ? -1 : 0;
}
