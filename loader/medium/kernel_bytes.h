/* A kernel file's layers: a part of a file, or what is compressed in such a part, as bytes that
 * can be read at any place.
 *
 * What is compressed is unpacked as far as somebody reads, by libarchive (and what it does not
 * bring itself, lzo, by lzop.h), and kept nowhere:
 * reading forwards costs nothing but the unpacking, and each step back begins at the start again.
 * All of it is bounded, for a few bytes unpack to as much as one likes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_KERNEL_BYTES_H
#define LOADER_MEDIUM_KERNEL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/protocol/medium.h"
#include "loader/medium/compression.h"
#include "loader/medium/lzop.h"

/* Bytes of one layer that is compressed. */
#define KERNEL_LAYER_UNPACKED_MAX MEDIUM_UNPACKED_MAX
/* How often it is unpacked from its start. */
#define KERNEL_LAYER_PASSES_MAX 4
#define KERNEL_LAYER_BLOCK      (64 * 1024)

/* Starts as one of the two below; ended by kernel_layer_free(). */
struct kernel_layer {
    struct kernel_layer *below;    /* what it is a part of; NULL: of the file */
    int fd;                        /* the file; -1: BYTES are it. Not owned */
    const unsigned char *bytes;    /* not owned */
    uint64_t start, length;        /* of the part, in what is below */
    const struct packing *packing; /* how the part is compressed; NULL: it is as it is */
    /* Of unpacking. */
    struct archive *archive;
    struct lzop lzop;
    bool begun;
    unsigned passes;
    uint64_t taken; /* bytes of the part that libarchive has */
    unsigned char *input;
    const unsigned char *block; /* what was unpacked last, its place in the whole and size */
    uint64_t block_at;
    size_t block_length;
    struct error fault; /* why what is below could not be read */
};

/* LENGTH bytes of the file FD. */
#define KERNEL_LAYER_FD(fd_, length_)    \
    (struct kernel_layer)                \
    {                                    \
        .fd = (fd_), .length = (length_) \
    }
/* LENGTH bytes of memory. */
#define KERNEL_LAYER_BYTES(bytes_, length_)              \
    (struct kernel_layer)                                \
    {                                                    \
        .fd = -1, .bytes = (bytes_), .length = (length_) \
    }

/* Where a layer certainly ends: its length, or KERNEL_LAYER_UNPACKED_MAX. */
uint64_t kernel_layer_end(const struct kernel_layer *layer);

/* Reads up to LENGTH bytes at AT into OUT: how many, fewer only at the end; or -1 with ERR
 * ("its gzip data is damaged …"). */
ssize_t kernel_layer_read(struct kernel_layer *layer, uint64_t at, void *out, size_t length,
                          struct error *err) must_check;

/* The same of all LENGTH bytes; WHAT ("its program headers") is said to be cut off when they are
 * not there. 0, or -1 with ERR. */
int kernel_layer_read_whole(struct kernel_layer *layer, uint64_t at, void *out, size_t length,
                            const char *what, struct error *err) must_check;

/* Frees what reading LAYER has taken; not the file, the bytes or the layer below. */
void kernel_layer_free(struct kernel_layer *layer);

#endif
