/* Btrfs' logical addresses as a source: each is in one chunk, which says on which devices its
 * bytes are, some more than once.
 *
 * The system chunks, in which the chunk tree is, stand in the superblock; all others in that tree,
 * where they are looked up when an address is in none that is known.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_SPACE_H
#define FSPROBE_FS_BTRFS_SPACE_H

#include <stdbool.h>

#include "fsprobe/fs/btrfs/chunk.h"
#include "fsprobe/fs/source.h"

#define BTRFS_DEVICES_MAX 64
/* Chunks that are kept; a superblock has room for 21 at most. */
#define BTRFS_CHUNKS_KEPT 64

struct btrfs_device {
    struct source *source; /* not owned */
    uint64_t id;
    unsigned char uuid[BTRFS_UUID_SIZE];
    /* It missed the newest changes: what it holds of a RAID is old. */
    bool stale;
};

struct btrfs_space {
    struct source source; /* the first member: its kind is this one */
    unsigned sector_size; /* to be set before chunks are added */
    struct btrfs_device devices[BTRFS_DEVICES_MAX];
    size_t device_count;
    struct btrfs_chunk *chunks[BTRFS_CHUNKS_KEPT]; /* owned; in no order */
    size_t chunk_count, system_count; /* the system chunks are the first ones, and stay */
    size_t oldest;
    /* Looks for the chunk with LOGICAL and adds it by btrfs_space_add(). 1, 0 there is none, -1
     * with ERR. NULL: only the chunks that are there are known. */
    int (*find)(void *context, uint64_t logical, struct error *err);
    void *context;
};

/* An empty one; BUDGET as that of any source. The caller frees by source_free(&space->source). */
struct btrfs_space *btrfs_space_new(uint64_t *budget) must_check;
/* A chunk by its item. SYSTEM: it is never forgotten. 0; or -1 with ERR: it is not sound. */
int btrfs_space_add(struct btrfs_space *space, uint64_t start, const unsigned char *item,
                    size_t size, bool system, struct error *err) must_check;
/* LENGTH bytes at LOGICAL into OUT, each from the best device but ATTEMPT that has it. 1; 0 when
 * there are no so many copies; -1 with ERR. */
int btrfs_space_read(struct btrfs_space *space, uint64_t logical, void *out, size_t length,
                     unsigned attempt, struct error *err) must_check;

#endif
