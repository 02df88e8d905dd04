/* What a label of extlinux boots. See extlinux_label.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/extlinux_label.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fsprobe/config/config_text.h"

void label_clear(struct label *label)
{
    free(label->name);
    free(label->title);
    free(label->kernel);
    free(label->append);
    free(label->initrd);
    *label = (struct label){.name = NULL};
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static struct boot_file boot_file(const struct label_place *place, const char *name)
{
    return (struct boot_file){.volume = place->volume,
                              .path = config_absolute_path(place->directory, name)};
}

/* Adds the ramdisks of NAMES, separated by commas (or, as people write, also spaces). */
static void add_ramdisks(const struct label_place *place, struct entry *entry, const char *names)
{
    while (*names) {
        size_t length = strcspn(names, ", \t");
        auto_free char *name = xstrndup(names, length);
        struct boot_file file = boot_file(place, name);

        if (length > 0 && !entry_add_ramdisk(entry, file.volume, file.path))
            menu_problem(place->menu, "%s: label %s has more than %d ramdisks: the rest is ignored",
                         place->path, or_empty(entry->id), MENU_RAMDISKS_MAX);
        free(file.path);
        names += length;
        names += strspn(names, ", \t");
    }
}

/* Adds the ramdisks of the last "initrd=" in the arguments. */
static void add_argument_ramdisks(const struct label_place *place, struct entry *entry)
{
    static const char key[] = "initrd=";
    auto_free char *copy = xstrdup(entry->args);
    char *at = copy;
    const char *names = "";

    while (*at) {
        const char *word = config_cut_word(&at);

        if (text_starts(word, key))
            names = word + strlen(key);
    }
    add_ramdisks(place, entry, names);
}

/* Kernel and arguments from "NAME ARGUMENTS" and the arguments that follow. */
static void fill_kernel(const struct label_place *place, struct entry *entry, const char *words,
                        const char *append)
{
    auto_free char *copy = xstrdup(words);
    char *at = copy;
    const char *name = config_cut_word(&at);
    auto_free char *all = config_join(at, append);

    entry->kernel = boot_file(place, name);
    entry->args = config_join_words(all);
}

/* Cuts the text at *AT before the next word "---", and goes behind that; NULL at the end. */
static char *cut_module(char **at)
{
    static const char separator[] = "---";
    char *module = *at, *p = module;

    if (!*module)
        return NULL;
    while ((p = strstr(p, separator))) {
        char *behind = p + strlen(separator);

        if ((p == module || config_is_blank(p[-1])) && (!*behind || config_is_blank(*behind))) {
            *p = '\0';
            *at = behind;
            return module;
        }
        p = behind;
    }
    *at = module + strlen(module);
    return module;
}

static bool is_hypervisor(const char *module)
{
    const char *name = module + strspn(module, " \t");
    size_t length = strcspn(name, " \t");

    for (size_t i = length; i > 0; i--)
        if (name[i - 1] == '/')
            return text_starts(name + i, "xen");
    return text_starts(name, "xen");
}

/* What mboot.c32 gets: "HYPERVISOR --- KERNEL ARGUMENTS --- RAMDISK". Of two, the first is a
 * hypervisor only by its name: pygrub takes two as a kernel and its ramdisk. */
static bool fill_multiboot(const struct label_place *place, struct entry *entry, const char *append)
{
    auto_free char *copy = xstrdup(append);
    char *at = copy, *modules[3 + MENU_RAMDISKS_MAX];
    size_t count = 0, kernel;

    while (count < ARRAY_SIZE(modules) && (modules[count] = cut_module(&at)))
        count++;
    if (count == 0)
        return false;
    kernel = count > 2 || (count == 2 && is_hypervisor(modules[0])) ? 1 : 0;
    if (kernel == 1) {
        struct boot_file hypervisor = boot_file(place, config_cut_word(&modules[0]));

        entry->hypervisor = hypervisor.path;
    }
    fill_kernel(place, entry, modules[kernel], "");
    for (size_t i = kernel + 1; i < count; i++)
        add_ramdisks(place, entry, config_cut_word(&modules[i]));
    return true;
}

static bool has_suffix(const char *name, size_t length, const char *suffix)
{
    size_t end = strlen(suffix);

    return length >= end && strncasecmp(name + length - end, suffix, end) == 0;
}

bool label_is_module(const char *kernel, const char *module)
{
    return has_suffix(kernel, strcspn(kernel, " \t"), module);
}

bool label_is_foreign(const char *kernel)
{
    static const char *const suffixes[] = {".c32", ".com", ".cbt", ".bss", ".bs"};

    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
        if (label_is_module(kernel, suffixes[i]))
            return true;
    return false;
}

bool label_fill(const struct label_place *place, const struct label *label, const char *append,
                struct entry *entry)
{
    const char *kernel = label->kernel;
    bool module = label->kind == KIND_KERNEL || label->kind == KIND_COM32;

    append = or_empty(label->append ? label->append : append);
    if (label->kind == KIND_OTHER || !kernel)
        return false;
    if (module && label_is_module(kernel, "mboot.c32")) {
        if (!fill_multiboot(place, entry, append))
            return false;
    } else if (module && label_is_module(kernel, "linux.c32")) {
        if (!*append)
            return false;
        fill_kernel(place, entry, append, "");
    } else if (label->kind == KIND_COM32 ||
               (label->kind == KIND_KERNEL && label_is_foreign(kernel))) {
        return false;
    } else {
        fill_kernel(place, entry, kernel, append);
    }
    /* Syslinux turns the line "initrd" into a last argument of that name. */
    if (label->initrd)
        add_ramdisks(place, entry, label->initrd);
    else if (!entry->hypervisor)
        add_argument_ramdisks(place, entry);
    return true;
}
