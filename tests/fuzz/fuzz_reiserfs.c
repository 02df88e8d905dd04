/* Fuzz target: a ReiserFS, which has no checksums. The input is its blocks of 1 KiB that are not
 * empty, each behind its number: four bytes, little-endian.
 *
 *   make fuzz FUZZ_TARGETS=reiserfs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/reiserfs/reiserfs.h"
#include "tests/fuzz/walk.h"

#define BLOCK     1024
#define RECORD    (4 + BLOCK)
#define DISK_SIZE (4 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

struct blocks {
    struct source source;
    const uint8_t *data;
    size_t count;
};

static const uint8_t *find(const struct blocks *blocks, uint64_t number)
{
    for (size_t i = 0; i < blocks->count; i++)
        if (get_le32(blocks->data + i * RECORD) == number)
            return blocks->data + i * RECORD + 4;
    return NULL;
}

static int read_blocks(struct source *source, uint64_t at, void *out, size_t length,
                       struct error *err)
{
    unsigned char *to = out;

    (void)err;
    while (length) {
        const uint8_t *block = find((struct blocks *)source, at / BLOCK);
        size_t skip = at % BLOCK, part = BLOCK - skip < length ? BLOCK - skip : length;
        if (block)
            memcpy(to, block + skip, part);
        else
            memset(to, 0, part);
        to += part, at += part, length -= part;
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct source_ops ops = {read_blocks, walk_map, NULL};
    uint64_t budget = WALK_BUDGET;
    struct blocks blocks = {{&ops, DISK_SIZE, &budget}, data, size / RECORD};
    struct volume volume = {.source = &blocks.source, .size = DISK_SIZE};

    walk_volume(&volume, &reiserfs_filesystem);
    return 0;
}

/* Changes one block, most often where its numbers begin. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size_t count = size / RECORD;

    if (count == 0 || seed % 64 == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    uint8_t *block = data + seed / 64 % count * RECORD + 4;
    size_t window = seed % 3 == 0 ? BLOCK : 64u << seed % 4;
    size_t at = seed % 5 < 2 ? 0 : seed / 4096 % (BLOCK / 16) * 16;
    if (window > BLOCK - at)
        window = BLOCK - at;
    LLVMFuzzerMutate(block + at, window, window);
    return size;
}
