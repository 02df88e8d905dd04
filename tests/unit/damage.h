/* One frame for damage to what a reader reads: each field with the values that are most often
 * wrong, and bytes at random, with checksums put right behind it. Whatever is changed, the reader
 * ends with an answer or a sentence; what it answers is checked by whoever looks.
 *
 * With LONG in the environment, thousands of changes at random, else some hundred.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_DAMAGE_H
#define TESTS_UNIT_DAMAGE_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DAMAGE_CASES      300
#define DAMAGE_LONG_CASES 20000
#define DAMAGE_BYTES      8 /* that one case changes at most */

struct damage {
    unsigned char *bytes; /* all that may be changed */
    bool big;             /* its numbers are big-endian */
    /* Puts the checksum right of what byte AT is in; NULL: there is none. */
    void (*mend)(void *context, size_t at);
    void (*look)(void *context); /* reads everything */
    void *context;
};

/* A range of bytes where numbers are. */
struct damage_place {
    size_t at, length;
};

static inline uint64_t damage_get(const struct damage *damage, size_t at, unsigned width)
{
    uint64_t value = 0;

    if (damage->big)
        memcpy((char *)&value + (8 - width), damage->bytes + at, width);
    else
        memcpy(&value, damage->bytes + at, width);
    return damage->big ? be64toh(value) : le64toh(value);
}

static inline void damage_put(const struct damage *damage, size_t at, unsigned width,
                              uint64_t value)
{
    value = damage->big ? htobe64(value) : htole64(value);
    memcpy(damage->bytes + at, damage->big ? (char *)&value + (8 - width) : (char *)&value, width);
    if (damage->mend)
        damage->mend(damage->context, at);
}

/* The number of WIDTH bytes at AT: 0, 1, all ones, one more, one less, and with another sign. */
static inline void damage_field(const struct damage *damage, size_t at, unsigned width)
{
    uint64_t is = damage_get(damage, at, width);
    const uint64_t values[] = {0,      1,      UINT64_MAX,
                               is + 1, is - 1, is ^ UINT64_C(1) << (8 * width - 1)};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        damage_put(damage, at, width, values[i]);
        damage->look(damage->context);
    }
    damage_put(damage, at, width, is);
}

/* All numbers of WIDTH bytes, one behind the other, of PLACE. */
static inline void damage_fields(const struct damage *damage, struct damage_place place,
                                 unsigned width)
{
    for (size_t at = 0; at + width <= place.length; at += width)
        damage_field(damage, place.at + at, width);
}

static inline uint32_t damage_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Some bytes at once in the COUNT PLACES, again and again. */
static inline void damage_at_random(const struct damage *damage, const struct damage_place *places,
                                    size_t count)
{
    unsigned cases = getenv("LONG") ? DAMAGE_LONG_CASES : DAMAGE_CASES;

    for (unsigned i = 0; i < cases; i++) {
        uint32_t seed = i * 2654435761u + 1;
        unsigned char kept[DAMAGE_BYTES];
        size_t at[DAMAGE_BYTES];
        unsigned changes = damage_random(&seed) % DAMAGE_BYTES + 1;
        for (unsigned k = 0; k < changes; k++) {
            const struct damage_place *place = &places[damage_random(&seed) % count];
            at[k] = place->at + damage_random(&seed) % place->length;
            kept[k] = damage->bytes[at[k]];
            damage_put(damage, at[k], 1, damage_random(&seed) & 0xff);
        }
        damage->look(damage->context);
        for (unsigned k = changes; k-- > 0;)
            damage_put(damage, at[k], 1, kept[k]);
    }
}

#endif
