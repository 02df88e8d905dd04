/* What filesystems have in common above their nodes (inodes, directory records): from a path to a
 * node with symbolic links followed, and the functions of `struct filesystem` that follow from it.
 *
 * A kind of filesystem gives `struct node_ops`; its own struct, VOLUME->state, begins with `struct
 * nodes`; and its `struct filesystem` takes nodes_status(), nodes_read(),
 * nodes_read_part(), nodes_list() and nodes_map() as they are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_NODES_H
#define FSPROBE_FS_NODES_H

#include "fsprobe/fs/filesystem.h"

enum node_kind { NODE_OTHER, NODE_FILE, NODE_DIRECTORY, NODE_LINK };

/* What the filesystem knows a node by, in words of its own. */
struct node {
    uint64_t id[3];
    enum node_kind kind;
    uint64_t size; /* bytes */
};

/* The errors of all say what is wrong and not for which path; that is put in front of it. */
struct node_ops {
    /* 0, or -1 with ERR. */
    int (*root)(void *state, struct node *root, struct error *err);
    /* The node that NAME (LENGTH bytes, never "." or "..") names in DIRECTORY. 1 found, 0 not
     * there, -1 with ERR. */
    int (*lookup)(void *state, const struct node *directory, const char *name, size_t length,
                  struct node *found, struct error *err);
    /* Calls EACH for the names in DIRECTORY until it returns false; "." and ".." may be among them.
     * 0, or -1 with ERR. */
    int (*each)(void *state, const struct node *directory,
                bool (*each)(void *context, const char *name, size_t length), void *context,
                struct error *err);
    /* The target of a symbolic link into TARGET, whose maximum is GUEST_PATH_MAX. NULL: the
     * filesystem has no links. 0, or -1 with ERR. */
    int (*link)(void *state, const struct node *node, struct buffer *target, struct error *err);
    /* Where the bytes of a regular file are, at least the first END of them, into MAP, whose size
     * is node->size already. Places of plain runs are in the nodes' SOURCE, whose disks and places
     * are put there for whoever copies. 0, or -1 with ERR. */
    int (*map)(void *state, const struct node *node, uint64_t end, struct file_map *map,
               struct error *err);
    /* Whether absolute links that stand below DIRECTORY begin there, and not at the root. NULL:
     * that is never so. */
    bool (*is_root)(const struct node *directory);
};

/* The first member of what VOLUME->state points to. */
struct nodes {
    const struct node_ops *ops;
    struct source *source; /* not owned: the volume's, or one of the filesystem's own above it */
    struct block_cache *cache; /* owned; of the volume's source, or NULL */
};

/* A filesystem's own struct of SIZE bytes, which begins with `struct nodes`: zero behind that, with
 * a cache above VOLUME's source. Freed by nodes_free(). */
void *nodes_new(size_t size, const struct node_ops *ops, struct volume *volume) must_check;
/* Frees STATE and the cache; what else it owns is the filesystem's to free before. NULL: nothing.
 */
void nodes_free(void *state);
/* `close` of `struct filesystem`, for one whose struct owns nothing else. */
void nodes_close(struct volume *volume);

/* The node at PATH. 1 found, 0 not there, -1 with ERR (without PATH). */
int nodes_find(struct nodes *nodes, const char *path, struct node *found,
               struct error *err) must_check;

/* As in `struct filesystem`. */
int nodes_status(struct volume *volume, const char *path, struct file_status *status,
                 struct error *err) must_check;
int nodes_read(struct volume *volume, const char *path, size_t max, struct buffer *out, bool *whole,
               struct error *err) must_check;
int nodes_read_part(struct volume *volume, const char *path, uint64_t at, size_t length,
                    struct buffer *out, struct error *err) must_check;
int nodes_list(struct volume *volume, const char *path,
               bool (*each)(void *context, const char *name), void *context,
               struct error *err) must_check;
int nodes_map(struct volume *volume, const char *path, struct file_map *map,
              struct error *err) must_check;

#endif
