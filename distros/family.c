/* The table of families, and the names of architectures.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/family.h"

#include <string.h>

static const struct family *const families[] = {
    &redhat_family,
    &suse_family,
    &debian_family,
    &pygrub_family,
};

const char distro_names[] = "rhlike, sleslike, debianlike, pygrub";

/* The same architecture has two names: Debian's and that of everybody else. */
static const struct {
    const char *name, *rpm, *deb;
} archs[] = {
    {"i386", "i386", "i386"},
    {"x86_64", "x86_64", "amd64"},
    {"amd64", "x86_64", "amd64"},
};

const char distro_arch_names[] = "i386, x86_64, amd64";

const struct family *family_find(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_SIZE(families); i++)
        if (strcmp(families[i]->distro.name, name) == 0)
            return families[i];
    return NULL;
}

const struct distro *distro_find(const char *name)
{
    const struct family *family = family_find(name);

    return family ? &family->distro : NULL;
}

bool distro_pygrub_boots(const struct distro *distro, const char *tree_name,
                         const char *tree_version)
{
    const struct family *family = family_find(distro->name);

    return !family || !family->pygrub_boots || family->pygrub_boots(tree_name, tree_version);
}

bool distro_arch_known(const char *arch)
{
    for (size_t i = 0; arch && i < ARRAY_SIZE(archs); i++)
        if (strcmp(archs[i].name, arch) == 0)
            return true;
    return false;
}

const char *arch_rpm(const char *arch)
{
    for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
        if (strcmp(archs[i].name, arch) == 0)
            return archs[i].rpm;
    return arch;
}

const char *arch_deb(const char *arch)
{
    for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
        if (strcmp(archs[i].name, arch) == 0)
            return archs[i].deb;
    return arch;
}
