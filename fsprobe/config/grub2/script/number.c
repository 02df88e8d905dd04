/* Numbers as GRUB reads them. See number.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/script/number.h"

#include <ctype.h>

int64_t grub2_number(const char *text, bool with_sign, const char **end)
{
    unsigned base = 10;
    bool negative = false;
    uint64_t value = 0;

    while (isspace((unsigned char)*text))
        text++;
    if (with_sign && (*text == '-' || *text == '+'))
        negative = *text++ == '-';
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    } else if (text[0] == '0' && text[1] >= '0' && text[1] <= '7') {
        base = 8;
    }
    for (; isxdigit((unsigned char)*text); text++) {
        unsigned digit = isdigit((unsigned char)*text)
                             ? (unsigned)(*text - '0')
                             : (unsigned)(tolower((unsigned char)*text) - 'a' + 10);
        if (digit >= base)
            break;
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value) || value > INT64_MAX)
            value = INT64_MAX;
    }
    if (end)
        *end = text;
    return negative ? -(int64_t)value : (int64_t)value;
}
