/* Btrfs' packed extents: each is at most FILE_PACKED_MAX bytes, packed and unpacked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_UNPACK_H
#define FSPROBE_FS_BTRFS_UNPACK_H

#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"
#include "fsprobe/fs/file_map.h"

/* Starts zeroed. */
struct btrfs_unpacker {
    void *zstd; /* its state, kept from one extent to the next; owned */
    /* FILE_PACKED_MAX of them, of which LENGTH were unpacked; owned; NULL again when many others
     * unpacked something since. */
    unsigned char *bytes;
    size_t length;
};

/* Which extent that was. */
struct btrfs_unpacked {
    uint64_t place;  /* a logical address */
    uint32_t length; /* packed; 0: none */
    enum file_packing packing;
};

/* Unpacks the LENGTH bytes at PACKED, which may have zeros behind them, into UNPACKER->bytes.
 * Whatever the bytes are, no more than FILE_PACKED_MAX come out; what would be more is an error.
 * SECTOR_SIZE: the filesystem's. 0, or -1 with ERR. */
int btrfs_unpack(struct btrfs_unpacker *unpacker, enum file_packing packing,
                 const unsigned char *packed, size_t length, unsigned sector_size,
                 struct error *err) must_check;
void btrfs_unpacker_free(struct btrfs_unpacker *unpacker);

#endif
