/* Kinds of machines. See efi_machine.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/efi_machine.h"

#include <stddef.h>
#include <strings.h>

#include "common/memory.h"

static const struct {
    const char *name;
    uint16_t machine;
} own[] = {
#if defined(__x86_64__) || defined(__i386__)
    {"x64", 0x8664},
    {"ia32", 0x014C},
    {"x86-64", 0x8664},
    {"x86_64", 0x8664},
#elif defined(__aarch64__)
    {"aa64", 0xAA64},
    {"arm64", 0xAA64},
    {"aarch64", 0xAA64},
#else
    {"", 0},
#endif
};

bool efi_machine_is_own(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(own); i++)
        if (strcasecmp(name, own[i].name) == 0)
            return true;
    return false;
}

bool efi_machine_is_own_number(uint16_t machine)
{
    for (size_t i = 0; i < ARRAY_SIZE(own); i++)
        if (own[i].machine == machine && machine)
            return true;
    return false;
}
