/* The table of architectures. See arch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/arch.h"

#include <string.h>
#include <sys/utsname.h>

#define WORDS_MAX 5

#define ARCH_LINE_(name, rpm, deb) {name, rpm, deb},
static const struct alias {
    const char *name, *rpm, *deb;
} aliases[] = {ARCHS(ARCH_LINE_, ARCH_LINE_)};

/* Each once, by rpm's name. */
static const struct arch {
    const char *rpm;
    const char *words[WORDS_MAX]; /* as anybody spells it: uname(2), BASEARCHS, Architectures */
    const char *cd;               /* Debian's folder "install.…" */
    const char *other;            /* that its hosts run too */
    const char *tree, *vm;        /* where nobody says which, on its hosts */
} archs[] = {
    {"i386", {"i386", "i486", "i586", "i686"}, "386", "x86_64", "x86_64", "i386"},
    {"x86_64", {"x86_64", "amd64"}, "amd", "i386", "x86_64", "i386"},
    {"aarch64", {"aarch64", "arm64"}, "a64", NULL, "aarch64", "aarch64"},
};

/* What a host is taken for that is none of them. */
#define HOST_UNKNOWN "x86_64"

static const struct alias *find_alias(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_SIZE(aliases); i++)
        if (strcmp(aliases[i].name, name) == 0)
            return &aliases[i];
    return NULL;
}

/* Index in archs; ARRAY_SIZE(archs): not known. */
static size_t find_word(const char *word, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
        for (size_t j = 0; j < WORDS_MAX && archs[i].words[j]; j++)
            if (strlen(archs[i].words[j]) == length && memcmp(archs[i].words[j], word, length) == 0)
                return i;
    return ARRAY_SIZE(archs);
}

static const struct arch *find(const char *name)
{
    size_t i = name ? find_word(name, strlen(name)) : ARRAY_SIZE(archs);

    return i < ARRAY_SIZE(archs) ? &archs[i] : NULL;
}

bool arch_known(const char *name)
{
    return find_alias(name) != NULL;
}

const char *arch_rpm(const char *name)
{
    const struct alias *alias = find_alias(name);

    return alias ? alias->rpm : name;
}

const char *arch_deb(const char *name)
{
    const struct alias *alias = find_alias(name);

    return alias ? alias->deb : name;
}

const char *arch_debian_cd(const char *name)
{
    const struct arch *arch = find(name);

    return arch ? arch->cd : name;
}

const char *arch_other(const char *name)
{
    const struct arch *arch = find(name);

    return arch ? arch->other : NULL;
}

unsigned arch_bit(const char *word, size_t length)
{
    size_t i = find_word(word, length);

    return i < ARRAY_SIZE(archs) ? 1u << i : 0;
}

const char *arch_at(size_t number)
{
    return number < ARRAY_SIZE(archs) ? archs[number].rpm : NULL;
}

const char *arch_likeliest(unsigned has)
{
    const char *first = ARCH_DEFAULT, *second = arch_other(first);

    if (!has || (has & arch_bit(first, strlen(first))))
        return first;
    if (second && (has & arch_bit(second, strlen(second))))
        return second;
    for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
        if (has & 1u << i)
            return archs[i].rpm;
    return first;
}

const char *arch_own(void)
{
    struct utsname names;
    const struct arch *arch = uname(&names) < 0 ? NULL : find(names.machine);

    return arch ? arch->rpm : HOST_UNKNOWN;
}

const char *arch_default(const char *name)
{
    const struct arch *arch = find(name);

    return arch ? arch->tree : HOST_UNKNOWN;
}

const char *arch_default_vm(const char *name)
{
    const struct arch *arch = find(name);

    return arch ? arch->vm : HOST_UNKNOWN;
}

bool arch_runs(const char *name, const char *host)
{
    const struct arch *guest = find(name), *own = find(host);

    return !guest || !own || guest == own || (own->other && strcmp(own->other, guest->rpm) == 0);
}
