/* The overlay's paths in a hash table. See cpio_overlay.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/cpio_overlay.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, one byte at a time, so that the hashes of all directories above a path come for free. */
#define HASH_START UINT32_C(2166136261)
static uint32_t hash_step(uint32_t hash, char c)
{
    return (hash ^ (unsigned char)c) * UINT32_C(16777619);
}

struct layer *layer_new(void)
{
    struct layer *layer = xcalloc(1, sizeof *layer);

    layer->buckets = xcalloc(LAYER_BUCKETS, sizeof(struct layer_node *));
    return layer;
}

void layer_drop_held(struct layer_node *node)
{
    free(node->held);
    free(node->held_name);
    free(node->held_target);
    node->held = NULL;
    node->held_name = node->held_target = NULL;
}

void layer_free(struct layer *layer)
{
    if (!layer)
        return;
    for (size_t i = 0; i < LAYER_BUCKETS; i++) {
        struct layer_node *next;
        for (struct layer_node *node = layer->buckets[i]; node; node = next) {
            next = node->next;
            layer_drop_held(node);
            free(node);
        }
    }
    free(layer->buckets);
    free(layer);
}

/* The node of the first LENGTH bytes of PATH. */
static struct layer_node *find(const struct layer *layer, const char *path, size_t length,
                               uint32_t hash)
{
    struct layer_node *node = layer->buckets[hash % LAYER_BUCKETS];

    while (node && (node->hash != hash || strncmp(node->path, path, length) != 0 ||
                    node->path[length] != '\0'))
        node = node->next;
    return node;
}

struct layer_node *layer_find(const struct layer *layer, const char *path)
{
    uint32_t hash = HASH_START;
    size_t length;

    for (length = 0; path[length]; length++)
        hash = hash_step(hash, path[length]);
    return find(layer, path, length, hash);
}

/* The node of the first LENGTH bytes of PATH, made when it is not there; NULL when that would be
 * too much. */
static struct layer_node *need(struct layer *layer, const char *path, size_t length, uint32_t hash,
                               struct layer_node *parent)
{
    struct layer_node *node = find(layer, path, length, hash);

    if (node)
        return node;
    if (layer->count >= LAYER_PATHS_MAX || length + 1 > LAYER_TEXT_MAX - layer->text)
        return NULL;
    layer->count++;
    layer->text += length + 1;
    node = xcalloc(1, sizeof *node + length + 1);
    memcpy(node->path, path, length);
    node->hash = hash;
    node->parent = parent;
    node->next = layer->buckets[hash % LAYER_BUCKETS];
    layer->buckets[hash % LAYER_BUCKETS] = node;
    return node;
}

int layer_add(struct layer *layer, const struct cpio_entry *entry, uint64_t ordinal,
              const char *name, struct error *err)
{
    char path[CPIO_NAME_MAX];
    struct layer_node *node = NULL;
    uint32_t hash = HASH_START;

    cpio_normalise(entry->name, path);
    for (size_t i = 0;; hash = hash_step(hash, path[i]), i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        node = need(layer, path, i, hash, node);
        if (!node)
            return error_set(err, ERROR_LIMITS,
                             "%s holds more than %d paths or %d bytes of names, too many for an "
                             "overlay",
                             name, LAYER_PATHS_MAX, LAYER_TEXT_MAX);
        /* The directories above have the time of the last that needed them. */
        if (node->ordinal == 0)
            node->entry.mtime = entry->mtime;
        if (path[i] == '\0')
            break;
    }
    node->ordinal = ordinal;
    node->entry = *entry;
    node->entry.name = NULL;
    return 0;
}

int layer_above(const struct layer *layer, const char *path,
                int (*each)(void *context, struct layer_node *node, struct error *err),
                void *context, struct error *err)
{
    uint32_t hash = HASH_START;

    for (size_t i = 0; path[i]; hash = hash_step(hash, path[i]), i++) {
        if (path[i] != '/')
            continue;
        struct layer_node *node = find(layer, path, i, hash);
        /* Without a node for a directory there is none for what lies in it. */
        if (!node)
            return 0;
        if (each(context, node, err) < 0)
            return -1;
    }
    return 0;
}

static int compare_paths(const void *a, const void *b)
{
    const struct layer_node *const *left = a, *const *right = b;

    return strcmp((*left)->path, (*right)->path);
}

struct layer_node **layer_sorted(const struct layer *layer)
{
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
    struct layer_node **nodes = xcalloc(layer->count + 1, sizeof nodes[0]);
    size_t count = 0;

    for (size_t i = 0; i < LAYER_BUCKETS; i++)
        for (struct layer_node *node = layer->buckets[i]; node; node = node->next)
            nodes[count++] = node;
    /* NOLINTNEXTLINE(bugprone-sizeof-expression) */
    qsort(nodes, count, sizeof nodes[0], compare_paths);
    return nodes;
}

bool layer_is_directory(const struct layer_node *node)
{
    return node->ordinal > 0 && S_ISDIR(node->entry.mode);
}

bool layer_is_other(const struct layer_node *node)
{
    return node->ordinal > 0 && !S_ISDIR(node->entry.mode);
}
