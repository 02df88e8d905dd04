/* A disk of which the first bytes are given, and the rest is zeros, for fuzz targets.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_FUZZ_FIRST_BYTES_H
#define TESTS_FUZZ_FIRST_BYTES_H

#include <string.h>

#include "tests/fuzz/walk.h"

struct first_bytes {
    struct source source;
    const uint8_t *data;
    size_t size;
};

static inline int read_first_bytes(struct source *source, uint64_t at, void *out, size_t length,
                                   struct error *err)
{
    const struct first_bytes *input = (struct first_bytes *)source;
    size_t there = at < input->size ? input->size - (size_t)at : 0;

    (void)err;
    if (there > length)
        there = length;
    if (there)
        memcpy(out, input->data + at, there);
    memset((char *)out + there, 0, length - there);
    return 0;
}

/* Looks at all of FILESYSTEM on such a disk, of DISK_SIZE bytes. */
static inline void walk_first_bytes(const uint8_t *data, size_t size, uint64_t disk_size,
                                    const struct filesystem *filesystem)
{
    static const struct source_ops ops = {read_first_bytes, walk_map, NULL};
    uint64_t budget = WALK_BUDGET;
    struct first_bytes input = {{&ops, disk_size, &budget}, data, size};
    struct volume volume = {.source = &input.source, .size = disk_size};

    walk_volume(&volume, filesystem);
}

#endif
