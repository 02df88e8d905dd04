/* Everything that can be asked of a Btrfs, whatever its bytes are: for tests that damage it.
 * Devices are in memory. A rule that is broken ends the program.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_BTRFS_WALK_H
#define TESTS_UNIT_BTRFS_WALK_H

#include <stddef.h>
#include <stdint.h>

#define BTRFS_WALK_DEVICES 4
/* Bytes that all that is asked together may cost. */
#define BTRFS_WALK_BUDGET (UINT64_C(8) * 1024 * 1024)

struct btrfs_memory {
    const unsigned char *bytes; /* not owned; NULL: the device is not there */
    uint64_t size;
};

/* What came of it: how many names were seen, and how many bytes of files. */
struct btrfs_walked {
    int opened; /* 1, or 0 */
    unsigned names, files, failures;
    uint64_t bytes;
};
struct btrfs_walked btrfs_walk(const struct btrfs_memory devices[BTRFS_WALK_DEVICES]);

/* Puts the right CRC-32C in front of the SIZE bytes of a superblock or node. */
void btrfs_mend(unsigned char *bytes, size_t size);

#endif
