/* One chunk of Btrfs' logical addresses: which places of which devices hold it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_CHUNK_H
#define FSPROBE_FS_BTRFS_CHUNK_H

#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"
#include "fsprobe/fs/btrfs/format.h"

#define BTRFS_STRIPE_LENGTH (UINT64_C(64) * 1024) /* the kernel takes no other */
#define BTRFS_COPIES_MAX    4
#define BTRFS_STRIPES_MAX   61 /* as many as a superblock has room for */
/* Of a chunk item. */
#define BTRFS_CHUNK_HEADER 48
#define BTRFS_STRIPE_SIZE  32

struct btrfs_stripe {
    uint64_t device, place; /* bytes into the device */
    unsigned char uuid[BTRFS_UUID_SIZE];
};

struct btrfs_chunk {
    uint64_t start, length; /* logical bytes; the end does not overflow */
    uint64_t profile;       /* one of the RAID bits, or none */
    unsigned copies;        /* of each byte: 1 to BTRFS_COPIES_MAX */
    unsigned columns;       /* on which different bytes are */
    unsigned stripe_count;  /* at least 1 */
    struct btrfs_stripe stripes[];
};

/* The chunk at START by its item of SIZE bytes; what follows it may be longer. The caller frees.
 * NULL with ERR when it is not sound. */
struct btrfs_chunk *btrfs_chunk_parse(uint64_t start, const unsigned char *item, size_t size,
                                      unsigned sector_size, struct error *err) must_check;
/* The bytes that the chunk item at ITEM takes of the SIZE there; 0: more than there are. */
size_t btrfs_chunk_size(const unsigned char *item, size_t size) must_check;

/* Where copy COPY (below chunk->copies) of the byte OFFSET of a chunk is, and how many bytes of the
 * chunk stand together from there on. */
struct btrfs_place {
    const struct btrfs_stripe *stripe;
    uint64_t at; /* bytes into the device */
    uint64_t length;
};
struct btrfs_place btrfs_chunk_place(const struct btrfs_chunk *chunk, uint64_t offset,
                                     unsigned copy) must_check;

#endif
