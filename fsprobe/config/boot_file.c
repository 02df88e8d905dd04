/* Files that are booted, and parts of files. See boot_file.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/boot_file.h"

#include "fsprobe/fs/file_map.h"

static int too_short(const struct boot_file *file, struct error *err)
{
    return error_set(err, ERROR_INVALID_SOURCE, "%s ends before its section %s does", file->path,
                     file->section);
}

/* Whether a file of WHOLE bytes has the part that FILE is. */
static bool is_inside(const struct boot_file *file, uint64_t whole)
{
    return file->begin <= whole && file->length <= whole - file->begin;
}

int boot_file_status(struct guest *guest, const struct boot_file *file, struct file_status *status,
                     struct error *err)
{
    int result = guest_status(guest, file->volume, file->path, status, err);

    if (result <= 0 || !status->regular || !file->section)
        return result;
    if (!is_inside(file, status->size))
        return too_short(file, err);
    status->size = file->length;
    return 1;
}

int boot_file_read(struct guest *guest, const struct boot_file *file, size_t max,
                   struct buffer *out, struct error *err)
{
    if (!file->section)
        return guest_read(guest, file->volume, file->path, max, out, NULL, err);
    return guest_read_part(guest, file->volume, file->path, file->begin,
                           file->length < max ? (size_t)file->length : max, out, err);
}

int boot_file_map(struct guest *guest, const struct boot_file *file, struct file_map *map,
                  struct error *err)
{
    int result = guest_map(guest, file->volume, file->path, map, err);

    if (result <= 0 || !file->section)
        return result;
    if (!is_inside(file, map->size))
        return too_short(file, err);
    if (!file_map_cut(map, file->begin, file->length))
        return error_set(err, ERROR_INTERNAL,
                         "%s: its section %s begins inside a mark of the journal", file->path,
                         file->section);
    return 1;
}
