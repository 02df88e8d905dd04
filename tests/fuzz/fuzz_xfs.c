/* Fuzz target: a filesystem of XFS, all of whose names are listed and whose files are mapped.
 *
 * The input is the pieces of the filesystem that are not zeros: for each its number, four bytes,
 * big-endian, and its XFS_PIECE bytes. What is changed in a piece gets its checksum put right, or
 * else nothing would be reached but the comparison of checksums.
 *
 *   make fuzz FUZZ_TARGETS=xfs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <string.h>

#include "fsprobe/fs/xfs/xfs.h"
#include "tests/fuzz/walk.h"
#include "tests/unit/xfs_mend.h"

#define RECORD    (4 + XFS_PIECE)
#define DISK_SIZE (64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

struct pieces {
    struct source source;
    const uint8_t *data;
    size_t count;
};

static const uint8_t *find(const struct pieces *pieces, uint64_t number)
{
    for (size_t i = 0; i < pieces->count; i++)
        if (get_be32(pieces->data + i * RECORD) == number)
            return pieces->data + i * RECORD + 4;
    return NULL;
}

static int read_pieces(struct source *source, uint64_t at, void *out, size_t length,
                       struct error *err)
{
    unsigned char *to = out;

    (void)err;
    while (length) {
        const uint8_t *piece = find((struct pieces *)source, at / XFS_PIECE);
        size_t skip = at % XFS_PIECE;
        size_t part = XFS_PIECE - skip < length ? XFS_PIECE - skip : length;
        if (piece)
            memcpy(to, piece + skip, part);
        else
            memset(to, 0, part);
        to += part, at += part, length -= part;
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct source_ops ops = {read_pieces, walk_map, NULL};
    uint64_t budget = WALK_BUDGET;
    struct pieces pieces = {{&ops, DISK_SIZE, &budget}, data, size / RECORD};
    struct volume volume = {.source = &pieces.source, .size = DISK_SIZE};

    walk_volume(&volume, &xfs_filesystem);
    return 0;
}

/* Changes one piece, a few bytes of it or many, and puts the checksums in it right. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    enum xfs_structure structures[XFS_PIECE / XFS_INODE_SIZE];
    size_t count = size / RECORD;

    if (count == 0 || seed % 64 == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    uint8_t *piece = data + seed / 64 % count * RECORD + 4;
    for (size_t i = 0; i < ARRAY_SIZE(structures); i++)
        structures[i] = xfs_structure_at(piece + i * XFS_INODE_SIZE);
    /* a window, as most of the numbers are at the start of a structure */
    size_t window = seed % 3 == 0 ? XFS_PIECE : 64u << seed % 4;
    size_t at = seed % 5 < 2 ? 0 : seed / 4096 % (XFS_PIECE / 32) * 32;
    if (window > XFS_PIECE - at)
        window = XFS_PIECE - at;
    LLVMFuzzerMutate(piece + at, window, window);
    for (size_t i = 0; i < ARRAY_SIZE(structures); i++)
        if (i == 0 || structures[i] == XFS_INODE)
            xfs_mend(piece + i * XFS_INODE_SIZE, structures[i]);
    return size;
}
