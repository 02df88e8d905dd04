/* lzop's files: blocks of LZO1X, each with its lengths.
 *
 * Format, all numbers big-endian (the kernel's lib/decompress_unlzo.c, and lzop's own source): 9
 * bytes of magic, the version (2 bytes), the library's and the one that is needed (2 each), method
 * and level (1 each), flags (4), a filter's number (4) where flags say so, mode and time (12), the
 * length of a name (1) and the name, a checksum (4). Then blocks: length unpacked (4; 0 is the
 * end), length packed (4), the checksums that flags name, the bytes; as they are when both lengths
 * are the same.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_LZOP_H
#define LOADER_MEDIUM_LZOP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/memory.h"

/* Bytes of a block, unpacked: as lzop makes them, and all that the kernel's own code takes. */
#define LZOP_BLOCK_MAX (256 * 1024)

/* Reads up to LENGTH bytes at AT into OUT: how many, fewer only at the end; or -1 with ERR. */
typedef ssize_t lzop_read(void *context, uint64_t at, void *out, size_t length, struct error *err);

/* One reading of one file, from its start to its end. Starts zeroed; ended by lzop_free(). */
struct lzop {
    lzop_read *read;
    void *context;
    uint64_t at; /* of the next block */
    uint32_t flags;
    unsigned char *packed, *block;
};

/* Begins to read what READ gives of CONTEXT. 0; or -1 with ERR: it is no such file. */
int lzop_begin(struct lzop *lzop, lzop_read *read, void *context, struct error *err) must_check;

/* Unpacks the next block into *BLOCK, which is LZOP's until the next call, of *LENGTH bytes. 1; 0:
 * there is none; or -1 with ERR ("its lzo data is damaged"). */
int lzop_next(struct lzop *lzop, const unsigned char **block, size_t *length,
              struct error *err) must_check;

void lzop_free(struct lzop *lzop);

#endif
