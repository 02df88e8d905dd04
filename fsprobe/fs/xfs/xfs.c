/* `struct filesystem` for XFS. See xfs.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs.h"

#include <stdlib.h>

#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/xfs/xfs_dir.h"
#include "fsprobe/fs/xfs/xfs_extents.h"
#include "fsprobe/fs/xfs/xfs_link.h"
#include "fsprobe/fs/xfs/xfs_log.h"
#include "fsprobe/fs/xfs/xfs_super.h"

static int load_node(struct xfs *xfs, uint64_t number, struct node *node, struct error *err)
{
    struct xfs_inode inode;

    if (xfs_inode_load(xfs, number, &inode, err) < 0)
        return -1;
    *node = (struct node){.id = {number}, .kind = inode.kind, .size = inode.size};
    return 0;
}

static int root_node(void *state, struct node *root, struct error *err)
{
    struct xfs *xfs = state;

    if (load_node(xfs, xfs->root, root, err) < 0)
        return -1;
    if (root->kind != NODE_DIRECTORY)
        return error_set(err, ERROR_INTERNAL, "the root is not a directory");
    return 0;
}

static int lookup(void *state, const struct node *directory, const char *name, size_t length,
                  struct node *found, struct error *err)
{
    struct xfs *xfs = state;
    struct xfs_inode inode;
    uint64_t number;

    if (xfs_inode_load(xfs, directory->id[0], &inode, err) < 0)
        return -1;
    int result = xfs_dir_lookup(xfs, &inode, name, length, &number, err);
    if (result <= 0)
        return result;
    return load_node(xfs, number, found, err) < 0 ? -1 : 1;
}

static int each_name(void *state, const struct node *directory,
                     bool (*each)(void *context, const char *name, size_t length), void *context,
                     struct error *err)
{
    struct xfs *xfs = state;
    struct xfs_inode inode;

    if (xfs_inode_load(xfs, directory->id[0], &inode, err) < 0)
        return -1;
    return xfs_dir_each(xfs, &inode, each, context, err);
}

static int read_link(void *state, const struct node *node, struct buffer *target, struct error *err)
{
    struct xfs *xfs = state;
    struct xfs_inode inode;

    if (xfs_inode_load(xfs, node->id[0], &inode, err) < 0)
        return -1;
    return xfs_link_read(xfs, &inode, target, err);
}

struct mapping {
    struct file_map *map;
    unsigned block_log;
};

static int add_run(void *context, const struct xfs_extent *extent, struct error *err)
{
    const struct mapping *mapping = context;
    /* inside the file, whose size is below 2^63 */
    struct file_run run = {.at = extent->first << mapping->block_log,
                           .place = extent->place,
                           .length = extent->count << mapping->block_log};

    if (extent->unwritten)
        return 1;
    if (run.length > mapping->map->size - run.at)
        run.length = mapping->map->size - run.at;
    if (!file_map_add(mapping->map, &run))
        return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
    return 1;
}

static int map_file(void *state, const struct node *node, uint64_t end, struct file_map *map,
                    struct error *err)
{
    struct xfs *xfs = state;
    struct mapping mapping = {map, xfs->block_log};
    struct xfs_inode inode;

    if (xfs_inode_load(xfs, node->id[0], &inode, err) < 0)
        return -1;
    /* the guest may write while we read */
    if (inode.kind != NODE_FILE || inode.size != node->size)
        return error_set(err, ERROR_INTERNAL, "it changes while it is read");
    uint64_t blocks = (end >> xfs->block_log) + (end % xfs_block_size(xfs) != 0);
    return xfs_extents_each(xfs, &inode, 0, blocks, add_run, &mapping, err);
}

static const struct node_ops operations = {
    .root = root_node,
    .lookup = lookup,
    .each = each_name,
    .link = read_link,
    .map = map_file,
};

/* What a person should know though the files can be read; NULL: nothing. The caller frees. */
static char *note_of(struct xfs *xfs, const char *where)
{
    auto_error struct error err = ERROR_INIT;
    int clean;

    if (xfs->needs_repair)
        return xasprintf("the XFS of %s is marked as one that xfs_repair must see to before its "
                         "kernel mounts it",
                         where);
    clean = xfs_log_clean(xfs, &err);
    if (clean < 0)
        return xasprintf("whether the XFS of %s was unmounted cannot be told from its log: %s",
                         where, err.text);
    if (clean == 0)
        return xasprintf("the XFS of %s was not unmounted; what was written last may stand in its "
                         "log, which is not read",
                         where);
    return NULL;
}

static int open_xfs(struct guest *guest, struct volume *volume, char **note, struct error *err)
{
    struct xfs *xfs = nodes_new(sizeof *xfs, &operations, volume);
    struct node root;

    (void)guest;
    *note = NULL;
    if (xfs_super_load(xfs, err) < 0 || root_node(xfs, &root, err) < 0) {
        nodes_free(xfs);
        return error_prefix(err, "cannot read the XFS of %s", volume->where);
    }
    *note = note_of(xfs, volume->where);
    volume->state = xfs;
    volume->filesystem = &xfs_filesystem;
    return 0;
}

static const char *const types[] = {"xfs", NULL};

const struct filesystem xfs_filesystem = {
    .name = "XFS",
    .types = types,
    .open = open_xfs,
    .status = nodes_status,
    .read = nodes_read,
    .read_part = nodes_read_part,
    .list = nodes_list,
    .map = nodes_map,
    .close = nodes_close,
};
