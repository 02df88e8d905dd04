/* `struct filesystem` for FAT. See fat.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/fat/fat.h"

#include <stdlib.h>

#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/fat/fat_chain.h"
#include "fsprobe/fs/fat/fat_dir.h"
#include "fsprobe/fs/fat/fat_super.h"
#include "fsprobe/fs/file_map.h"

static int root_node(void *state, struct node *root, struct error *err)
{
    const struct fat *fat = state;

    (void)err;
    *root = (struct node){.id = {fat->root}, .kind = NODE_DIRECTORY};
    return 0;
}

struct wanted {
    const char *name;
    size_t length;
    bool is_found;
    struct fat_entry entry; /* its name is not there any more */
};

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* GRUB, syslinux and firmware take names without case. */
static bool same_name(const struct wanted *wanted, const char *name, size_t length)
{
    if (length != wanted->length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(name[i]) != lower(wanted->name[i]))
            return false;
    return true;
}

static bool try_name(void *context, const struct fat_entry *entry)
{
    struct wanted *wanted = context;

    wanted->is_found = same_name(wanted, entry->name, entry->length) ||
                       same_name(wanted, entry->alias, entry->alias_length);
    if (wanted->is_found)
        wanted->entry = *entry;
    return !wanted->is_found;
}

static int lookup(void *state, const struct node *directory, const char *name, size_t length,
                  struct node *found, struct error *err)
{
    struct wanted wanted = {.name = name, .length = length};
    uint64_t at;

    if (fat_dir_each(state, (uint32_t)directory->id[0], try_name, &wanted, err) < 0)
        return -1;
    if (!wanted.is_found)
        return 0;
    const struct fat_entry *entry = &wanted.entry;
    *found = (struct node){.id = {entry->cluster},
                           .kind = entry->directory ? NODE_DIRECTORY : NODE_FILE,
                           .size = entry->directory ? 0 : entry->size};
    /* 0 would be the root */
    if (entry->directory && fat_place(state, entry->cluster, &at, err) < 0)
        return -1;
    return 1;
}

struct name_listing {
    bool (*each)(void *context, const char *name, size_t length);
    void *context;
};

static bool list_name(void *context, const struct fat_entry *entry)
{
    const struct name_listing *listing = context;

    return listing->each(listing->context, entry->name, entry->length);
}

static int each_name(void *state, const struct node *directory,
                     bool (*each)(void *context, const char *name, size_t length), void *context,
                     struct error *err)
{
    struct name_listing listing = {each, context};

    return fat_dir_each(state, (uint32_t)directory->id[0], list_name, &listing, err);
}

static int map_file(void *state, const struct node *node, uint64_t end, struct file_map *map,
                    struct error *err)
{
    struct fat *fat = state;
    uint32_t cluster = (uint32_t)node->id[0];
    int result = 1;

    if (node->size > (uint64_t)fat->clusters * fat->cluster)
        return error_set(err, ERROR_INTERNAL, "it is larger than the filesystem");
    for (uint64_t at = 0; at < end; at += fat->cluster) {
        struct file_run run = {.at = at, .length = fat->cluster};
        if (at && (result = fat_next(fat, &cluster, err)) < 0)
            return -1;
        if (result == 0)
            return error_set(err, ERROR_INTERNAL, "its chain of clusters ends at byte %llu",
                             (unsigned long long)at);
        if (run.length > node->size - at)
            run.length = node->size - at;
        if (fat_place(fat, cluster, &run.place, err) < 0)
            return -1;
        if (!file_map_add(map, &run))
            return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
    }
    return 0;
}

static const struct node_ops operations = {
    .root = root_node,
    .lookup = lookup,
    .each = each_name,
    .map = map_file,
};

static int open_fat(struct guest *guest, struct volume *volume, char **note, struct error *err)
{
    struct fat *fat = nodes_new(sizeof *fat, &operations, volume);

    (void)guest;
    *note = NULL;
    if (fat_super_load(fat, err) < 0) {
        nodes_free(fat);
        return error_prefix(err, "cannot read the FAT of %s", volume->where);
    }
    volume->state = fat;
    volume->filesystem = &fat_filesystem;
    return 0;
}

static const char *const types[] = {"vfat", NULL};

const struct filesystem fat_filesystem = {
    .name = "FAT",
    .types = types,
    .open = open_fat,
    .status = nodes_status,
    .read = nodes_read,
    .read_part = nodes_read_part,
    .list = nodes_list,
    .map = nodes_map,
    .close = nodes_close,
};
