/* The result as it is written: in large blocks, never past its limit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_OUTPUT_H
#define LOADER_RAMDISK_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

#define OUTPUT_BLOCK (256 * 1024) /* bytes that are written at once */

struct output {
    int fd; /* not owned */
    uint64_t limit;
    const char *name; /* of the ramdisk that becomes too large, for errors */
    uint64_t size;    /* bytes added so far */
    unsigned char *block;
    size_t used;
};

/* Starts OUTPUT at FD, a file at its start, of which at most LIMIT bytes are written. NAME (kept)
 * is for errors. Ended by output_close(), which does not write what waits. */
void output_open(struct output *output, int fd, uint64_t limit, const char *name);
/* Frees the block; FD stays open. */
void output_close(struct output *output);
#define auto_output __attribute__((cleanup(output_close)))

/* Adds LENGTH bytes. This and the next two: 0; or -1 with ERR: it cannot be written, or becomes
 * larger than the limit. */
int output_add(struct output *output, const void *bytes, size_t length,
               struct error *err) must_check;
/* Zero bytes up to a multiple of ALIGNMENT (at most 512). */
int output_align(struct output *output, unsigned alignment, struct error *err) must_check;
/* Writes what waits; the last call. */
int output_finish(struct output *output, struct error *err) must_check;

#endif
