/* Fuzz target: a filesystem of UFS, which has no checksums. The input is the first bytes of the
 * disk; behind them it is empty.
 *
 *   make fuzz FUZZ_TARGETS=ufs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <string.h>

#include "fsprobe/fs/ufs/ufs.h"
#include "tests/fuzz/walk.h"

#define DISK_SIZE (4 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    struct source source;
    const uint8_t *data;
    size_t size;
};

static int read_input(struct source *source, uint64_t at, void *out, size_t length,
                      struct error *err)
{
    const struct input *input = (struct input *)source;
    size_t there = at < input->size ? input->size - (size_t)at : 0;

    (void)err;
    if (there > length)
        there = length;
    if (there)
        memcpy(out, input->data + at, there);
    memset((char *)out + there, 0, length - there);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct source_ops ops = {read_input, walk_map, NULL};
    uint64_t budget = WALK_BUDGET;
    struct input input = {{&ops, DISK_SIZE, &budget}, data, size};
    struct volume volume = {.source = &input.source, .size = DISK_SIZE};

    walk_volume(&volume, &ufs_filesystem);
    return 0;
}
