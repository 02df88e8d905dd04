/* xxHash64. See xxhash.h. By its description, https://github.com/Cyan4973/xxHash/blob/dev/doc/
 * xxhash_spec.md. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/xxhash.h"

#include "common/bytes.h"

#define PRIME_1 UINT64_C(0x9e3779b185ebca87)
#define PRIME_2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define PRIME_3 UINT64_C(0x165667b19e3779f9)
#define PRIME_4 UINT64_C(0x85ebca77c2b2ae63)
#define PRIME_5 UINT64_C(0x27d4eb2f165667c5)

#define LANES 4

static uint64_t turn(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t round_of(uint64_t lane, uint64_t input)
{
    return turn(lane + input * PRIME_2, 31) * PRIME_1;
}

/* As many steps of 32 bytes as there are, eight for each lane; and the lanes put together. */
static uint64_t stripes(const unsigned char **at, size_t *left)
{
    static const uint8_t turns[LANES] = {1, 7, 12, 18};
    uint64_t lanes[LANES] = {PRIME_1 + PRIME_2, PRIME_2, 0, -PRIME_1}, hash = 0;

    for (; *left >= 8 * LANES; *left -= 8 * LANES)
        for (unsigned i = 0; i < LANES; i++, *at += 8)
            lanes[i] = round_of(lanes[i], get_le64(*at));
    for (unsigned i = 0; i < LANES; i++)
        hash += turn(lanes[i], turns[i]);
    for (unsigned i = 0; i < LANES; i++)
        hash = (hash ^ round_of(0, lanes[i])) * PRIME_1 + PRIME_4;
    return hash;
}

uint64_t xxhash64(const unsigned char *bytes, size_t length)
{
    size_t left = length;
    uint64_t hash = length >= 8 * LANES ? stripes(&bytes, &left) : PRIME_5;

    hash += length;
    for (; left >= 8; left -= 8, bytes += 8)
        hash = turn(hash ^ round_of(0, get_le64(bytes)), 27) * PRIME_1 + PRIME_4;
    if (left >= 4) {
        hash = turn(hash ^ get_le32(bytes) * PRIME_1, 23) * PRIME_2 + PRIME_3;
        left -= 4;
        bytes += 4;
    }
    for (; left; left--, bytes++)
        hash = turn(hash ^ *bytes * PRIME_5, 11) * PRIME_1;
    hash = (hash ^ hash >> 33) * PRIME_2;
    hash = (hash ^ hash >> 29) * PRIME_3;
    return hash ^ hash >> 32;
}
