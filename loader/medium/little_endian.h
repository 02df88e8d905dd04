/* Numbers of kernels and their headers, which need not be aligned. Whoever calls has seen that the
 * bytes are there. Private to medium.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_LITTLE_ENDIAN_H
#define LOADER_MEDIUM_LITTLE_ENDIAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* The two bytes at BYTES as a little-endian number. */
static inline uint16_t half(const unsigned char *bytes)
{
    uint16_t value;

    memcpy(&value, bytes, sizeof value);
    return le16toh(value);
}

/* The four bytes at BYTES, likewise. */
static inline uint32_t word(const unsigned char *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return le32toh(value);
}

#endif
