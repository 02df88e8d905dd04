/* Selection of an entry, of files, of a filesystem. See select.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/select.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/systemd_boot/uki_entry.h"

bool select_covers(const struct selection *selection, const struct volume *volume)
{
    if (selection->volume &&
        (!volume->devices[0] || strcmp(volume->devices[0], selection->volume) != 0))
        return false;
    if (selection->has_offset &&
        (volume->disk != 0 || !volume->placed || volume->offset != selection->offset))
        return false;
    return !selection->has_partition || (volume->disk == 0 && volume->kind == VOLUME_PLACE &&
                                         volume->partition == selection->partition);
}

/* --- entries ----------------------------------------------------------------------------- */

static bool has_index(const struct entry *entry, const char *text)
{
    return strchr(text, '>') && entry->index && strcmp(entry->index, text) == 0;
}

static bool has_number(const struct entry *entry, const char *text)
{
    uint64_t number;

    return text_to_number(text, SIZE_MAX, &number) && number == entry->number;
}

static bool has_title(const struct entry *entry, const char *text)
{
    return entry->title && strcmp(entry->title, text) == 0;
}

/* pygrub, whose users write such titles, knows no submenus. */
static bool has_inner_title(const struct entry *entry, const char *text)
{
    size_t title = entry->title ? strlen(entry->title) : 0, length = strlen(text);

    return title > length && entry->title[title - length - 1] == '>' &&
           strcmp(entry->title + title - length, text) == 0;
}

static bool has_id(const struct entry *entry, const char *text)
{
    return entry->id && strcmp(entry->id, text) == 0;
}

size_t select_entry(const struct menu *menu, const char *text)
{
    static bool (*const fits[])(const struct entry *entry, const char *text) = {
        has_index, has_number, has_title, has_inner_title, has_id};

    for (size_t i = 0; i < ARRAY_SIZE(fits); i++)
        for (size_t k = 0; k < menu->count; k++)
            if (fits[i](&menu->entries[k], text))
                return k;
    return SELECT_NONE;
}

/* --- files ------------------------------------------------------------------------------- */

/* A unified kernel image is no kernel, and has one. */
static void take_image(struct guest *guest, size_t volume, struct entry *entry, struct menu *menu)
{
    auto_free char *path = xstrdup(entry->kernel.path);
    auto_error struct error err = ERROR_INIT;
    struct uki_parts parts;
    struct pe pe;

    if (pe_read(guest, volume, path, &pe, &err) < 1)
        return;
    (void)uki_find_parts(&pe, 0, &parts);
    if (!parts.of[UKI_LINUX].length)
        return;
    replace_string(&entry->kernel.path, NULL);
    replace_string(&entry->args, NULL);
    if (uki_fill_entry(guest, volume, path, &parts, "", entry, menu, &err) == 0)
        return;
    entry->broken = xstrdup(err.text);
    replace_string(&entry->kernel.path, xstrdup(path));
    replace_string(&entry->args, xstrdup(""));
}

size_t select_add_files(const struct selection *selection, struct guest *guest, size_t volume,
                        struct menu *menu)
{
    struct entry *entry = menu_add(menu);

    if (!entry)
        return SELECT_NONE;
    entry->title = xstrdup(selection->kernel);
    entry->index = xstrdup("0");
    entry->number = 0;
    entry->kernel =
        (struct boot_file){.volume = volume, .path = config_absolute_path("", selection->kernel)};
    entry->args = xstrdup("");
    entry->source = xstrdup("what was asked for");
    take_image(guest, volume, entry, menu);
    return menu->count - 1;
}

int select_ramdisk(const struct selection *selection, struct guest *guest, struct entry *entry,
                   struct error *err)
{
    auto_free char *path = config_absolute_path("", selection->ramdisk);
    size_t volume = entry->kernel.volume;
    bool found = config_is_file(guest, volume, path);

    for (size_t i = 0; i < guest->volume_count && !found; i++) {
        volume = i;
        found = select_covers(selection, &guest->volumes[i]) && config_is_file(guest, i, path);
    }
    if (!found)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "the ramdisk %s that was asked for is not there", path);
    while (entry->ramdisk_count)
        free(entry->ramdisks[--entry->ramdisk_count].path);
    (void)!entry_add_ramdisk(entry, volume, path);
    return 0;
}
