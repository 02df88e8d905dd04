/* Kernels by the names that distributions give them, for a guest whose boot configuration is
 * missing or unusable. Each of "/" and "/boot" is gone through once, however large it is.
 *
 * In this order: SUSE's names when the guest is known to be of its family; the links
 * "vmlinuz" and "vmlinuz.old", and "Image" of SUSE on arm64; SUSE's names for all others; the
 * newest "vmlinuz-VERSION" with the ramdisk of the same VERSION, rescue images last; the boot
 * program that a guest may bring along for Xen (/boot/xen/pvboot-x86_64.elf).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/wellknown.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/menu.h"
#include "fsprobe/config/version.h"

#define SOURCE "well-known names"

/* Names without a version, as they stand in a directory. */
enum fixed {
    VMLINUZ,
    VMLINUZ_OLD,
    IMAGE,
    INITRD_IMG,
    INITRD_IMG_OLD,
    INITRD,
    INITRD_OLD,
    VMLINUZ_XEN,
    INITRD_XEN,
    VMLINUZ_XENPAE,
    INITRD_XENPAE,
    FIXED_COUNT,
    NONE = FIXED_COUNT
};

static const char *const fixed_names[FIXED_COUNT] = {
    [VMLINUZ] = "vmlinuz",
    [VMLINUZ_OLD] = "vmlinuz.old",
    [IMAGE] = "Image",
    [INITRD_IMG] = "initrd.img",
    [INITRD_IMG_OLD] = "initrd.img.old",
    [INITRD] = "initrd",
    [INITRD_OLD] = "initrd.old",
    [VMLINUZ_XEN] = "vmlinuz-xen",
    [INITRD_XEN] = "initrd-xen",
    [VMLINUZ_XENPAE] = "vmlinuz-xenpae",
    [INITRD_XENPAE] = "initrd-xenpae",
};

/* A kernel and the names of its ramdisk, the first that is there. */
struct pair {
    enum fixed kernel, ramdisks[2];
};

static const struct pair links[] = {{VMLINUZ, {INITRD_IMG, INITRD}},
                                    {VMLINUZ_OLD, {INITRD_IMG_OLD, INITRD_OLD}},
                                    {IMAGE, {INITRD_IMG, INITRD}}};
static const struct pair xen = {VMLINUZ_XEN, {INITRD_XEN, NONE}};
static const struct pair xenpae = {VMLINUZ_XENPAE, {INITRD_XENPAE, NONE}};

static const char *const kernel_prefixes[] = {"vmlinuz-", "Image-", "vmlinux-", "kernel-",
                                              "bzImage-"};

/* Spellings of a ramdisk's name around its version; the longer ones first. */
static const struct {
    const char *prefix, *suffix;
} ramdisk_spellings[] = {
    {"initramfs-genkernel-x86_64-", ""},
    {"initramfs-genkernel-x86-", ""},
    {"initramfs-genkernel-arm64-", ""},
    {"initramfs-genkernel-", ""},
    {"initrd.img-", ""},
    {"initramfs-", ".img"},
    {"initramfs-", ""},
    {"initrd-", ".img"},
    {"initrd-", ".gz"},
    {"initrd-", ""},
};

/* A name with a version in it, and where that stands. */
struct versioned {
    char *name;
    char *version;
    bool last_resort;
    size_t spelling; /* index of its spelling: the lower, the better */
};

/* The newest of them, best first, at most
 * `maximum`. */
struct versions {
    struct versioned items[WELLKNOWN_RAMDISKS_MAX];
    size_t count, maximum;
};

struct directory {
    const char *path; /* "" or "/boot" */
    bool has[FIXED_COUNT + 1];
    struct versions kernels, ramdisks;
    size_t names;
};

struct wellknown_search {
    struct guest *guest;
    size_t volume;
    struct menu *menu;
    size_t first; /* entry of this search in the menu */
    struct directory directories[2];
};

/* --- one directory ------------------------------------------------------------------------- */

/* Images for an emergency, and what an update put aside. */
static bool is_last_resort(const char *name)
{
    static const char *const suffixes[] = {".old", ".bak", "~", ".rpmsave", ".hmac", ".sig"};

    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
        if (text_ends(name, suffixes[i]))
            return true;
    return strstr(name, "rescue") || strstr(name, "kdump");
}

static int compare(const struct versioned *a, const struct versioned *b)
{
    int result = (int)a->last_resort - (int)b->last_resort;

    if (result == 0)
        result = version_compare(b->version, a->version);
    if (result == 0)
        result = (int)a->spelling - (int)b->spelling;
    return result ? result : strcmp(b->name, a->name);
}

static void versioned_clear(struct versioned *item)
{
    free(item->name);
    free(item->version);
}

