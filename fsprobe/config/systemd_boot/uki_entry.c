/* Entries of unified kernel images. See uki_entry.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/uki_entry.h"

#include <string.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/systemd_boot/uki_addons.h"

/* TEXT as systemd-stub passes it on: what is no visible character is a space. It is written to. */
static void flatten(char *text)
{
    for (char *p = text; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7F)
            *p = ' ';
}

static struct boot_file part_of(size_t volume, const char *path, const struct uki_parts *parts,
                                enum uki_section section)
{
    return (struct boot_file){.volume = volume,
                              .path = (char *)path,
                              .section = uki_section_name(section),
                              .begin = parts->of[section].begin,
                              .length = parts->of[section].length};
}

/* Microcode first, for the kernel takes the first that it finds, and so an addon's before the
 * image's, the last one foremost. Of ramdisks the last has the last word. */
static int add_ramdisks(struct entry *entry, size_t volume, const char *path,
                        const struct uki_parts *parts, const struct uki_addons *addons,
                        struct error *err)
{
    const struct boot_file own[] = {part_of(volume, path, parts, UKI_UCODE),
                                    part_of(volume, path, parts, UKI_INITRD)};
    bool fit = true;

    for (size_t i = addons->microcode_count; i > 0; i--)
        fit = fit && entry_add_ramdisk_part(entry, &addons->microcode[i - 1]);
    for (size_t i = 0; i < ARRAY_SIZE(own); i++)
        fit = fit && (!own[i].length || entry_add_ramdisk_part(entry, &own[i]));
    for (size_t i = 0; i < addons->ramdisk_count; i++)
        fit = fit && entry_add_ramdisk_part(entry, &addons->ramdisks[i]);
    if (!fit)
        return error_set(err, ERROR_LIMITS, "it has more than %d ramdisks, its addons' among them",
                         MENU_RAMDISKS_MAX);
    return 0;
}

int uki_fill_entry(struct guest *guest, size_t volume, const char *path,
                   const struct uki_parts *parts, const char *options, struct entry *entry,
                   struct menu *menu, struct error *err)
{
    struct boot_file kernel = part_of(volume, path, parts, UKI_LINUX);
    auto_free char *uname = uki_read_text(guest, volume, path, parts, UKI_UNAME, err);
    auto_free char *cmdline = uki_read_text(guest, volume, path, parts, UKI_CMDLINE, err);
    auto_uki_addons struct uki_addons addons = {.args = BUFFER_INIT(0)};

    if (!uname || !cmdline)
        return -1;
    if (!kernel.length)
        return error_set(err, ERROR_INVALID_SOURCE, "it has no section .linux");
    if (uki_addons_read(guest, volume, path, uname, &addons, menu, err) < 0 ||
        add_ramdisks(entry, volume, path, parts, &addons, err) < 0)
        return -1;
    auto_free char *all = config_join(*options ? options : cmdline, buffer_text(&addons.args));
    flatten(all);
    if (*uname)
        entry->version = xstrndup(uname, strcspn(uname, "\n"));
    kernel.path = xstrdup(path);
    entry->kernel = kernel;
    entry->args = config_join_words(all);
    return 0;
}
