/* `struct filesystem` for ReiserFS. See reiserfs.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/reiserfs/reiserfs.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/reiserfs/reiserfs_dir.h"
#include "fsprobe/fs/reiserfs/reiserfs_file.h"
#include "fsprobe/fs/reiserfs/reiserfs_super.h"

#define ROOT_FOLDER 1
#define ROOT_OBJECT 2

/* Where attributes of files are kept; Linux does not show it. */
#define HIDDEN ".reiserfs_priv"

static int root_node(void *state, struct node *root, struct error *err)
{
    if (reiserfs_node(state, ROOT_FOLDER, ROOT_OBJECT, root, err) < 0)
        return -1;
    if (root->kind != NODE_DIRECTORY)
        return error_set(err, ERROR_INTERNAL, "the root is not a directory");
    return 0;
}

static bool is_hidden(const struct node *directory, const char *name, size_t length)
{
    return directory->id[0] == ROOT_FOLDER && directory->id[1] == ROOT_OBJECT &&
           length == strlen(HIDDEN) && memcmp(name, HIDDEN, length) == 0;
}

static int lookup(void *state, const struct node *directory, const char *name, size_t length,
                  struct node *found, struct error *err)
{
    struct reiserfs_entry entry = {0};

    if (is_hidden(directory, name, length))
        return 0;
    int result = reiserfs_dir_lookup(state, (uint32_t)directory->id[0], (uint32_t)directory->id[1],
                                     name, length, &entry, err);
    if (result <= 0)
        return result;
    return reiserfs_node(state, entry.folder, entry.object, found, err) < 0 ? -1 : 1;
}

struct name_listing {
    const struct node *directory;
    bool (*each)(void *context, const char *name, size_t length);
    void *context;
};

static bool list_name(void *context, const struct reiserfs_entry *entry)
{
    const struct name_listing *listing = context;

    return is_hidden(listing->directory, entry->name, entry->length) ||
           listing->each(listing->context, entry->name, entry->length);
}

static int each_name(void *state, const struct node *directory,
                     bool (*each)(void *context, const char *name, size_t length), void *context,
                     struct error *err)
{
    struct name_listing listing = {directory, each, context};

    return reiserfs_dir_each(state, (uint32_t)directory->id[0], (uint32_t)directory->id[1],
                             list_name, &listing, err);
}

static const struct node_ops operations = {
    .root = root_node,
    .lookup = lookup,
    .each = each_name,
    .link = reiserfs_link,
    .map = reiserfs_map,
};

static void free_state(struct reiserfs *fs)
{
    if (!fs)
        return;
    free(fs->moved);
    nodes_free(fs);
}

static void close_reiserfs(struct volume *volume)
{
    free_state(volume->state);
    volume->state = NULL;
    volume->filesystem = NULL;
}

static int open_reiserfs(struct guest *guest, struct volume *volume, char **note, struct error *err)
{
    struct reiserfs *fs = nodes_new(sizeof *fs, &operations, volume);
    auto_free char *why = NULL;
    struct node root = {.kind = NODE_OTHER};

    (void)guest;
    *note = NULL;
    if (reiserfs_super_load(fs, &why, err) < 0 || root_node(fs, &root, err) < 0) {
        free_state(fs);
        return error_prefix(err, "cannot read the ReiserFS of %s", volume->where);
    }
    if (why)
        *note = xasprintf("the ReiserFS of %s: %s", volume->where, why);
    volume->state = fs;
    volume->filesystem = &reiserfs_filesystem;
    return 0;
}

static const char *const types[] = {"reiserfs", NULL};

const struct filesystem reiserfs_filesystem = {
    .name = "ReiserFS",
    .types = types,
    .open = open_reiserfs,
    .status = nodes_status,
    .read = nodes_read,
    .read_part = nodes_read_part,
    .list = nodes_list,
    .map = nodes_map,
    .close = close_reiserfs,
};
