/* What objects are, and their bytes: blocks, and tails, which stand in the leaves of the tree. See
 * reiserfs_file.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/reiserfs/reiserfs_file.h"

#include <sys/stat.h>

#include "common/bytes.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/reiserfs/reiserfs_log.h"
#include "fsprobe/fs/reiserfs/reiserfs_tree.h"

/* What is known of an object. */
#define MODE_AT  0
#define SIZE_AT  8
#define OLD_STAT 32 /* its length, with a size of 32 bits */
#define NEW_STAT 44 /* and of 64 */

#define POINTER 4

static int bad(const struct reiserfs_item *item, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "object %lu %s", (unsigned long)item->key.object, what);
}

static enum node_kind kind_of(unsigned mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return NODE_FILE;
    case S_IFDIR:
        return NODE_DIRECTORY;
    case S_IFLNK:
        return NODE_LINK;
    default:
        return NODE_OTHER;
    }
}

struct stat_read {
    struct node *node;
    bool is_there;
};

static int take_stat(void *context, const struct reiserfs_item *item, struct error *err)
{
    struct stat_read *read = context;
    struct node *node = read->node;

    if (item->key.type != REISERFS_STAT || item->key.offset != 0)
        return 0;
    if (item->length != (item->version ? NEW_STAT : OLD_STAT))
        return bad(item, "is described with an impossible length", err);
    node->kind = kind_of(get_le16(item->body + MODE_AT));
    node->size = item->version ? get_le64(item->body + SIZE_AT) : get_le32(item->body + SIZE_AT);
    if (node->size > INT64_MAX)
        return bad(item, "has an impossible size", err);
    read->is_there = true;
    return 0;
}

int reiserfs_node(struct reiserfs *fs, uint32_t folder, uint32_t object, struct node *node,
                  struct error *err)
{
    struct stat_read read = {node, false};

    *node = (struct node){.id = {folder, object}};
    if (reiserfs_items_each(fs, folder, object, 0, take_stat, &read, err) < 0)
        return -1;
    if (!read.is_there)
        return error_set(err, ERROR_INTERNAL, "object %lu is not there", (unsigned long)object);
    return 0;
}

struct map_walk {
    const struct reiserfs *fs;
    uint64_t size, end; /* of the file; and what is wanted of it */
    uint64_t next;      /* where the item before ends */
    struct file_map *map;
};

/* LENGTH bytes at PLACE for those at AT of the file, as far as it goes. */
static int add_run(const struct map_walk *walk, uint64_t at, uint64_t place, uint64_t length,
                   struct error *err)
{
    const struct file_run run = {
        .at = at, .place = place, .length = length < walk->size - at ? length : walk->size - at};

    if (!file_map_add(walk->map, &run))
        return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
    return 0;
}

static int add_blocks(struct map_walk *walk, const struct reiserfs_item *item, uint64_t at,
                      struct error *err)
{
    const struct reiserfs *fs = walk->fs;

    if (item->length % POINTER || at % fs->block)
        return bad(item, "has blocks at an impossible place", err);
    for (uint32_t i = 0; i < item->length && at < walk->end; i += POINTER, at += fs->block) {
        uint32_t block = get_le32(item->body + i);
        if (block >= fs->blocks)
            return bad(item, "has a block outside the filesystem", err);
        if (block && add_run(walk, at, reiserfs_place(fs, block), fs->block, err) < 0)
            return -1;
    }
    walk->next = at;
    return 1;
}

static int map_item(void *context, const struct reiserfs_item *item, struct error *err)
{
    struct map_walk *walk = context;
    uint64_t at = item->key.offset - 1;

    if (item->key.type == REISERFS_STAT)
        return 1;
    if (item->key.type == REISERFS_DIRECTORY || item->key.offset == 0)
        return bad(item, "has an item that is none of a file", err);
    if (at >= walk->end)
        return 0;
    if (at < walk->next)
        return bad(item, "has items that overlap", err);
    if (item->key.type == REISERFS_INDIRECT)
        return add_blocks(walk, item, at, err);
    walk->next = at + item->length;
    return add_run(walk, at, item->place, item->length, err) < 0 ? -1 : 1;
}

int reiserfs_map(void *state, const struct node *node, uint64_t end, struct file_map *map,
                 struct error *err)
{
    struct map_walk walk = {.fs = state, .size = node->size, .end = end, .map = map};

    return reiserfs_items_each(state, (uint32_t)node->id[0], (uint32_t)node->id[1], 1, map_item,
                               &walk, err);
}

struct link_read {
    struct buffer *target;
    uint64_t size;
};

static int take_target(void *context, const struct reiserfs_item *item, struct error *err)
{
    struct link_read *link = context;
    uint64_t left = link->size - link->target->length;

    if (item->key.type == REISERFS_STAT)
        return 1;
    if (item->key.type != REISERFS_DIRECT || item->key.offset - 1 != link->target->length)
        return bad(item, "is a link with an item that is none of a link", err);
    if (!buffer_add(link->target, item->body, item->length < left ? item->length : (size_t)left))
        return bad(item, "is a link that is too long", err);
    return link->target->length < link->size;
}

int reiserfs_link(void *state, const struct node *node, struct buffer *target, struct error *err)
{
    struct link_read link = {target, node->size};

    if (node->size == 0 || node->size > REISERFS_LINK_MAX)
        return error_set(err, ERROR_INTERNAL, "the link of object %lu has an impossible length",
                         (unsigned long)node->id[1]);
    if (reiserfs_items_each(state, (uint32_t)node->id[0], (uint32_t)node->id[1], 1, take_target,
                            &link, err) < 0)
        return -1;
    if (target->length < node->size)
        return error_set(err, ERROR_INTERNAL, "the link of object %lu is cut off",
                         (unsigned long)node->id[1]);
    return 0;
}
