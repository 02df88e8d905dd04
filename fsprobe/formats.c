/* The table of boot configuration formats; subvolumes, and links that lead nowhere. See formats.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/formats.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/extlinux.h"
#include "fsprobe/config/grub2/grub2.h"
#include "fsprobe/config/grub_legacy.h"

/* pygrub's order, so that both find the same boot where pygrub finds one. */
const struct boot_config *const boot_formats[] = {&grub2_config, &extlinux_config,
                                                  &grub_legacy_config, NULL};

void formats_add_paths(struct buffer *out)
{
    const char *between = "";

    for (const struct boot_config *const *format = boot_formats; *format; format++)
        for (const char *const *path = (*format)->paths; *path; path++) {
            (void)buffer_addf(out, "%s%s", between, *path);
            between = ", ";
        }
}

/* --- where on a volume -------------------------------------------------------------------- */

static void add_root(struct places *places, const char *path)
{
    auto_free char *root = xasprintf("%s%s", *path && *path != '/' ? "/" : "", path);

    for (size_t i = 0; i < places->count; i++)
        if (strcmp(places->roots[i], root) == 0)
            return;
    if (places->count < PLACES_ROOTS_MAX)
        places->roots[places->count++] = take_pointer(root);
}

void places_find(struct guest *guest, size_t volume, struct problems *problems,
                 struct places *places)
{
    static const char *const usual[] = {"@", "@boot", "root"};
    const struct filesystem *filesystem = guest->volumes[volume].filesystem;
    auto_buffer struct buffer path = BUFFER_INIT(GUEST_PATH_MAX);
    auto_error struct error err = ERROR_INIT;

    *places = (struct places){.count = 0};
    if (!filesystem || !filesystem->subvolume) {
        add_root(places, "");
        return;
    }
    int found = guest_subvolume(guest, volume, 0, &path, &err);
    if (found < 0)
        problems_add(problems, "%s", err.text);
    if (found > 0)
        add_root(places, buffer_text(&path));
    add_root(places, "");
    for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
        add_root(places, usual[i]);
}

void places_free(struct places *places)
{
    while (places->count)
        free(places->roots[--places->count]);
}

/* --- names that lead nowhere --------------------------------------------------------------- */

/* One directory, and which of a format's paths stands there. */
struct names {
    const char *const *paths;
    const char *path; /* one in that directory */
    size_t length;    /* of the directory's part of it */
    const char *found;
};

static size_t directory_length(const char *path)
{
    return (size_t)(strrchr(path, '/') - path);
}

static bool in_same(const char *path, const char *other, size_t length)
{
    return directory_length(path) == length && strncmp(path, other, length) == 0;
}

static bool see_name(void *context, const char *name)
{
    struct names *names = context;

    for (const char *const *path = names->paths; *path && !names->found; path++)
        if (in_same(*path, names->path, names->length) &&
            strcmp(*path + names->length + 1, name) == 0)
            names->found = *path;
    return !names->found;
}

/* Whether a path before PATH has the same directory, which was looked at then. */
static bool was_seen(const char *const *paths, const char *const *path)
{
    for (; paths < path; paths++)
        if (in_same(*paths, *path, directory_length(*path)))
            return true;
    return false;
}

/* The path of FORMAT below ROOT that is named in its directory, and is no file. */
static char *find_named(struct guest *guest, size_t volume, const struct boot_config *format,
                        const char *root)
{
    for (const char *const *path = format->paths; *path; path++) {
        struct names names = {format->paths, *path, directory_length(*path), NULL};
        auto_free char *directory = xasprintf("%s%.*s", root, (int)names.length, *path);
        auto_error struct error ignored = ERROR_INIT;
        struct file_status status;

        if (was_seen(format->paths, path) ||
            guest_status(guest, volume, *directory ? directory : "/", &status, &ignored) != 1 ||
            !status.directory ||
            guest_list(guest, volume, *directory ? directory : "/", see_name, &names, &ignored) < 0)
            continue;
        if (names.found)
            return xasprintf("%s%s", root, names.found);
    }
    return NULL;
}

char *places_dangling(struct guest *guest, size_t volume)
{
    auto_problems struct problems ignored = {.count = 0};
    auto_places struct places places;
    char *found = NULL;

    places_find(guest, volume, &ignored, &places);
    for (const struct boot_config *const *format = boot_formats; *format && !found; format++)
        for (size_t i = 0; i < places.count && !found; i++)
            if ((*format)->in_subvolumes || !*places.roots[i])
                found = find_named(guest, volume, *format, places.roots[i]);
    return found;
}
