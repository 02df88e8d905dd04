/* The blocks of an lzop file. See lzop.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/lzop.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "common/lzo.h"

#define MAGIC "\x89LZO\0\r\n\x1a\n"
/* The first one with a level and a time of 64 bits: of 1998. */
#define VERSION_MIN 0x0940
#define VERSION_AT  9
#define FLAGS_AT    17
/* Up to the flags, and behind them: mode and time. */
#define HEAD_SIZE 21
#define TIME_SIZE 12
#define SUM_SIZE  4

/* Flags: Adler-32 and CRC-32, of what comes out and of what goes in; a filter. */
#define ADLER_OUT 0x001
#define ADLER_IN  0x002
#define CRC_OUT   0x100
#define CRC_IN    0x200
#define FILTER    0x800

#define ADLER_BASE 65521
/* So many bytes cannot overflow its sums. */
#define ADLER_RUN 5552

static int damaged(struct error *err)
{
    return error_set(err, ERROR_INVALID_SOURCE, "its lzo data is damaged");
}

static uint32_t number(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return be32toh(value);
}

/* Exactly LENGTH bytes from where LZOP stands. */
static int take(struct lzop *lzop, void *out, size_t length, struct error *err)
{
    ssize_t got = lzop->read(lzop->context, lzop->at, out, length, err);

    if (got < 0)
        return -1;
    if ((size_t)got < length)
        return damaged(err);
    lzop->at += length;
    return 0;
}

int lzop_begin(struct lzop *lzop, lzop_read *read, void *context, struct error *err)
{
    unsigned char head[HEAD_SIZE], name_length;

    lzop_free(lzop);
    *lzop = (struct lzop){.read = read, .context = context};
    if (take(lzop, head, sizeof head, err) < 0)
        return -1;
    if (memcmp(head, MAGIC, VERSION_AT) != 0 ||
        (head[VERSION_AT] << 8 | head[VERSION_AT + 1]) < VERSION_MIN)
        return damaged(err);
    lzop->flags = number(head + FLAGS_AT);
    lzop->at += TIME_SIZE + (lzop->flags & FILTER ? SUM_SIZE : 0);
    if (take(lzop, &name_length, 1, err) < 0)
        return -1;
    lzop->at += name_length + SUM_SIZE;
    lzop->packed = xmalloc(LZOP_BLOCK_MAX);
    lzop->block = xmalloc(LZOP_BLOCK_MAX);
    return 0;
}

static uint32_t adler32(const unsigned char *bytes, size_t length)
{
    uint32_t a = 1, b = 0;

    while (length > 0) {
        size_t run = length < ADLER_RUN ? length : ADLER_RUN;

        length -= run;
        for (; run > 0; run--) {
            a += *bytes++;
            b += a;
        }
        a %= ADLER_BASE;
        b %= ADLER_BASE;
    }
    return b << 16 | a;
}

/* Passes over the checksums of a block; of those that there may be, *ADLER is the one that is
 * looked at. */
static int take_sums(struct lzop *lzop, bool packed, uint32_t *adler, struct error *err)
{
    unsigned char sum[SUM_SIZE];

    if (lzop->flags & ADLER_OUT) {
        if (take(lzop, sum, sizeof sum, err) < 0)
            return -1;
        *adler = number(sum);
    }
    lzop->at += lzop->flags & CRC_OUT ? SUM_SIZE : 0;
    if (packed)
        lzop->at += (lzop->flags & ADLER_IN ? SUM_SIZE : 0) + (lzop->flags & CRC_IN ? SUM_SIZE : 0);
    return 0;
}

int lzop_next(struct lzop *lzop, const unsigned char **block, size_t *length, struct error *err)
{
    unsigned char field[4];
    uint32_t adler = 0;
    size_t produced;

    if (take(lzop, field, sizeof field, err) < 0)
        return -1;
    uint32_t unpacked = number(field);
    if (unpacked == 0) {
        lzop->at -= sizeof field; /* it is the end for whoever asks again, too */
        return 0;
    }
    if (take(lzop, field, sizeof field, err) < 0)
        return -1;
    uint32_t packed = number(field);
    if (unpacked > LZOP_BLOCK_MAX || packed == 0 || packed > unpacked)
        return damaged(err);
    if (take_sums(lzop, packed < unpacked, &adler, err) < 0 ||
        take(lzop, packed < unpacked ? lzop->packed : lzop->block, packed, err) < 0)
        return -1;
    if (packed < unpacked &&
        (lzo_unpack(lzop->packed, packed, lzop->block, unpacked, &produced) < 0 ||
         produced != unpacked))
        return damaged(err);
    if ((lzop->flags & ADLER_OUT) && adler32(lzop->block, unpacked) != adler)
        return damaged(err);
    *block = lzop->block;
    *length = unpacked;
    return 1;
}

void lzop_free(struct lzop *lzop)
{
    free(lzop->packed);
    free(lzop->block);
    *lzop = (struct lzop){.read = NULL};
}
