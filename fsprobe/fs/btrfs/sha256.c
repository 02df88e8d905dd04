/* SHA-256 (FIPS 180-4). See sha256.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/sha256.h"

#include <endian.h>
#include <string.h>

#include "common/bytes.h"

#define BLOCK  64
#define ROUNDS 64
#define WORDS  8

/* The first bits behind the point of the cube roots of the first primes. */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t value, unsigned bits)
{
    return value >> bits | value << (32 - bits);
}

static void expand(uint32_t words[ROUNDS], const unsigned char block[BLOCK])
{
    for (unsigned i = 0; i < 16; i++)
        words[i] = get_be32(block + 4 * i);
    for (unsigned i = 16; i < ROUNDS; i++) {
        uint32_t a = words[i - 15], b = words[i - 2];
        words[i] = words[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + words[i - 7] +
                   (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
}

#define WORD(number) s[((number) + ROUNDS - i) % WORDS]

static void add_block(uint32_t state[WORDS], const unsigned char block[BLOCK])
{
    uint32_t words[ROUNDS], s[WORDS];

    expand(words, block);
    memcpy(s, state, sizeof s);
    /* In each round the words move on by one place: what moves is where they begin. */
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint32_t a = WORD(0), e = WORD(4);
        uint32_t first = WORD(7) + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
                         ((e & WORD(5)) ^ (~e & WORD(6))) + constants[i] + words[i];
        uint32_t second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
                          ((a & WORD(1)) ^ (a & WORD(2)) ^ (WORD(1) & WORD(2)));
        WORD(3) += first;
        WORD(7) = first + second;
    }
    for (unsigned i = 0; i < WORDS; i++)
        state[i] += s[i];
}

/* What is left, a one bit, zeros, and the length in bits at the end of a block. */
static void add_end(uint32_t state[WORDS], const unsigned char *rest, size_t left, size_t length)
{
    unsigned char block[BLOCK] = {0};
    uint64_t bits = htobe64((uint64_t)length * 8);

    memcpy(block, rest, left);
    block[left] = 0x80;
    if (left + 1 + sizeof bits > BLOCK) {
        add_block(state, block);
        memset(block, 0, sizeof block);
    }
    memcpy(block + BLOCK - sizeof bits, &bits, sizeof bits);
    add_block(state, block);
}

void sha256(const unsigned char *bytes, size_t length, unsigned char out[SHA256_SIZE])
{
    uint32_t state[WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    size_t left = length;

    for (; left >= BLOCK; left -= BLOCK, bytes += BLOCK)
        add_block(state, bytes);
    add_end(state, bytes, left, length);
    for (unsigned i = 0; i < WORDS; i++) {
        uint32_t word = htobe32(state[i]);
        memcpy(out + 4 * i, &word, sizeof word);
    }
}
