/* From paths to nodes. See nodes.h. Bounds: the length of the path with all links put in, the
 * number of links, the depth; see filesystem.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/nodes.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/source.h"

void *nodes_new(size_t size, const struct node_ops *ops, struct volume *volume)
{
    struct nodes *nodes = xcalloc(1, size);

    *nodes = (struct nodes){ops, volume->source, block_cache_new(volume->source)};
    return nodes;
}

void nodes_free(void *state)
{
    struct nodes *nodes = state;

    if (nodes)
        block_cache_free(nodes->cache);
    free(nodes);
}

void nodes_close(struct volume *volume)
{
    nodes_free(volume->state);
    volume->state = NULL;
    volume->filesystem = NULL;
}

struct node_walk {
    struct nodes *nodes;
    /* The directories from the root to where we stand; ".." takes one off, so that nothing
     * depends on what the disk says of parents. */
    struct node *stack; /* GUEST_DEPTH_MAX + 1 of them at most; owned */
    size_t depth, room;
    struct node here;
    unsigned links;
    char rest[GUEST_PATH_MAX + 1]; /* still to be walked */
};

static int push(struct node_walk *walk, const struct node *node, struct error *err)
{
    if (walk->depth == GUEST_DEPTH_MAX)
        return error_set(err, ERROR_INTERNAL, "it is deeper than %d directories", GUEST_DEPTH_MAX);
    if (walk->depth + 1 >= walk->room) {
        walk->room = walk->room ? 2 * walk->room : 16;
        walk->stack = xreallocarray(walk->stack, walk->room, sizeof *walk->stack);
    }
    walk->stack[++walk->depth] = *node;
    walk->here = *node;
    return 1;
}

/* Whether absolute links begin where we stand. */
static bool begins_at(const struct node_walk *walk)
{
    const struct node_ops *ops = walk->nodes->ops;

    return ops->is_root && ops->is_root(&walk->stack[walk->depth]);
}

/* Goes on at the target of the link NODE, with REST behind it. 1 done, 0 it leads nowhere, -1 with
 * ERR. */
static int follow(struct node_walk *walk, const struct node *node, const char *rest,
                  struct error *err)
{
    auto_buffer struct buffer target = BUFFER_INIT(GUEST_PATH_MAX);

    if (++walk->links > GUEST_LINKS_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "it has more than %d symbolic links; do they lead in a circle?",
                         GUEST_LINKS_MAX);
    if (!walk->nodes->ops->link)
        return 0;
    if (walk->nodes->ops->link(walk->nodes, node, &target, err) < 0)
        return -1;
    const char *text = buffer_text(&target);
    if (*text == '\0')
        return 0;
    if (strlen(text) + 1 + strlen(rest) > GUEST_PATH_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "its symbolic links make a path of more than %d bytes", GUEST_PATH_MAX);
    size_t length = strlen(text);
    memmove(walk->rest + length + 1, rest, strlen(rest) + 1);
    memcpy(walk->rest, text, length);
    walk->rest[length] = '/';
    while (text[0] == '/' && walk->depth && !begins_at(walk))
        walk->depth--;
    walk->here = walk->stack[walk->depth];
    return 1;
}

/* One name of the path: 1 done, 0 not there, -1 with ERR. REST is what follows it. */
static int step(struct node_walk *walk, const char *name, size_t length, const char *rest,
                struct error *err)
{
    struct node next = {.kind = NODE_OTHER};
    int result;

    if (walk->here.kind != NODE_DIRECTORY || length > GUEST_NAME_MAX)
        return 0;
    result = walk->nodes->ops->lookup(walk->nodes, &walk->here, name, length, &next, err);
    if (result <= 0)
        return result;
    if (next.kind == NODE_LINK)
        return follow(walk, &next, rest, err);
    result = push(walk, &next, err);
    memmove(walk->rest, rest, strlen(rest) + 1);
    return result;
}

static int step_up(struct node_walk *walk, const char *rest)
{
    if (walk->here.kind != NODE_DIRECTORY)
        return 0;
    if (walk->depth)
        walk->depth--;
    walk->here = walk->stack[walk->depth];
    memmove(walk->rest, rest, strlen(rest) + 1);
    return 1;
}

