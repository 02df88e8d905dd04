/* Where the bytes go: into the files and through the digests, beside the network.
 *
 * The thread that receives fills blocks of a small pool, and feeds a full one to all digests
 * but MD5, which alone takes longer than everything else and is a worker thread's. Whoever has
 * less to do writes the block. No byte is read a second time. When all blocks wait for the
 * worker, the receiver waits, and TCP tells the server to wait.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_SINK_H
#define LOADER_FETCH_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/helper/digests.h"
#include "common/memory.h"

/* The pool: small enough for a helper of 16 MiB, large enough that the worker has something
 * to do while the server has the other core. */
#define SINK_BLOCK_SIZE (256 * 1024)
#define SINK_BLOCKS     12
#define SINK_FILES      2

struct sink;

struct sink_spec {
    int fds[SINK_FILES];            /* write-only, at offset 0; they stay the caller's */
    const char *names[SINK_FILES];  /* for messages: "kernel" */
    void (*waiting)(void *context); /* called about twice a second while a call waits */
    void *context;
};

/* Starts the worker. NULL with ERR when there is no thread to be had. */
struct sink *sink_new(const struct sink_spec *spec, struct error *err) must_check;
/* Waits for the worker and ends it. NULL is fine. */
void sink_free(struct sink *sink);

/* FILE begins anew: what it holds is dropped, and the digests of MASK (DIGEST_BITs) start. Waits
 * for the worker. 0, or -1 with ERR. */
int sink_begin(struct sink *sink, unsigned file, unsigned mask, struct error *err) must_check;
/* Adds bytes at the end of FILE; may wait for a block. 0; or -1 with ERR when they, or some
 * before them, cannot be written: full disk, file size limit. */
int sink_add(struct sink *sink, unsigned file, const void *bytes, size_t length,
             struct error *err) must_check;
/* Writes what is left of FILE and waits for its digests. 0, or -1 with ERR as above. */
int sink_end(struct sink *sink, unsigned file, struct error *err) must_check;
/* After sink_end(): bytes written, and one digest of them, once for each kind. */
uint64_t sink_size(const struct sink *sink, unsigned file);
int sink_digest(struct sink *sink, unsigned file, enum digest kind, struct checksum *sum,
                struct error *err) must_check;

#endif
