/* Where files are that GRUB 2's commands name. See place.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/place.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/btrfs.h"
#include "fsprobe/config/grub2/device.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/fs/source.h"

#define SECTOR 512

void grub2_place_free(struct grub2_place *place)
{
    free(place->path);
    *place = (struct grub2_place){.path = NULL};
}

/* A name in its two parts. */
struct spec {
    const char *device; /* `length` bytes, without parentheses */
    size_t length;
    const char *rest; /* "/path" or blocks */
};

/* False when SPEC names no device, and $root is not set. */
static bool split(struct grub2 *g, const char *text, struct spec *spec)
{
    const char *close = strchr(text, ')');

    if (*text == '(') {
        if (!close)
            return false;
        *spec = (struct spec){text + 1, (size_t)(close - text - 1), close + 1};
        return true;
    }
    const char *root = grub2_get(g, "root");
    if (!root)
        return false;
    *spec = (struct spec){root, strlen(root), text};
    return true;
}

static bool is_path(const char *text)
{
    return *text == '/' && strlen(text) <= GUEST_PATH_MAX;
}

/* PATH of the volume VOLUME into PLACE. */
static bool set_place(struct grub2 *g, struct grub2_place *place, size_t volume, const char *path)
{
    place->volume = volume;
    replace_string(&place->path, grub2_btrfs_path(g, volume, path));
    return place->path && strlen(place->path) <= GUEST_PATH_MAX;
}

bool grub2_locate(struct grub2 *g, const char *text, struct grub2_place *place)
{
    struct spec spec;
    int found;

    if (!split(g, text, &spec) || !is_path(spec.rest))
        return false;
    found = grub2_device(g, spec.device, spec.length);
    return found >= 0 && set_place(g, place, (size_t)found, spec.rest);
}

bool grub2_locate_kernel(struct grub2 *g, const char *text, struct grub2_place *place)
{
    struct spec spec;

    if (grub2_locate(g, text, place))
        return strlen(place->path) < MENU_TEXT_MAX;
    if (!split(g, text, &spec)) {
        grub2_problem(g, "'%s' does not name a file, or $root is not set", text);
        return false;
    }
    if (!is_path(spec.rest)) {
        grub2_problem(g, "'%s' does not name a file", text);
        return false;
    }
    if (!grub2_device_elsewhere(g, spec.device, spec.length)) {
        grub2_problem(g, "the guest has no device (%.*s), where %s would be", (int)spec.length,
                      spec.device, spec.rest);
        return false;
    }
    grub2_problem(g, "the guest has no device (%.*s): %s is looked for on the device of %s",
                  (int)spec.length, spec.device, spec.rest, g->source);
    return set_place(g, place, g->volume, spec.rest);
}

/* A file that cannot be looked at is one that is not there, for GRUB as well; but one that only
 * we cannot look at is not known. */
static bool note_error(struct grub2 *g, struct error *err, bool found)
{
    if (err->text)
        grub2_problem(g, "%s", err->text);
    return found;
}

/* Whether GRUB may read the filesystem of a volume that is not read here. */
static bool only_grub_reads(const struct volume *volume)
{
    static const char *const types[] = {
        "btrfs",   "exfat", "ext2",  "ext3",   "ext4",    "f2fs",     "hfs",
        "hfsplus", "jfs",   "minix", "nilfs2", "ntfs",    "reiserfs", "squashfs",
        "udf",     "ufs",   "vfat",  "xfs",    "iso9660", "zfs",      "zfs_member",
    };

    for (size_t i = 0; i < ARRAY_SIZE(types) && !volume->filesystem && volume->type; i++)
        if (strcmp(volume->type, types[i]) == 0)
            return true;
    return false;
}