static int walk_all(struct node_walk *walk, struct error *err)
{
    int result = 1;

    while (result > 0) {
        const char *name = walk->rest + strspn(walk->rest, "/");
        size_t length = strcspn(name, "/");
        const char *rest = name + length;

        if (length == 0)
            break;
        if (length == 1 && name[0] == '.')
            memmove(walk->rest, rest, strlen(rest) + 1);
        else if (length == 2 && name[0] == '.' && name[1] == '.')
            result = step_up(walk, rest);
        else
            result = step(walk, name, length, rest, err);
    }
    return result;
}

int nodes_find(struct nodes *nodes, const char *path, struct node *found, struct error *err)
{
    struct node_walk walk = {.nodes = nodes, .room = 16};
    size_t length = strlen(path);
    int result;

    *found = (struct node){.kind = NODE_OTHER};
    if (length > GUEST_PATH_MAX)
        return error_set(err, ERROR_INTERNAL, "it is longer than %d bytes", GUEST_PATH_MAX);
    memcpy(walk.rest, path, length + 1);
    if (nodes->ops->root(nodes, &walk.here, err) < 0)
        return -1;
    walk.stack = xcalloc(walk.room, sizeof *walk.stack);
    walk.stack[0] = walk.here;
    result = walk_all(&walk, err);
    if (result > 0)
        *found = walk.here;
    free(walk.stack);
    return result;
}

/* What every function of `struct filesystem` does first: 1, 0, or -1 with a whole sentence. */
static int find(struct volume *volume, const char *path, struct node *found, struct error *err)
{
    int result = nodes_find(volume->state, path, found, err);

    if (result < 0)
        return error_prefix(err, "cannot look up %s in %s", path, volume->where);
    return result;
}

int nodes_status(struct volume *volume, const char *path, struct file_status *status,
                 struct error *err)
{
    struct node node;
    int result = find(volume, path, &node, err);

    *status = (struct file_status){false, false, 0};
    if (result <= 0)
        return result;
    *status = (struct file_status){node.kind == NODE_FILE, node.kind == NODE_DIRECTORY, node.size};
    return 1;
}

/* The map of the regular file NODE, with places in the nodes' source. 0, or -1 with ERR. */
static int map_node(struct volume *volume, const struct node *node, uint64_t end,
                    struct file_map *map, struct error *err)
{
    struct nodes *nodes = volume->state;

    if (node->kind != NODE_FILE)
        return error_set(err, ERROR_INTERNAL, "it is not a regular file");
    map->size = node->size;
    return nodes->ops->map(nodes, node, end, map, err);
}

/* From runs of the source to runs of disks. 0, or -1 with ERR. */
static int map_disks(struct source *source, const struct file_map *runs, struct file_map *map,
                     struct error *err)
{
    map->size = runs->size;
    for (size_t i = 0; i < runs->count; i++) {
        const struct file_run *run = &runs->runs[i];
        if (run->packing == FILE_PLAIN) {
            if (source_map(source, run->place, run->length, run->at, map, err) < 0)
                return -1;
        } else if (!file_map_add(map, run)) {
            return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
        }
    }
    return 0;
}

int nodes_map(struct volume *volume, const char *path, struct file_map *map, struct error *err)
{
    auto_file_map struct file_map runs = FILE_MAP_INIT;
    struct nodes *nodes = volume->state;
    struct node node;
    int result = find(volume, path, &node, err);

    if (result <= 0)
        return result;
    if (map_node(volume, &node, node.size, &runs, err) < 0 ||
        (!runs.bytes && map_disks(nodes->source, &runs, map, err) < 0))
        return error_prefix(err, "cannot copy %s in %s", path, volume->where);
    if (runs.bytes) {
        *map = runs;
        runs = FILE_MAP_INIT;
    }
    return 1;
}

