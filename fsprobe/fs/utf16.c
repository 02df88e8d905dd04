/* UTF-16 to UTF-8. See utf16.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/utf16.h"

#include <stdbool.h>

#define HIGH        0xD800u
#define LOW         0xDC00u
#define PAIR_MASK   0xFC00u
#define PAIRS_BEGIN 0x10000u
#define REPLACEMENT 0xFFFDu

static size_t put(uint32_t c, char *out)
{
    static const struct {
        uint32_t below;
        unsigned first;
    } lengths[] = {{0x80, 0}, {0x800, 0xC0}, {PAIRS_BEGIN, 0xE0}, {UINT32_MAX, 0xF0}};
    size_t more = 0;

    while (c >= lengths[more].below)
        more++;
    out[0] = (char)(lengths[more].first | c >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3F));
    return more + 1;
}

size_t utf16_to_utf8(const uint16_t *units, size_t count, char *out)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t c = units[i];
        bool high = (c & PAIR_MASK) == HIGH;
        if (high && i + 1 < count && (units[i + 1] & PAIR_MASK) == LOW)
            c = PAIRS_BEGIN + ((c - HIGH) << 10) + (units[++i] - LOW);
        else if (high || (c & PAIR_MASK) == LOW)
            c = REPLACEMENT;
        length += put(c, out + length);
    }
    return length;
}