/* Puts the NAME, whose VERSION has LENGTH bytes, at its place; of too many, the last goes. */
static void keep(struct versions *versions, const char *name, const char *version, size_t length,
                 size_t spelling)
{
    struct versioned item = {xstrdup(name), xstrndup(version, length), is_last_resort(name),
                             spelling};
    size_t at = 0, high = versions->count;

    while (at < high) {
        size_t middle = at + (high - at) / 2;

        if (compare(&versions->items[middle], &item) < 0)
            at = middle + 1;
        else
            high = middle;
    }
    if (at == versions->maximum) {
        versioned_clear(&item);
        return;
    }
    if (versions->count == versions->maximum)
        versioned_clear(&versions->items[--versions->count]);
    memmove(&versions->items[at + 1], &versions->items[at], (versions->count - at) * sizeof item);
    versions->items[at] = item;
    versions->count++;
}

/* Goes behind what Gentoo's genkernel puts between "kernel-" and the version. */
static const char *behind_genkernel(const char *version)
{
    static const char *const marks[] = {"genkernel-x86_64-", "genkernel-x86-", "genkernel-arm64-",
                                        "genkernel-"};

    for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
        if (text_starts(version, marks[i]) && version[strlen(marks[i])])
            return version + strlen(marks[i]);
    return version;
}

static void keep_kernel(struct directory *directory, const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(kernel_prefixes); i++) {
        if (!text_starts(name, kernel_prefixes[i]))
            continue;
        const char *version = behind_genkernel(name + strlen(kernel_prefixes[i]));
        size_t length = strlen(version);

        /* SUSE's vmlinux-VERSION.gz stands beside vmlinuz-VERSION. */
        if (length > strlen(".gz") && text_ends(version, ".gz"))
            length -= strlen(".gz");
        if (length > 0)
            keep(&directory->kernels, name, version, length, i);
        return;
    }
}

/* A ramdisk, under every spelling that fits: whether ".img" belongs to the version, only the
 * kernel's name tells. */
static void keep_ramdisk(struct directory *directory, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < ARRAY_SIZE(ramdisk_spellings); i++) {
        size_t prefix = strlen(ramdisk_spellings[i].prefix);
        size_t suffix = strlen(ramdisk_spellings[i].suffix);

        if (length > prefix + suffix && text_starts(name, ramdisk_spellings[i].prefix) &&
            text_ends(name, ramdisk_spellings[i].suffix)) {
            keep(&directory->ramdisks, name, name + prefix, length - prefix - suffix, i);
            return;
        }
    }
}

static bool look_at(void *context, const char *name)
{
    struct directory *directory = context;

    if (++directory->names > WELLKNOWN_NAMES_MAX)
        return false;
    for (size_t i = 0; i < FIXED_COUNT; i++) {
        if (strcmp(name, fixed_names[i]) == 0) {
            directory->has[i] = true;
            return true;
        }
    }
    if (strlen(name) <= GUEST_NAME_MAX) {
        keep_kernel(directory, name);
        keep_ramdisk(directory, name);
    }
    return true;
}

/* --- into the menu --------------------------------------------------------------------------- */

static void add(struct wellknown_search *search, const struct directory *directory,
                const char *kernel, const char *ramdisk)
{
    struct entry *entry = menu_add(search->menu);

    if (!entry)
        return;
    entry->title = xasprintf("%s/%s", directory->path, kernel);
    entry->index = xasprintf("%zu", search->menu->count - 1 - search->first);
    entry->kernel = (struct boot_file){.volume = search->volume, .path = xstrdup(entry->title)};
    entry->args = xstrdup("");
    entry->source = xstrdup(SOURCE);
    if (ramdisk) {
        auto_free char *path = xasprintf("%s/%s", directory->path, ramdisk);
        bool added = entry_add_ramdisk(entry, search->volume, path);

        (void)added; /* the first one always fits */
    }
}

static void add_pair(struct wellknown_search *search, const struct pair *pair)
{
    for (size_t d = 0; d < ARRAY_SIZE(search->directories); d++) {
        const struct directory *directory = &search->directories[d];
        const char *ramdisk = NULL;

        for (size_t i = ARRAY_SIZE(pair->ramdisks); i-- > 0;)
            if (directory->has[pair->ramdisks[i]])
                ramdisk = fixed_names[pair->ramdisks[i]];
        if (directory->has[pair->kernel])
            add(search, directory, fixed_names[pair->kernel], ramdisk);
    }
}

/* The kernels of SUSE Linux Enterprise 9 to 11 for Xen guests, the architecture's own first. */
static void add_suse(struct wellknown_search *search, const char *arch)
{
    bool pae = arch && strcmp(arch, "i386") == 0;

    add_pair(search, pae ? &xenpae : &xen);
    add_pair(search, pae ? &xen : &xenpae);
}

