/* The three ways to hash names. They take characters for signed, and that is part of the format.
 * See reiserfs_hash.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/reiserfs/reiserfs_hash.h"

#include <string.h>

#define HASH_MASK  0x7fffff80u
#define HASH_FIRST 128 /* in the place of 0: "." and ".." have the offsets 1 and 2 */

static uint32_t r5(const signed char *name, size_t length)
{
    uint32_t a = 0;

    for (size_t i = 0; i < length; i++)
        a = (a + ((uint32_t)name[i] << 4) + (uint32_t)(name[i] >> 4)) * 11;
    return a;
}

/* The digits of a decimal number, whatever characters they are; where the name ends before the
 * 40th, zeros, and then those up to the 256th are their own numbers, of which none is worth more
 * than one. */
static uint32_t yura(const signed char *name, size_t length)
{
    uint32_t a = 0;

    for (size_t i = 0; i < length; i++)
        a = a * 10 + (uint32_t)(name[i] - '0');
    for (uint32_t i = length > 40 ? (uint32_t)length : 40; i < 256; i++)
        a += i;
    return a << 7;
}

static void tea_rounds(uint32_t hash[2], const uint32_t key[4], unsigned rounds)
{
    uint32_t sum = 0, left = hash[0], right = hash[1];

    while (rounds--) {
        sum += 0x9E3779B9;
        left += ((right << 4) + key[0]) ^ (right + sum) ^ ((right >> 5) + key[1]);
        right += ((left << 4) + key[2]) ^ (left + sum) ^ ((left >> 5) + key[3]);
    }
    hash[0] += left;
    hash[1] += right;
}

/* Little-endian; a negative character fills what is above it. */
static uint32_t tea_word(const signed char *name)
{
    return (uint32_t)name[0] | (uint32_t)name[1] << 8 | (uint32_t)name[2] << 16 |
           (uint32_t)name[3] << 24;
}

static uint32_t tea(const signed char *name, size_t length)
{
    uint32_t hash[2] = {0x9464a485, 0x542e1a94}, key[4];
    uint32_t pad = ((uint32_t)length | (uint32_t)length << 8) * 0x10001u;

    for (; length >= 16; length -= 16, name += 16) {
        for (size_t i = 0; i < 4; i++)
            key[i] = tea_word(name + 4 * i);
        tea_rounds(hash, key, 6);
    }
    /* whole words, what is left of the name behind the padding, the padding */
    for (size_t i = 0; i < 4; i++) {
        key[i] = pad;
        if (i < length / 4)
            key[i] = tea_word(name + 4 * i);
        else if (i == length / 4)
            for (size_t k = 4 * i; k < length; k++)
                key[i] = key[i] << 8 | (uint32_t)name[k];
    }
    tea_rounds(hash, key, 10);
    return hash[0] ^ hash[1];
}

bool reiserfs_hash_name(const struct reiserfs *fs, const char *name, size_t length, uint32_t *hash)
{
    const signed char *bytes = (const signed char *)name;
    uint32_t whole;

    if (fs->hash == REISERFS_R5)
        whole = r5(bytes, length);
    else if (fs->hash == REISERFS_YURA)
        whole = yura(bytes, length);
    else if (fs->hash == REISERFS_TEA)
        whole = tea(bytes, length);
    else
        return false;
    *hash = whole & HASH_MASK ? whole & HASH_MASK : HASH_FIRST;
    return true;
}
