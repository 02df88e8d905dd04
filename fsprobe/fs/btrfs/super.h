/* Btrfs' superblock: checked, so that whoever uses it may divide, shift and allocate by it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_SUPER_H
#define FSPROBE_FS_BTRFS_SUPER_H

#include <stdbool.h>

#include "common/error.h"
#include "fsprobe/fs/btrfs/format.h"
#include "fsprobe/fs/source.h"

#define BTRFS_SUPER_SIZE   4096
#define BTRFS_SYSTEM_MAX   2048 /* bytes of chunks in a superblock */
#define BTRFS_SECTOR_MIN   4096
#define BTRFS_SUPER_AT     (UINT64_C(64) * 1024)
#define BTRFS_SUPER_COPIES 3

struct btrfs_super {
    unsigned char fsid[BTRFS_UUID_SIZE];      /* that all devices share */
    unsigned char node_fsid[BTRFS_UUID_SIZE]; /* that stands in the nodes */
    uint64_t generation;
    uint64_t root, root_generation; /* of the root tree: a logical address */
    uint64_t chunk_root, chunk_generation;
    uint8_t root_level, chunk_level; /* below BTRFS_LEVELS */
    uint64_t root_directory;         /* in the root tree */
    bool has_log;                    /* changes that are not in the trees yet */
    uint64_t device_count;           /* at least 1 */
    uint64_t device;                 /* whose superblock this is */
    unsigned char device_uuid[BTRFS_UUID_SIZE];
    unsigned sector_size, node_size; /* bytes; powers of two up to BTRFS_NODE_MAX */
    unsigned csum_type;              /* known to digest.h */
    size_t system_size;              /* bytes of: */
    unsigned char system[BTRFS_SYSTEM_MAX];
};

/* The superblock of the device SOURCE: the first, or where that is damaged the newest sound one of
 * its copies. 0; or -1 with ERR: there is none, or one of a filesystem that cannot be read. */
int btrfs_super_read(struct source *source, struct btrfs_super *super,
                     struct error *err) must_check;

#endif
