/* xxHash of 64 bits, with the seed 0.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_XXHASH_H
#define FSPROBE_FS_BTRFS_XXHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t xxhash64(const unsigned char *bytes, size_t length);

#endif
