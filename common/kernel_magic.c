/* The three kinds of kernel that a domain builder takes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/kernel_magic.h"

#include <string.h>

static bool has(const unsigned char *bytes, size_t length, size_t at, const char *magic,
                size_t size)
{
    return length >= at + size && memcmp(bytes + at, magic, size) == 0;
}

bool kernel_magic(const unsigned char *bytes, size_t length)
{
    return has(bytes, length, 0, "\177ELF", 4) || has(bytes, length, 0, "\x1F\x8B\x08", 3) ||
           (has(bytes, length, 0x1FE, "\x55\xAA", 2) && has(bytes, length, 0x202, "HdrS", 4));
}