/* Says so when what is asked of VOLUME cannot be known. */
static void note_unreadable(struct grub2 *g, size_t index, const char *path)
{
    const struct volume *volume = &g->guest->volumes[index];

    if (only_grub_reads(volume))
        grub2_unknown(g,
                      "whether there is %s on %s (%s) cannot be read here, and decides what is "
                      "booted",
                      path, volume->where ? volume->where : "a partition", volume->type);
}

bool grub2_look(struct grub2 *g, const char *spec, struct file_status *status)
{
    auto_grub2_place struct grub2_place place = {.path = NULL};
    auto_error struct error err = ERROR_INIT;

    *status = (struct file_status){.size = 0};
    if (!grub2_steps(g, GRUB2_FILE_STEPS) || !grub2_locate(g, spec, &place))
        return false;
    note_unreadable(g, place.volume, place.path);
    return note_error(g, &err, guest_status(g->guest, place.volume, place.path, status, &err) == 1);
}

bool grub2_is_file(struct grub2 *g, const struct grub2_place *place)
{
    auto_error struct error err = ERROR_INIT;
    struct file_status status;

    return grub2_steps(g, GRUB2_FILE_STEPS) &&
           guest_status(g->guest, place->volume, place->path, &status, &err) == 1 && status.regular;
}

/* The number at *TEXT, which moves behind it. */
static bool take_number(const char **text, uint64_t *number)
{
    size_t digits = strspn(*text, "0123456789");
    auto_free char *copy = xstrndup(*text, digits);

    *text += digits;
    return digits > 0 && text_to_number(copy, INT64_MAX / SECTOR, number);
}

/* Reads the blocks of LIST, "512+1,600+2" (sectors, from 0 when START is missing). */
static bool read_blocks(struct grub2 *g, size_t index, const char *list, size_t max,
                        struct buffer *out)
{
    struct source *source = g->guest->volumes[index].source;
    auto_error struct error err = ERROR_INIT;
    uint64_t start, count;

    do {
        start = 0;
        if (*list != '+' && !take_number(&list, &start))
            return false;
        if (*list++ != '+' || !take_number(&list, &count) || count == 0 || !source)
            return false;
        size_t room = max - out->length, length = count > room / SECTOR ? room : count * SECTOR;
        auto_free char *bytes = xmalloc(length + 1);
        if (source_read(source, start * SECTOR, bytes, length, &err) < 0)
            return note_error(g, &err, false);
        if (!grub2_steps(g, length / 64) || !buffer_add(out, bytes, length))
            return false;
    } while (*list++ == ',');
    return !list[-1];
}

bool grub2_read(struct grub2 *g, const char *text, size_t max, struct buffer *out,
                struct grub2_place *place)
{
    auto_grub2_place struct grub2_place own = {.path = NULL};
    auto_error struct error err = ERROR_INIT;
    bool whole = true;
    struct spec spec;

    if (!place)
        place = &own;
    if (!grub2_steps(g, GRUB2_FILE_STEPS) || !split(g, text, &spec))
        return false;
    if (*spec.rest && *spec.rest != '/') {
        int found = grub2_device(g, spec.device, spec.length);
        return found >= 0 && read_blocks(g, (size_t)found, spec.rest, max, out);
    }
    if (!grub2_locate(g, text, place))
        return false;
    note_unreadable(g, place->volume, place->path);
    bool found = guest_read(g->guest, place->volume, place->path, max, out, &whole, &err) == 1;
    if (found && !whole)
        grub2_unknown(g, "only the first %zu bytes of %s are read", max, place->path);
    return note_error(g, &err, found);
}

bool grub2_list(struct grub2 *g, const char *text, bool (*each)(void *context, const char *name),
                void *context)
{
    auto_grub2_place struct grub2_place place = {.path = NULL};
    auto_error struct error err = ERROR_INIT;

    if (!grub2_steps(g, GRUB2_FILE_STEPS) || !grub2_locate(g, text, &place))
        return false;
    note_unreadable(g, place.volume, place.path);
    return guest_list(g->guest, place.volume, place.path, each, context, &err) == 1;
}
