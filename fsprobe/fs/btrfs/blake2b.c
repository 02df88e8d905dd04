/* BLAKE2b (RFC 7693). See blake2b.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/blake2b.h"

#include <stdbool.h>
#include <string.h>

#include "common/bytes.h"

#define BLOCK  128
#define ROUNDS 12
#define WORDS  8

static const uint64_t start[WORDS] = {UINT64_C(0x6a09e667f3bcc908), UINT64_C(0xbb67ae8584caa73b),
                                      UINT64_C(0x3c6ef372fe94f82b), UINT64_C(0xa54ff53a5f1d36f1),
                                      UINT64_C(0x510e527fade682d1), UINT64_C(0x9b05688c2b3e6c1f),
                                      UINT64_C(0x1f83d9abfb41bd6b), UINT64_C(0x5be0cd19137e2179)};

/* In which order a round takes the words of a block; from the tenth on they begin anew. */
static const uint8_t orders[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                       {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                       {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                       {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                       {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                       {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                       {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                       {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                       {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                       {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

static uint64_t turn(uint64_t value, unsigned bits)
{
    return value >> bits | value << (64 - bits);
}

static void mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, uint64_t x, uint64_t y)
{
    *a += *b + x;
    *d = turn(*d ^ *a, 32);
    *c += *d;
    *b = turn(*b ^ *c, 24);
    *a += *b + y;
    *d = turn(*d ^ *a, 16);
    *c += *d;
    *b = turn(*b ^ *c, 63);
}

/* One block: TOTAL bytes are done with it. */
static void add_block(uint64_t state[WORDS], const unsigned char block[BLOCK], uint64_t total,
                      bool last)
{
    uint64_t words[16], v[16];

    for (unsigned i = 0; i < 16; i++)
        words[i] = get_le64(block + 8 * i);
    memcpy(v, state, sizeof start);
    memcpy(v + WORDS, start, sizeof start);
    v[12] ^= total;
    if (last)
        v[14] = ~v[14];
    for (unsigned round = 0; round < ROUNDS; round++) {
        const uint8_t *order = orders[round % 10];
        /* by columns, then by diagonals */
        for (unsigned i = 0; i < 8; i++) {
            unsigned shift = i / 4, a = i % 4;
            mix(&v[a], &v[4 + (a + shift) % 4], &v[8 + (a + 2 * shift) % 4],
                &v[12 + (a + 3 * shift) % 4], words[order[2 * i]], words[order[2 * i + 1]]);
        }
    }
    for (unsigned i = 0; i < WORDS; i++)
        state[i] ^= v[i] ^ v[i + WORDS];
}

void blake2b(const unsigned char *bytes, size_t length, unsigned char out[BLAKE2B_SIZE])
{
    unsigned char block[BLOCK] = {0};
    uint64_t state[WORDS];
    size_t done = 0;

    memcpy(state, start, sizeof state);
    state[0] ^= 0x01010000 ^ BLAKE2B_SIZE;
    /* the last block is for the end, though it be full */
    for (; length - done > BLOCK; done += BLOCK)
        add_block(state, bytes + done, done + BLOCK, false);
    memcpy(block, bytes + done, length - done);
    add_block(state, block, length, true);
    for (unsigned i = 0; i < BLAKE2B_SIZE / 8; i++) {
        uint64_t word = htole64(state[i]);
        memcpy(out + 8 * i, &word, sizeof word);
    }
}
