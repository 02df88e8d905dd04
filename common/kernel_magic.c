/* The kinds of kernel that there are, by their first bytes. See kernel_magic.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/kernel_magic.h"

#include <string.h>

static bool has(const unsigned char *bytes, size_t length, size_t at, const char *magic,
                size_t size)
{
    return length >= at + size && memcmp(bytes + at, magic, size) == 0;
}

enum kernel_form kernel_form(const unsigned char *bytes, size_t length)
{
    if (has(bytes, length, 0, "\177ELF", 4))
        return KERNEL_ELF;
    if (has(bytes, length, 0, "\x1F\x8B\x08", 3))
        return KERNEL_GZIP;
    if (has(bytes, length, 0x1FE, "\x55\xAA", 2) && has(bytes, length, 0x202, "HdrS", 4))
        return KERNEL_BZIMAGE;
    if (has(bytes, length, 56, "ARM\x64", 4))
        return KERNEL_IMAGE;
    if (has(bytes, length, 0, "MZ", 2) && has(bytes, length, 4, "zimg", 4))
        return KERNEL_ZBOOT;
    return KERNEL_NONE;
}

bool kernel_magic(const unsigned char *bytes, size_t length)
{
    return kernel_form(bytes, length) != KERNEL_NONE;
}
