/* CRC-32 (polynomial 0xedb88320), as GPT and LVM have it, each with its own begin and end.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_CRC32_H
#define FSPROBE_DISK_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Goes on from VALUE over LENGTH bytes; nothing is inverted. */
uint32_t crc32_update(uint32_t value, const void *bytes, size_t length);

#endif
