/* BLAKE2b of 256 bits, without a key.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_BLAKE2B_H
#define FSPROBE_FS_BTRFS_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

#define BLAKE2B_SIZE 32
void blake2b(const unsigned char *bytes, size_t length, unsigned char out[BLAKE2B_SIZE]);

#endif
