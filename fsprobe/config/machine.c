/* Kinds of machines. See machine.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/machine.h"

#include <stddef.h>
#include <strings.h>

#include "common/memory.h"

/* Its names and numbers, and those of machines whose programs it runs, too. */
static const struct {
    const char *grub_cpu; /* NULL: GRUB for Xen is of the first one */
    const char *name;
    uint16_t number;
} own[] = {
#if defined(__x86_64__) || defined(__i386__)
    {"x86_64", "x64", 0x8664},
    {NULL, "x86-64", 0x8664},
    {NULL, "x86_64", 0x8664},
    {NULL, "ia32", 0x014C},
#elif defined(__aarch64__)
    {"arm64", "aa64", 0xAA64},
    {NULL, "arm64", 0xAA64},
    {NULL, "aarch64", 0xAA64},
#else
    {"", "", 0},
#endif
};

const char *machine_grub_cpu(void)
{
    return own[0].grub_cpu;
}

bool machine_is_own(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(own); i++)
        if (strcasecmp(name, own[i].name) == 0)
            return true;
    return false;
}

bool machine_is_own_number(uint16_t number)
{
    for (size_t i = 0; i < ARRAY_SIZE(own); i++)
        if (own[i].number == number && number)
            return true;
    return false;
}
