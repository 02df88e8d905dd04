/* `struct filesystem` for UFS. See ufs.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ufs/ufs.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/ufs/ufs_dir.h"
#include "fsprobe/fs/ufs/ufs_super.h"

static int load_node(struct ufs *ufs, uint64_t number, struct node *node, struct error *err)
{
    struct ufs_inode inode;

    if (ufs_inode_load(ufs, number, &inode, err) < 0)
        return -1;
    *node = (struct node){.id = {number}, .kind = inode.kind, .size = inode.size};
    return 0;
}

static int root_node(void *state, struct node *root, struct error *err)
{
    if (load_node(state, UFS_ROOT, root, err) < 0)
        return -1;
    if (root->kind != NODE_DIRECTORY)
        return error_set(err, ERROR_INTERNAL, "the root is not a directory");
    return 0;
}

struct wanted {
    const char *name;
    size_t length;
    uint32_t found; /* 0: not yet */
};

static bool try_name(void *context, const struct ufs_entry *entry)
{
    struct wanted *wanted = context;

    if (entry->length == wanted->length && memcmp(entry->name, wanted->name, entry->length) == 0)
        wanted->found = entry->inode;
    return !wanted->found;
}

static int lookup(void *state, const struct node *directory, const char *name, size_t length,
                  struct node *found, struct error *err)
{
    struct wanted wanted = {name, length, 0};
    struct ufs_inode inode;

    if (ufs_inode_load(state, directory->id[0], &inode, err) < 0 ||
        ufs_dir_each(state, &inode, try_name, &wanted, err) < 0)
        return -1;
    if (!wanted.found)
        return 0;
    return load_node(state, wanted.found, found, err) < 0 ? -1 : 1;
}

struct name_listing {
    bool (*each)(void *context, const char *name, size_t length);
    void *context;
};

static bool list_name(void *context, const struct ufs_entry *entry)
{
    const struct name_listing *listing = context;

    return listing->each(listing->context, entry->name, entry->length);
}

static int each_name(void *state, const struct node *directory,
                     bool (*each)(void *context, const char *name, size_t length), void *context,
                     struct error *err)
{
    struct name_listing listing = {each, context};
    struct ufs_inode inode;

    if (ufs_inode_load(state, directory->id[0], &inode, err) < 0)
        return -1;
    return ufs_dir_each(state, &inode, list_name, &listing, err);
}

struct link_read {
    struct ufs *ufs;
    struct buffer *target;
};

static int read_link_block(void *context, const struct ufs_run *run, struct error *err)
{
    const struct link_read *link = context;
    char bytes[UFS_LINK_MAX];

    /* one block, for the size was looked at */
    if (block_cache_read(link->ufs->nodes.cache, run->place, bytes, run->length, err) < 0)
        return -1;
    if (!buffer_add(link->target, bytes, run->length))
        return error_set(err, ERROR_INTERNAL, "a symbolic link is too long");
    return 1;
}

static int read_link(void *state, const struct node *node, struct buffer *target, struct error *err)
{
    struct ufs *ufs = state;
    struct link_read link = {ufs, target};
    struct ufs_inode inode;

    if (ufs_inode_load(ufs, node->id[0], &inode, err) < 0)
        return -1;
    if (inode.size == 0 || inode.size > UFS_LINK_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "the symbolic link of inode %lu has an impossible length",
                         (unsigned long)inode.number);
    bool inside = inode.size < ufs->link_inside ||
                  (ufs->old_entries && inode.blocks == 0 &&
                   inode.size <= (UFS_DIRECT + UFS_INDIRECT) * ufs_pointer_size(ufs));
    if (!inside) {
        if (ufs_blocks_each(ufs, &inode, 0, 1, read_link_block, &link, err) < 0)
            return -1;
    } else if (!buffer_add(target, inode.pointers, (size_t)inode.size)) {
        return error_set(err, ERROR_INTERNAL, "a symbolic link is too long");
    }
    return 0;
}

static int add_run(void *context, const struct ufs_run *run, struct error *err)
{
    const struct file_run added = {.at = run->at, .place = run->place, .length = run->length};

    if (!file_map_add(context, &added))
        return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
    return 1;
}

static int map_file(void *state, const struct node *node, uint64_t end, struct file_map *map,
                    struct error *err)
{
    struct ufs *ufs = state;
    struct ufs_inode inode;

    if (ufs_inode_load(ufs, node->id[0], &inode, err) < 0)
        return -1;
    /* the guest may write while we read */
    if (inode.kind != NODE_FILE || inode.size != node->size)
        return error_set(err, ERROR_INTERNAL, "it changes while it is read");
    uint64_t blocks = (end >> ufs->block_log) + (end % ufs_block_size(ufs) != 0);
    return ufs_blocks_each(ufs, &inode, 0, blocks, add_run, map, err);
}

static const struct node_ops operations = {
    .root = root_node,
    .lookup = lookup,
    .each = each_name,
    .link = read_link,
    .map = map_file,
};

static int open_ufs(struct guest *guest, struct volume *volume, char **note, struct error *err)
{
    struct ufs *ufs = nodes_new(sizeof *ufs, &operations, volume);
    struct node root;

    (void)guest;
    *note = NULL;
    if (ufs_super_load(ufs, err) < 0 || root_node(ufs, &root, err) < 0) {
        nodes_free(ufs);
        return error_prefix(err, "cannot read the UFS of %s", volume->where);
    }
    if (!ufs->clean)
        *note = xasprintf("the UFS of %s was not unmounted; what was written last may be damaged "
                          "or missing",
                          volume->where);
    volume->state = ufs;
    volume->filesystem = &ufs_filesystem;
    return 0;
}

static const char *const types[] = {"ufs", NULL};

const struct filesystem ufs_filesystem = {
    .name = "UFS",
    .types = types,
    .open = open_ufs,
    .status = nodes_status,
    .read = nodes_read,
    .read_part = nodes_read_part,
    .list = nodes_list,
    .map = nodes_map,
    .close = nodes_close,
};
