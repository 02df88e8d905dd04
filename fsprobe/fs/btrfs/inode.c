/* From inodes to nodes. See inode.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/inode.h"

#include <string.h>
#include <sys/stat.h>

#include "fsprobe/fs/btrfs/directory.h"
#include "fsprobe/fs/btrfs/extents.h"
#include "fsprobe/fs/btrfs/subvolume.h"

/* An inode item. */
enum { AT_SIZE = 16, AT_MODE = 52, INODE_SIZE = 160 };

static enum node_kind kind_of(uint32_t mode)
{
    return S_ISREG(mode)   ? NODE_FILE
           : S_ISDIR(mode) ? NODE_DIRECTORY
           : S_ISLNK(mode) ? NODE_LINK
                           : NODE_OTHER;
}

/* The inode INODE of subvolume ID. 1, 0 there is no such subvolume, -1 with ERR. */
static int load(struct btrfs *btrfs, uint64_t id, uint64_t inode, struct node *node,
                struct error *err)
{
    const struct btrfs_key key = {inode, BTRFS_INODE_ITEM, 0};
    struct btrfs_tree tree;
    struct btrfs_item item;
    int result = btrfs_subvolume_tree(btrfs, id, &tree, err);

    if (result <= 0)
        return result;
    result = btrfs_tree_find(&btrfs->trees, &tree, &key, &item, err);
    if (result < 0)
        return -1;
    if (result == 0 || item.size < INODE_SIZE)
        return error_set(err, ERROR_INTERNAL, "the inode %llu of subvolume %llu is %s",
                         (unsigned long long)inode, (unsigned long long)id,
                         result ? "damaged" : "not there");
    *node = (struct node){.id = {id, inode},
                          .kind = kind_of(get_le32(item.data + AT_MODE)),
                          .size = get_le64(item.data + AT_SIZE)};
    return 1;
}

/* The tree in which NODE is; 0, or -1 with ERR. */
static int tree_of(struct btrfs *btrfs, const struct node *node, struct btrfs_tree *tree,
                   struct error *err)
{
    int result = btrfs_subvolume_tree(btrfs, node->id[0], tree, err);

    if (result == 0)
        return error_set(err, ERROR_INTERNAL, "there is no subvolume %llu",
                         (unsigned long long)node->id[0]);
    return result < 0 ? -1 : 0;
}

static int root_of(void *state, struct node *root, struct error *err)
{
    int result = load(state, BTRFS_TOP, BTRFS_FIRST_INODE, root, err);

    if (result == 0)
        return error_set(err, ERROR_INTERNAL, "it has no tree of files");
    return result < 0 ? -1 : 0;
}

static int lookup_of(void *state, const struct node *directory, const char *name, size_t length,
                     struct node *found, struct error *err)
{
    struct btrfs *btrfs = state;
    struct btrfs_tree tree;
    struct btrfs_key to;

    if (tree_of(btrfs, directory, &tree, err) < 0)
        return -1;
    int result =
        btrfs_directory_find(&btrfs->trees, &tree, directory->id[1], name, length, &to, err);
    if (result <= 0)
        return result;
    if (to.type == BTRFS_ROOT_ITEM)
        return load(btrfs, to.objectid, BTRFS_FIRST_INODE, found, err);
    if (to.type != BTRFS_INODE_ITEM)
        return error_set(err, ERROR_INTERNAL, "the directory %llu is damaged: it names no inode",
                         (unsigned long long)directory->id[1]);
    return load(btrfs, tree.id, to.objectid, found, err);
}

static int each_of(void *state, const struct node *directory,
                   bool (*each)(void *context, const char *name, size_t length), void *context,
                   struct error *err)
{
    struct btrfs *btrfs = state;
    struct btrfs_tree tree;

    if (tree_of(btrfs, directory, &tree, err) < 0)
        return -1;
    return btrfs_directory_each(&btrfs->trees, &tree, directory->id[1], each, context, err);
}

static int map_of(void *state, const struct node *node, uint64_t end, struct file_map *map,
                  struct error *err)
{
    struct btrfs *btrfs = state;
    struct btrfs_tree tree;

    if (tree_of(btrfs, node, &tree, err) < 0)
        return -1;
    return btrfs_extents_map(btrfs, &tree, node->id[1], end, map, err);
}

/* The target stands in its item, as a small file does. */
static int link_of(void *state, const struct node *node, struct buffer *target, struct error *err)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;

    map.size = node->size;
    if (map.size == 0 || map.size >= target->maximum)
        return error_set(err, ERROR_INTERNAL, "it is a symbolic link of %llu bytes",
                         (unsigned long long)map.size);
    if (map_of(state, node, map.size, &map, err) < 0)
        return -1;
    if (!map.bytes || !buffer_add(target, map.bytes, map.size))
        return error_set(err, ERROR_INTERNAL, "it is a symbolic link without its target");
    return 0;
}

/* What is absolute inside a subvolume was made where that is mounted as the root. */
static bool is_root_of(const struct node *node)
{
    return node->id[1] == BTRFS_FIRST_INODE;
}

const struct node_ops btrfs_node_ops = {.root = root_of,
                                        .lookup = lookup_of,
                                        .each = each_of,
                                        .link = link_of,
                                        .map = map_of,
                                        .is_root = is_root_of};
