/* Remembers what a tree's reader answered, so that to recognise a tree and then to plan for it
 * asks the tree, which may be far away, once for each file. A failure is remembered too:
 * whoever has waited for a server that is not there does not wait again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_TREE_CACHE_H
#define DISTROS_TREE_CACHE_H

#include "distros/distros.h"

/* Files that are remembered (all families together look at fewer than 40), and bytes of all of
 * them; what is past either is read again. */
#define TREE_CACHE_FILES_MAX 48
#define TREE_CACHE_BYTES_MAX (8 * 1024 * 1024)

struct tree_cached {
    char *path;
    size_t max; /* the bound with which it was read */
    int result;
    char *bytes; /* result 1 */
    size_t length;
    struct error err; /* result -1 */
};

struct tree_cache {
    const struct tree_reader *behind; /* not owned */
    struct tree_cached files[TREE_CACHE_FILES_MAX];
    size_t count, bytes;
};

/* Starts CACHE, empty, before READER, which must outlive it; ended by tree_cache_free(). */
void tree_cache_start(struct tree_cache *cache, const struct tree_reader *reader);
/* struct tree_reader's read; CONTEXT is a struct tree_cache. */
int tree_cache_read(void *context, const char *path, size_t max, struct buffer *out,
                    struct error *err) must_check;
/* Frees what CACHE remembers, and empties it. The reader behind it stays. */
void tree_cache_free(struct tree_cache *cache);
#define auto_tree_cache __attribute__((cleanup(tree_cache_free)))

#endif
