/* Addons of unified kernel images. See uki_addons.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/uki_addons.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/systemd_boot/uki.h"

/* --- the names --------------------------------------------------------------------------- */

struct names {
    char *list[UKI_ADDONS_MAX + 1]; /* one more than can be used */
    size_t count;
    bool others; /* there are files that systemd-stub packs into a ramdisk of its own */
};

static bool take_name(void *context, const char *name)
{
    struct names *names = context;

    names->others |= config_ends_in(name, ".cred") || config_ends_in(name, ".raw");
    if (*name == '.' || !config_ends_in(name, ".addon.efi"))
        return true;
    names->list[names->count++] = xstrdup(name);
    return names->count <= UKI_ADDONS_MAX;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_free(struct names *names)
{
    while (names->count)
        free(names->list[--names->count]);
}

/* --- one addon --------------------------------------------------------------------------- */

struct reading {
    struct guest *guest;
    size_t volume;
    const char *uname;
    struct uki_addons *addons;
    struct menu *menu;
};

static void take_file(const struct reading *r, const char *path, const struct uki_parts *parts,
                      enum uki_section section, struct boot_file *files, size_t *count)
{
    const struct uki_part *part = &parts->of[section];

    if (part->length && *count < UKI_ADDONS_MAX)
        files[(*count)++] = (struct boot_file){.volume = r->volume,
                                               .path = xstrdup(path),
                                               .section = uki_section_name(section),
                                               .begin = part->begin,
                                               .length = part->length};
}

/* Takes what the addon at PATH has. 0; or -1 with ERR: why it cannot be used. */
static int take_addon(const struct reading *r, const char *path, struct error *err)
{
    struct uki_addons *addons = r->addons;
    struct uki_parts parts;
    struct pe pe;

    if (pe_read(r->guest, r->volume, path, &pe, err) < 1)
        return -1;
    /* An addon has no profiles. */
    (void)uki_find_parts(&pe, 0, &parts);
    if (parts.of[UKI_LINUX].length)
        return error_set(err, ERROR_INVALID_SOURCE, "it is no addon, for it has a kernel");
    auto_free char *uname = uki_read_text(r->guest, r->volume, path, &parts, UKI_UNAME, err);
    auto_free char *words = uki_read_text(r->guest, r->volume, path, &parts, UKI_CMDLINE, err);
    if (!uname || !words)
        return -1;
    if (*uname && *r->uname && strcmp(uname, r->uname) != 0)
        return error_set(err, ERROR_INVALID_SOURCE, "it is for the kernel %s", uname);
    if (*words && addons->args.length)
        (void)buffer_add_text(&addons->args, " ");
    (void)buffer_add_text(&addons->args, words);
    take_file(r, path, &parts, UKI_INITRD, addons->ramdisks, &addons->ramdisk_count);
    take_file(r, path, &parts, UKI_UCODE, addons->microcode, &addons->microcode_count);
    return 0;
}

/* --- the folders ------------------------------------------------------------------------- */

static int too_many(const char *directory, struct error *err)
{
    return error_set(err, ERROR_LIMITS, "%s has more than %d addons", directory, UKI_ADDONS_MAX);
}

static int read_directory(const struct reading *r, const char *directory, struct error *err)
{
    auto_error struct error why = ERROR_INIT;
    struct names names = {.count = 0};
    int found = guest_list(r->guest, r->volume, directory, take_name, &names, &why);
    int result = names.count > UKI_ADDONS_MAX ? too_many(directory, err) : 0;

    if (found < 0)
        menu_problem(r->menu, "%s", why.text);
    if (names.others)
        menu_problem(r->menu, "%s: credentials and extensions there are not passed on to the guest",
                     directory);
    if (names.count)
        qsort(names.list, names.count, sizeof names.list[0], compare_names);
    for (size_t i = 0; i < names.count && result == 0; i++) {
        auto_free char *path = xasprintf("%s/%s", directory, names.list[i]);
        auto_error struct error cause = ERROR_INIT;
        if (take_addon(r, path, &cause) < 0)
            menu_problem(r->menu, "the addon %s is not used: %s", path,
                         cause.text ? cause.text : "it is gone");
    }
    names_free(&names);
    return result;
}

/* PATH without a boot counter in the name ("x+3-1.efi"), as systemd-stub finds one: behind the
 * first '+'. The caller frees. */
static char *without_counter(const char *path)
{
    static const char digits[] = "0123456789";
    const char *plus = strchr(path, '+');
    const char *end = plus ? plus + 1 + strspn(plus + 1, digits) : path;

    if (!plus || end == plus + 1)
        return xstrdup(path);
    if (*end == '-') {
        size_t done = strspn(end + 1, digits);
        if (done == 0)
            return xstrdup(path);
        end += 1 + done;
    }
    if (*end && *end != '.')
        return xstrdup(path);
    return xasprintf("%.*s%s", (int)(plus - path), path, end);
}

int uki_addons_read(struct guest *guest, size_t volume, const char *path, const char *uname,
                    struct uki_addons *addons, struct menu *menu, struct error *err)
{
    struct reading r = {guest, volume, uname, addons, menu};
    auto_free char *image = without_counter(path);
    auto_free char *own = xasprintf("%s.extra.d", image);

    *addons = (struct uki_addons){.args = BUFFER_INIT(2 * UKI_TEXT_MAX)};
    if (read_directory(&r, "/loader/addons", err) < 0 || read_directory(&r, own, err) < 0)
        return -1;
    if (addons->args.full)
        return error_set(err, ERROR_LIMITS, "its addons have more than %d bytes of arguments",
                         2 * UKI_TEXT_MAX);
    return 0;
}

void uki_addons_free(struct uki_addons *addons)
{
    while (addons->ramdisk_count)
        free(addons->ramdisks[--addons->ramdisk_count].path);
    while (addons->microcode_count)
        free(addons->microcode[--addons->microcode_count].path);
    buffer_free(&addons->args);
}
