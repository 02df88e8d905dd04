/* The overlay's paths: what of the vendor's archive they replace, and which directories they
 * need. Paths are normalised (cpio_normalise()); what stands in memory is bounded.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_CPIO_OVERLAY_H
#define LOADER_RAMDISK_CPIO_OVERLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/ramdisk/cpio.h"

#define LAYER_PATHS_MAX 65536             /* paths of an overlay, with the directories above them */
#define LAYER_TEXT_MAX  (4 * 1024 * 1024) /* bytes of all their names */
#define LAYER_BUCKETS   16384

struct layer_node {
    struct layer_node *next; /* in its bucket */
    struct layer_node *parent;
    uint32_t hash;
    /* The overlay's own entry: the last of this path. Only the numbers are kept. */
    uint64_t ordinal; /* from 1; 0: it has none, the path is one above an entry's */
    struct cpio_entry entry;
    /* What the vendor's archive has there. */
    uint32_t vendor_mode; /* 0: nothing so far */
    bool kept;            /* a directory with something in it, that the overlay cannot replace */
    bool written;         /* a directory that stands in the result */
    /* The vendor's entry, held back until it is known whether something is reached through it. */
    struct cpio_entry *held;
    char *held_name;
    char *held_target; /* of a symbolic link: held->size bytes */
    char path[];       /* normalised */
};

struct layer {
    struct layer_node **buckets;
    size_t count, text;
};

/* An empty layer; the caller frees it by layer_free(), which takes NULL too. */
struct layer *layer_new(void) must_check;
void layer_free(struct layer *layer);
/* Adds ENTRY as the overlay's next, number ORDINAL, with the directories above it. 0; or -1 with
 * ERR: more paths than LAYER_PATHS_MAX, or names than LAYER_TEXT_MAX. NAME is for the error. */
int layer_add(struct layer *layer, const struct cpio_entry *entry, uint64_t ordinal,
              const char *name, struct error *err) must_check;
/* The node of a normalised PATH, or NULL. */
struct layer_node *layer_find(const struct layer *layer, const char *path);
/* Calls EACH for every node that stands for a directory above PATH, outermost first (the root
 * is none of them). 0, or -1 as soon as EACH fails. */
int layer_above(const struct layer *layer, const char *path,
                int (*each)(void *context, struct layer_node *node, struct error *err),
                void *context, struct error *err) must_check;
/* All nodes by path, so that a directory comes before what is in it; NULL behind the last. The
 * caller frees the array. */
struct layer_node **layer_sorted(const struct layer *layer) must_check;

/* Whether the overlay has a directory at NODE. */
bool layer_is_directory(const struct layer_node *node);
/* Whether it has something at NODE that is no directory. */
bool layer_is_other(const struct layer_node *node);
/* Forgets what is held back. */
void layer_drop_held(struct layer_node *node);

#endif
