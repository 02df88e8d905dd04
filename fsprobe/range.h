/* Bytes from one descriptor to another, by whatever is fastest for them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_RANGE_H
#define FSPROBE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/helper/report.h"
#include "common/memory.h"

#define RANGE_CHUNK (1024 * 1024) /* bytes read at once where the kernel cannot copy */
/* Bytes mapped at once; and fewer than these are not worth a mapping (measured, as range.c says).
 */
#define RANGE_WINDOW       (2 * 1024 * 1024)
#define RANGE_MAPPED_LEAST (256 * 1024)
/* Nor are fewer than these worth being asked room for. */
#define RANGE_RESERVED_LEAST (1024 * 1024)

/* Who is told how far copying is: DONE of TOTAL bytes. */
struct range_watch {
    struct report *report;
    uint64_t done, total;
};

/* Copies between two descriptors; what was learnt of them holds for the next call. Starts with both
 * descriptors, which stay the caller's, and zeros. */
struct range_copier {
    int from, to;
    unsigned sector;           /* bytes, of what is a disc: as of struct source; else 0 */
    struct range_watch *watch; /* or NULL */
    /* What cannot be done here: */
    bool unshared;         /* sharing blocks */
    bool unmapped;         /* mapping what is copied */
    bool by_hand;          /* copy_file_range(2) */
    bool unreserved;       /* room for what is written */
    unsigned char *buffer; /* RANGE_CHUNK bytes, when one was needed; owned */
};

/* LENGTH bytes at PLACE of the one to AT of the other. 0; or -1 with ERR: which of the two failed,
 * where, and why, without any name. */
int range_copy(struct range_copier *copier, uint64_t place, uint64_t at, uint64_t length,
               struct error *err) must_check;
/* Writes LENGTH bytes of memory to AT. 0, or -1 with ERR. */
int range_put(struct range_copier *copier, const void *bytes, uint64_t at, uint64_t length,
              struct error *err) must_check;
void range_free(struct range_copier *copier);
#define auto_range __attribute__((cleanup(range_free)))

#endif
