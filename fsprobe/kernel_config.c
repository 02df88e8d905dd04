/* A kernel's configuration. See kernel_config.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/kernel_config.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/config_text.h"

/* The VERSION of "vmlinuz-VERSION"; NULL: the name has none that can be looked for. */
static const char *version_of(const char *path)
{
    static const char *const prefixes[] = {"vmlinuz-", "vmlinux-", "kernel-", "bzImage-"};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
        if (text_starts(name, prefixes[i]) && name[strlen(prefixes[i])])
            return name + strlen(prefixes[i]);
    return NULL;
}

/* --- the text ---------------------------------------------------------------------------- */

enum symbol {
    SYMBOL_XEN,
    SYMBOL_PV,
    SYMBOL_PVH,
    /* Of the kernels that SUSE, Red Hat and Debian made from Xen's own tree, and of Linux's own
     * support for Xen as SUSE called it beside that. */
    SYMBOL_X86_XEN,
    SYMBOL_X86_64_XEN,
    SYMBOL_PARAVIRT_XEN,
    SYMBOL_COUNT
};

static const char *const symbols[SYMBOL_COUNT] = {"CONFIG_XEN",        "CONFIG_XEN_PV",
                                                  "CONFIG_XEN_PVH",    "CONFIG_X86_XEN",
                                                  "CONFIG_X86_64_XEN", "CONFIG_PARAVIRT_XEN"};

struct symbols {
    bool named[SYMBOL_COUNT]; /* set, or said not to be */
    bool set[SYMBOL_COUNT];
};

/* One line from AT to END: "NAME=y", or "# NAME is not set". */
static void read_line(const char *at, const char *end, struct symbols *found)
{
    bool comment = end - at > 2 && at[0] == '#' && at[1] == ' ';
    size_t length = 0;

    at += comment ? 2 : 0;
    while (at + length < end && at[length] != '=' && at[length] != ' ')
        length++;
    for (size_t i = 0; i < SYMBOL_COUNT; i++) {
        if (strlen(symbols[i]) != length || memcmp(at, symbols[i], length) != 0)
            continue;
        found->named[i] = true;
        found->set[i] = !comment && end - at >= (ptrdiff_t)length + 2 && at[length] == '=' &&
                        at[length + 1] == 'y';
    }
}

static void read_lines(const char *text, size_t length, struct symbols *found)
{
    static const char word[] = "XEN";
    const char *end = text + length, *at = text;

    /* Two hundred kilobytes of which a few lines are of interest. */
    while ((at = memmem(at, (size_t)(end - at), word, strlen(word)))) {
        const char *begin = memrchr(text, '\n', (size_t)(at - text));
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;

        read_line(begin ? begin + 1 : text, stop, found);
        at = stop;
    }
}

bool kernel_config_parse(const char *text, size_t length, const char *version,
                         struct kernel_config *config)
{
    struct symbols found = {0};
    const bool *set = found.set;

    static const char arm[] = "\nCONFIG_ARM64=y\n";

    if (!memmem(text, length, "CONFIG_", strlen("CONFIG_")))
        return false;
    /* There, guests are of one kind, and a kernel starts as one without any of this. */
    if (memmem(text, length, arm, strlen(arm)))
        return false;
    read_lines(text, length, &found);
    /* Before it had a switch of its own, PV came with Xen. */
    config->pv = set[SYMBOL_PV] || set[SYMBOL_X86_XEN] || set[SYMBOL_X86_64_XEN] ||
                 set[SYMBOL_PARAVIRT_XEN] || (set[SYMBOL_XEN] && !found.named[SYMBOL_PV]) ||
                 strstr(version, "-xen") || text_ends(version, "xen");
    config->pvh = set[SYMBOL_PVH];
    return true;
}

/* --- the file ---------------------------------------------------------------------------- */

static bool try_path(struct guest *guest, size_t volume, char *path, const char *version,
                     struct kernel_config *config)
{
    auto_buffer struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);
    auto_free char *owned = path;
    auto_error struct error ignored = ERROR_INIT;
    bool whole = false;

    /* Half a configuration would say "no" to what stands in the other half. */
    if (guest_read(guest, volume, path, GUEST_CONFIG_MAX, &text, &whole, &ignored) != 1 || !whole ||
        !kernel_config_parse(buffer_text(&text), text.length, version, config))
        return false;
    config->path = take_pointer(owned);
    return true;
}

/* Where a volume may have the configuration of VERSION. */
static bool try_volume(struct guest *guest, size_t volume, const char *version,
                       struct kernel_config *config)
{
    static const char *const places[] = {"/boot/config-%s", "/config-%s",
                                         "/usr/lib/modules/%s/config", "/lib/modules/%s/config"};

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        size_t before = strcspn(places[i], "%");
        char *path = xasprintf("%.*s%s%s", (int)before, places[i], version, places[i] + before + 2);
        if (try_path(guest, volume, path, version, config))
            return true;
    }
    return false;
}

/* On the first volume that has it. */
static void search(struct guest *guest, const char *version, struct kernel_config *config)
{
    if (!text_is_word(version) || strchr(version, '/') || strlen(version) > GUEST_NAME_MAX)
        return;
    for (size_t i = 0; i < guest->volume_count; i++)
        if (try_volume(guest, i, version, config))
            return;
}

void kernel_config_read(struct guest *guest, const struct boot_file *kernel, const char *version,
                        struct kernel_config *config)
{
    const char *own = kernel->section ? NULL : version_of(kernel->path);
    auto_free char *directory = config_directory(kernel->path);
    size_t volume = kernel->volume;

    *config = (struct kernel_config){.path = NULL};
    if (!own && version)
        search(guest, version, config);
    if (!own)
        return;
    (void)(try_path(guest, volume, xasprintf("%s/config-%s", directory, own), own, config) ||
           (*directory && try_path(guest, volume, xasprintf("/config-%s", own), own, config)) ||
           try_path(guest, volume, xasprintf("/usr/lib/modules/%s/config", own), own, config) ||
           try_path(guest, volume, xasprintf("/lib/modules/%s/config", own), own, config));
}

void kernel_config_free(struct kernel_config *config)
{
    free(config->path);
    *config = (struct kernel_config){.path = NULL};
}
