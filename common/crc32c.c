/* CRC-32C, eight bytes a step: one table for each of the eight says what a byte does to the
 * remainder that many bytes later. SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/crc32c.h"

#include <stdbool.h>

#include "common/bytes.h"

#define POLYNOMIAL 0x82f63b78 /* its highest power in the lowest bit */
#define STEP       8

static uint32_t tables[STEP][256];

static void make_tables(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
        tables[0][byte] = crc;
    }
    for (unsigned i = 1; i < STEP; i++)
        for (unsigned byte = 0; byte < 256; byte++)
            tables[i][byte] = tables[i - 1][byte] >> 8 ^ tables[0][tables[i - 1][byte] & 255];
}

uint32_t crc32c(uint32_t crc, const void *bytes, size_t length)
{
    static bool made;
    const unsigned char *at = bytes;

    if (!made)
        make_tables();
    made = true;
    for (; length >= STEP; length -= STEP, at += STEP) {
        uint32_t low = get_le32(at) ^ crc, high = get_le32(at + 4);
        crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^
              tables[4][low >> 24] ^ tables[3][high & 255] ^ tables[2][high >> 8 & 255] ^
              tables[1][high >> 16 & 255] ^ tables[0][high >> 24];
    }
    for (; length; length--, at++)
        crc = crc >> 8 ^ tables[0][(crc ^ *at) & 255];
    return crc;
}
