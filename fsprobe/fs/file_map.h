/* Where the bytes of a file stand on its disk: what a filesystem tells whoever copies the file, so
 * that no byte of it goes through the filesystem's own reader.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_FILE_MAP_H
#define FSPROBE_FS_FILE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"

/* A file in more pieces is not copied: 512 MiB in blocks of 1 KiB, none beside another. */
#define FILE_RUNS_MAX (512 * 1024)

/* How the bytes of a run stand on the disk. */
enum file_packing { FILE_PLAIN, FILE_ZLIB, FILE_LZO, FILE_ZSTD };
/* The most that one packed run may be, packed or unpacked: Btrfs' own bound. */
#define FILE_PACKED_MAX (128 * 1024)

/* LENGTH bytes that stand together. All are in bytes. */
struct file_run {
    uint64_t at;    /* into the file */
    uint64_t place; /* into the disk; of a packed run: in the filesystem's own addresses */
    uint64_t length;
    unsigned disk; /* index, from 0; of a plain run */
    /* From a journal, which kept four zeros in the place of its own magic number: the first
     * four bytes are FILE_ESCAPED. */
    bool escaped;
    /* A packed run is not copied but unpacked, by the filesystem (unpack() of filesystem.h): of
     * what PACKED_LENGTH bytes at PLACE unpack to, the LENGTH bytes behind the first SKIP. */
    enum file_packing packing;
    uint32_t packed_length, skip;
};
#define FILE_ESCAPED "\xC0\x3B\x39\x98"

/* The runs are in the order of the file and do not overlap; what is between them, and behind the
 * last one up to SIZE, are zeros. Files that the filesystem keeps in its own structures have
 * BYTES, SIZE of them, and no runs. */
struct file_map {
    uint64_t size; /* bytes */
    struct file_run *runs;
    size_t count;
    unsigned char *bytes;
};
#define FILE_MAP_INIT \
    (struct file_map) \
    {                 \
        .size = 0     \
    }

/* Adds RUN at the end, joined with the last one where it goes on there. False when there are
 * FILE_RUNS_MAX. */
bool file_map_add(struct file_map *map, const struct file_run *run) must_check;
/* Leaves of MAP the LENGTH bytes from BEGIN, which are inside of it. False when they begin inside a
 * FILE_ESCAPED, which no run can say. */
bool file_map_cut(struct file_map *map, uint64_t begin, uint64_t length) must_check;
void file_map_free(struct file_map *map);
#define auto_file_map __attribute__((cleanup(file_map_free)))

#endif
