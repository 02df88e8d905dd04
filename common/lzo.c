/* LZO1X: literals, and copies of what came out before. See lzo.h.
 *
 * Each instruction begins with a byte. What it means depends on its size, and for the smallest on
 * what came just before: how many literals the last instruction had at its end. The lowest two
 * bits of most instructions are the number of literals that follow them.
 *
 *   64 … 255  copy 3 to 8 bytes from up to 2 KiB back
 *   32 … 63   copy 2 or more from up to 16 KiB back
 *   16 … 31   copy 2 or more from 16 to 48 KiB back; the distance 16 KiB itself is the end
 *   0 … 15    after no literals: 4 or more literals; after 1 to 3: copy 2 bytes from up to 1 KiB
 *             back; after a long run of them: copy 3 from 2 to 3 KiB back
 *
 * Format: the kernel's Documentation/staging/lzo.rst.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/lzo.h"

#include <stdbool.h>
#include <string.h>

#include "common/bytes.h"

#define LONG_RUN 4 /* in the place of a number of literals: four or more */

struct lzo {
    const unsigned char *in, *in_end;
    unsigned char *begin, *out, *out_end;
    unsigned literals; /* at the end of the last instruction; up to 3, or LONG_RUN */
};

static bool take_byte(struct lzo *lzo, size_t *value)
{
    if (lzo->in == lzo->in_end)
        return false;
    *value = *lzo->in++;
    return true;
}

static bool take_pair(struct lzo *lzo, size_t *value)
{
    if (lzo->in_end - lzo->in < 2)
        return false;
    *value = get_le16(lzo->in);
    lzo->in += 2;
    return true;
}

/* A length of which SHORT was in the instruction: 0 there means that it follows, as BASE, 255 for
 * each zero, and the byte behind them. */
static bool take_length(struct lzo *lzo, size_t here, size_t base, size_t *length)
{
    size_t byte;

    *length = here;
    if (here)
        return true;
    *length = base;
    do {
        /* no more than is there is counted, so this cannot overflow */
        if (!take_byte(lzo, &byte))
            return false;
        *length += byte ? byte : 255;
    } while (byte == 0);
    return true;
}

static bool put_literals(struct lzo *lzo, size_t count)
{
    if ((size_t)(lzo->in_end - lzo->in) < count || (size_t)(lzo->out_end - lzo->out) < count)
        return false;
    memcpy(lzo->out, lzo->in, count);
    lzo->in += count;
    lzo->out += count;
    return true;
}

/* The bytes may reach into what is being written: one that comes out is copied again. */
static bool put_copy(struct lzo *lzo, size_t distance, size_t length)
{
    if ((size_t)(lzo->out - lzo->begin) < distance || (size_t)(lzo->out_end - lzo->out) < length)
        return false;
    for (const unsigned char *from = lzo->out - distance; length; length--)
        *lzo->out++ = *from++;
    return true;
}

/* Then the literals that an instruction ends with. */
static bool copy_then_literals(struct lzo *lzo, size_t distance, size_t length, size_t literals)
{
    lzo->literals = literals & 3;
    return put_copy(lzo, distance, length) && put_literals(lzo, lzo->literals);
}

/* An instruction below 16. */
static bool step_small(struct lzo *lzo, size_t code)
{
    size_t length, byte;

    if (lzo->literals == 0) {
        lzo->literals = LONG_RUN;
        return take_length(lzo, code, 15, &length) && put_literals(lzo, length + 3);
    }
    bool far = lzo->literals == LONG_RUN;
    if (!take_byte(lzo, &byte))
        return false;
    return copy_then_literals(lzo, (byte << 2) + (code >> 2) + (far ? 2049 : 1), far ? 3 : 2, code);
}

/* One instruction: 1 go on, 0 the end, -1 damaged. */
static int step(struct lzo *lzo)
{
    size_t code, length, more;
    bool fine;

    if (!take_byte(lzo, &code))
        return -1;
    if (code >= 64) {
        fine = take_byte(lzo, &more) &&
               copy_then_literals(lzo, (more << 3) + (code >> 2 & 7) + 1, (code >> 5) + 1, code);
    } else if (code >= 32) {
        fine = take_length(lzo, code & 31, 31, &length) && take_pair(lzo, &more) &&
               copy_then_literals(lzo, (more >> 2) + 1, length + 2, more);
    } else if (code >= 16) {
        fine = take_length(lzo, code & 7, 7, &length) && take_pair(lzo, &more);
        size_t distance = fine ? ((code & 8) << 11) + (more >> 2) : 0;
        if (fine && distance == 0)
            return length == 1 ? 0 : -1;
        fine = fine && copy_then_literals(lzo, distance + 0x4000, length + 2, more);
    } else {
        fine = step_small(lzo, code);
    }
    return fine ? 1 : -1;
}

/* The first byte may be a run of literals of its own kind: 18 and above. */
static bool start(struct lzo *lzo)
{
    if (lzo->in == lzo->in_end || *lzo->in <= 17)
        return true;
    size_t count = *lzo->in++ - 17u;
    lzo->literals = count < LONG_RUN ? (unsigned)count : LONG_RUN;
    return put_literals(lzo, count);
}

int lzo_unpack(const unsigned char *packed, size_t length, unsigned char *out, size_t room,
               size_t *produced)
{
    struct lzo lzo = {packed, packed + length, out, out, out + room, 0};
    int result = start(&lzo) ? 1 : -1;

    while (result > 0)
        result = step(&lzo);
    *produced = (size_t)(lzo.out - out);
    return result < 0 || lzo.in != lzo.in_end ? -1 : 0;
}
