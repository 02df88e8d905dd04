/* CRC-32C (Castagnoli), by which XFS, Btrfs and md check what stands on a disk.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_CRC32C_H
#define COMMON_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC carried on over LENGTH bytes, with nothing inverted at either end: the usual checksum is
 * ~crc32c(~0u, bytes, length). For one thread. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t length);

#endif