static const char *ramdisk_of(const struct directory *directory, const struct versioned *kernel)
{
    const struct versions *ramdisks = &directory->ramdisks;

    for (size_t i = 0; i < ramdisks->count; i++)
        if (strcmp(ramdisks->items[i].version, kernel->version) == 0)
            return ramdisks->items[i].name;
    return NULL;
}

/* The kernels of both directories, as if they were one. */
static void add_versions(struct wellknown_search *search)
{
    const struct directory *root = &search->directories[0], *boot = &search->directories[1];
    size_t r = 0, b = 0;

    while (r < root->kernels.count || b < boot->kernels.count) {
        bool from_root = b == boot->kernels.count ||
                         (r < root->kernels.count &&
                          compare(&root->kernels.items[r], &boot->kernels.items[b]) <= 0);
        const struct directory *from = from_root ? root : boot;
        const struct versioned *kernel = &from->kernels.items[from_root ? r++ : b++];

        add(search, from, kernel->name, ramdisk_of(from, kernel));
    }
}

static void add_boot_program(struct wellknown_search *search, const char *arch)
{
    static const char *const directories[] = {"/boot/xen", "/xen"};
    static const char *const names[] = {"pvboot-x86_64.elf", "pvboot-i386.elf"};
    size_t first = arch && strcmp(arch, "i386") == 0 ? 1 : 0;

    for (size_t d = 0; d < ARRAY_SIZE(directories); d++) {
        struct directory directory = {.path = directories[d]};

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
            const char *name = names[(first + i) % ARRAY_SIZE(names)];
            auto_free char *path = xasprintf("%s/%s", directories[d], name);

            if (config_is_file(search->guest, search->volume, path))
                add(search, &directory, name, NULL);
        }
    }
}

/* --- the search ---------------------------------------------------------------------------------
 */

static int list(struct wellknown_search *search, size_t index, const char *name, struct error *err)
{
    struct directory *directory = &search->directories[index];
    int found = guest_list(search->guest, search->volume, name, look_at, directory, err);

    if (directory->names > WELLKNOWN_NAMES_MAX)
        menu_problem(search->menu, "%s has more than %d names: the rest is not looked at", name,
                     WELLKNOWN_NAMES_MAX);
    return found;
}

/* True when "/boot" is the root directory itself: SUSE's and others' partitions for /boot hold
 * a link "boot -> ." so that paths fit both ways. */
static bool boot_is_root(struct wellknown_search *search)
{
    auto_error struct error err = ERROR_INIT;
    struct file_status status;

    return guest_status(search->guest, search->volume, "/boot/boot", &status, &err) == 1 &&
           status.directory;
}

static int list_both(struct wellknown_search *search, struct error *err)
{
    auto_error struct error ignored = ERROR_INIT;

    if (list(search, 0, "/", err) < 0)
        return -1;
    if (!boot_is_root(search) && list(search, 1, "/boot", &ignored) < 0)
        menu_problem(search->menu, "%s", ignored.text);
    return 0;
}

static void add_all(struct wellknown_search *search, const char *family, const char *arch)
{
    bool suse = wellknown_replaces(family);

    if (suse)
        add_suse(search, arch);
    for (size_t i = 0; i < ARRAY_SIZE(links); i++)
        add_pair(search, &links[i]);
    if (!suse)
        add_suse(search, arch);
    add_versions(search);
    add_boot_program(search, arch);
    for (size_t i = search->first; i < search->menu->count; i++)
        menu_want(search->menu, i);
}

static void versions_free(struct versions *versions)
{
    for (size_t i = 0; i < versions->count; i++)
        versioned_clear(&versions->items[i]);
}

bool wellknown_replaces(const char *family)
{
    return family && strcmp(family, "sleslike") == 0;
}

int wellknown_find(struct guest *guest, size_t volume, const char *family, const char *arch,
                   struct menu *menu, struct error *err)
{
    struct wellknown_search search = {
        .guest = guest, .volume = volume, .menu = menu, .first = menu->count};
    static const char *const directories[] = {"", "/boot"};

    for (size_t i = 0; i < ARRAY_SIZE(search.directories); i++) {
        search.directories[i].path = directories[i];
        search.directories[i].kernels.maximum = WELLKNOWN_KERNELS_MAX;
        search.directories[i].ramdisks.maximum = WELLKNOWN_RAMDISKS_MAX;
    }
    int result = list_both(&search, err);

    if (result == 0)
        add_all(&search, family, arch);
    for (size_t i = 0; i < ARRAY_SIZE(search.directories); i++) {
        versions_free(&search.directories[i].kernels);
        versions_free(&search.directories[i].ramdisks);
    }
    return result;
}
