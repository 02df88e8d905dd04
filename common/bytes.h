/* Numbers inside bytes of foreign origin: any place, either byte order. Whoever calls has seen that
 * the bytes are there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_BYTES_H
#define COMMON_BYTES_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define BYTES_READER(name, type, to_host)      \
    static inline type name(const void *bytes) \
    {                                          \
        type value;                            \
                                               \
        memcpy(&value, bytes, sizeof value);   \
        return to_host(value);                 \
    }
BYTES_READER(get_be16, uint16_t, be16toh)
BYTES_READER(get_be32, uint32_t, be32toh)
BYTES_READER(get_be64, uint64_t, be64toh)
BYTES_READER(get_le16, uint16_t, le16toh)
BYTES_READER(get_le32, uint32_t, le32toh)
BYTES_READER(get_le64, uint64_t, le64toh)
#undef BYTES_READER

#endif
