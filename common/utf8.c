/* UTF-8, decoded. See utf8.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/utf8.h"

size_t utf8_decode(const unsigned char *text, size_t length, uint32_t *code_point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t count = length == 0                ? 0
                   : text[0] < 0x80           ? 1
                   : (text[0] & 0xe0) == 0xc0 ? 2
                   : (text[0] & 0xf0) == 0xe0 ? 3
                   : (text[0] & 0xf8) == 0xf0 ? 4
                                              : 0;

    if (count == 0 || count > length)
        return 0;
    uint32_t c = count == 1 ? text[0] : text[0] & (0x7fu >> count);
    for (size_t i = 1; i < count; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (text[i] & 0x3f);
    }
    if (c < least[count] || c > 0x10ffff)
        return 0;
    *code_point = c;
    return count;
}