/* What RUN has of the LENGTH bytes from AT of the file, to its place in OUT. */
static int read_run(struct volume *volume, const struct file_run *run, uint64_t at, char *out,
                    size_t length, struct error *err)
{
    struct nodes *nodes = volume->state;
    auto_free unsigned char *unpacked = NULL;
    uint64_t begin = run->at > at ? run->at : at;
    uint64_t end = run->at + run->length < at + length ? run->at + run->length : at + length;

    if (begin >= end)
        return 0;
    size_t part = (size_t)(end - begin);
    char *to = out + (begin - at);
    if (run->packing == FILE_PLAIN)
        return source_read(nodes->source, run->place + (begin - run->at), to, part, err);
    if (run->length > FILE_PACKED_MAX)
        return error_set(err, ERROR_INTERNAL, "a packed piece of it has more than %d bytes",
                         FILE_PACKED_MAX);
    unpacked = xmalloc(run->length);
    /* unpack() leaves these to who asks, for whoever copies files has bounds of his own */
    if (source_charge(nodes->source, (uint64_t)run->packed_length + run->length, err) < 0)
        return -1;
    if (volume->filesystem->unpack(volume, run, unpacked, err) < 0)
        return -1;
    memcpy(to, unpacked + (begin - run->at), part);
    return 0;
}

/* The bytes of NODE from AT on, MAX at most, into OUT. 0, or -1 with ERR. */
static int read_node(struct volume *volume, const struct node *node, uint64_t at, size_t max,
                     struct buffer *out, struct error *err)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;
    uint64_t rest = at < node->size ? node->size - at : 0;
    size_t length = rest < max ? (size_t)rest : max;
    auto_free char *bytes = NULL;

    if (map_node(volume, node, length ? at + length : 0, &map, err) < 0)
        return -1;
    bytes = xcalloc(1, length + 1);
    if (map.bytes && length)
        memcpy(bytes, map.bytes + at, length);
    for (size_t i = 0; i < map.count; i++)
        if (read_run(volume, &map.runs[i], at, bytes, length, err) < 0)
            return -1;
    if (!buffer_add(out, bytes, length))
        return error_set(err, ERROR_INTERNAL, "it has more than %zu bytes", out->maximum);
    return 0;
}

int nodes_read(struct volume *volume, const char *path, size_t max, struct buffer *out, bool *whole,
               struct error *err)
{
    struct node node;
    int result = find(volume, path, &node, err);

    buffer_clear(out);
    if (result <= 0)
        return result;
    if (read_node(volume, &node, 0, max, out, err) < 0)
        return error_prefix(err, "cannot read %s in %s", path, volume->where);
    if (whole)
        *whole = node.size <= max;
    return 1;
}

int nodes_read_part(struct volume *volume, const char *path, uint64_t at, size_t length,
                    struct buffer *out, struct error *err)
{
    struct node node;
    int result = find(volume, path, &node, err);

    buffer_clear(out);
    if (result <= 0)
        return result;
    if (read_node(volume, &node, at, length, out, err) < 0)
        return error_prefix(err, "cannot read %s in %s", path, volume->where);
    return 1;
}

struct listing {
    bool (*each)(void *context, const char *name);
    void *context;
};

static bool list_one(void *context, const char *name, size_t length)
{
    const struct listing *listing = context;
    char terminated[GUEST_NAME_MAX + 1];

    /* A name with a NUL or a slash is none that a path could reach. */
    if (length == 0 || length > GUEST_NAME_MAX || memchr(name, '\0', length) ||
        memchr(name, '/', length))
        return true;
    if (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))
        return true;
    memcpy(terminated, name, length);
    terminated[length] = '\0';
    return listing->each(listing->context, terminated);
}

int nodes_list(struct volume *volume, const char *path,
               bool (*each)(void *context, const char *name), void *context, struct error *err)
{
    struct nodes *nodes = volume->state;
    struct listing listing = {each, context};
    struct node node;
    int result = find(volume, path, &node, err);

    if (result <= 0)
        return result;
    if (node.kind != NODE_DIRECTORY)
        error_set(err, ERROR_INTERNAL, "it is not a directory");
    else if (nodes->ops->each(nodes, &node, list_one, &listing, err) == 0)
        return 1;
    return error_prefix(err, "cannot list %s in %s", path, volume->where);
}
