/* The checksums of Btrfs' superblocks and nodes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_DIGEST_H
#define FSPROBE_FS_BTRFS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"

/* Whether checksums of kind TYPE, as the superblock has it, can be verified. */
bool btrfs_digest_known(unsigned type) must_check;
/* Whether the SIZE bytes of a superblock or node begin with the checksum of what follows its
 * BTRFS_CSUM_SIZE bytes. TYPE is known, SIZE larger than that. */
bool btrfs_digest_fits(unsigned type, const unsigned char *bytes, size_t size) must_check;

#endif
