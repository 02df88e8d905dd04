/* The table of architectures. See arch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/arch.h"

#include <string.h>
#include <sys/utsname.h>

#define ARCH_LINE_(name, rpm, deb) {name, rpm, deb},
static const struct arch {
    const char *name, *rpm, *deb;
} archs[] = {ARCHS(ARCH_LINE_, ARCH_LINE_)};

static const struct arch *find(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_SIZE(archs); i++)
        if (strcmp(archs[i].name, name) == 0)
            return &archs[i];
    return NULL;
}

bool arch_known(const char *name)
{
    return find(name) != NULL;
}

const char *arch_rpm(const char *name)
{
    const struct arch *arch = find(name);

    return arch ? arch->rpm : name;
}

const char *arch_deb(const char *name)
{
    const struct arch *arch = find(name);

    return arch ? arch->deb : name;
}

const char *arch_other(const char *name)
{
    return strcmp(arch_rpm(name), "x86_64") == 0 ? "i386" : "x86_64";
}

/* The kernel calls i386 by its processor: "i586", "i686". */
const char *arch_own(void)
{
    struct utsname names;

    if (uname(&names) < 0)
        return ARCH_DEFAULT;
    if (names.machine[0] == 'i' && strcmp(names.machine + 2, "86") == 0)
        return "i386";
    const struct arch *arch = find(names.machine);
    return arch ? arch->name : ARCH_DEFAULT;
}
