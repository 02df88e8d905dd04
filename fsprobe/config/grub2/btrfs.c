/* Which of a Btrfs' subvolumes GRUB sees. See btrfs.h.
 *
 * Source: SUSE's changes to grub-core/fs/btrfs.c, as in Red Hat's GRUB.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/btrfs.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/device.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/options.h"

static bool has_subvolumes(const struct grub2 *g, size_t volume)
{
    const struct filesystem *filesystem = g->guest->volumes[volume].filesystem;

    return filesystem && filesystem->subvolume;
}

/* The part of PATH behind the directory DIRECTORY ("/a/b"); NULL when it lies elsewhere. */
static const char *behind(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    while (length > 0 && directory[length - 1] == '/')
        length--;
    if (strncmp(path, directory, length) != 0 || (path[length] && path[length] != '/'))
        return NULL;
    return path + length;
}

/* SUBVOLUME, from the top, with a slash in front of it, and PATH behind it. */
static char *joined(const char *subvolume, const char *path)
{
    return xasprintf("%s%s%s%s", *subvolume && *subvolume != '/' ? "/" : "", subvolume,
                     *path && *path != '/' ? "/" : "", path);
}

/* The path of the subvolume that the variables name, or of the default one, into OUT. */
static bool find_subvolume(struct grub2 *g, size_t volume, struct buffer *out)
{
    const char *path = grub2_get(g, "btrfs_subvol"), *number = grub2_get(g, "btrfs_subvolid");
    auto_error struct error err = ERROR_INIT;
    uint64_t id = 0;

    if (path)
        return buffer_add_text(out, path);
    if (number && !text_to_number(number, UINT64_MAX, &id))
        return false;
    if (guest_subvolume(g->guest, volume, id, out, &err) == 1)
        return true;
    grub2_problem(g, "%s", err.text ? err.text : "there is no such subvolume");
    return false;
}

char *grub2_btrfs_path(struct grub2 *g, size_t volume, const char *path)
{
    const char *relative = grub2_get(g, "btrfs_relative_path");
    auto_buffer struct buffer subvolume = BUFFER_INIT(GUEST_PATH_MAX);

    if (!has_subvolumes(g, volume))
        return xstrdup(path);
    for (size_t i = g->mount_count; i-- > 0;) {
        const char *rest =
            g->mounts[i].volume == volume ? behind(path, g->mounts[i].directory) : NULL;
        if (rest)
            return joined(g->mounts[i].subvolume, rest);
    }
    if (!relative || !*relative || !strchr("1y", *relative))
        return xstrdup(path);
    if (!grub2_steps(g, GRUB2_FILE_STEPS) || !find_subvolume(g, volume, &subvolume))
        return NULL;
    return joined(buffer_text(&subvolume), path);
}

const char *grub2_btrfs_inside(struct grub2 *g, size_t volume, const char *path)
{
    auto_buffer struct buffer subvolume = BUFFER_INIT(GUEST_PATH_MAX);
    auto_error struct error err = ERROR_INIT;

    if (!has_subvolumes(g, volume) || guest_subvolume(g->guest, volume, 0, &subvolume, &err) != 1 ||
        subvolume.length == 0)
        return NULL;
    return behind(path, buffer_text(&subvolume));
}

/* The volume of a device's name, with or without parentheses; -1 when it has no subvolumes. */
static int device_of(const struct grub2 *g, const char *name)
{
    name += *name == '(';
    int volume = grub2_device(g, name, strcspn(name, ")"));

    return volume >= 0 && has_subvolumes(g, (size_t)volume) ? volume : -1;
}

/* btrfs-mount-subvol DEVICE DIRECTORY SUBVOLUME: DIRECTORY of that device is then SUBVOLUME. */
int grub2_cmd_btrfs_mount(struct grub2 *g, const struct grub2_call *call)
{
    int volume = call->argc == 4 ? device_of(g, call->argv[1]) : -1;

    if (volume < 0)
        return GRUB2_BAD_ARGUMENT;
    if (g->mount_count == GRUB2_MOUNTS_MAX) {
        grub2_unknown(g, "more than %d subvolumes are mounted", GRUB2_MOUNTS_MAX);
        return GRUB2_NOT_HERE;
    }
    g->mounts[g->mount_count++] =
        (struct grub2_mount){(size_t)volume, xstrdup(call->argv[2]), xstrdup(call->argv[3])};
    return GRUB2_OK;
}

/* btrfs-get-default-subvol [-p | -n] [-o VARIABLE] DEVICE */
int grub2_cmd_btrfs_default(struct grub2 *g, const struct grub2_call *call)
{
    static const struct grub2_option options[] = {{'o', "output", GRUB2_REQUIRED, false},
                                                  {'p', "path-only", GRUB2_FLAG, false},
                                                  {'i', "id-only", GRUB2_FLAG, false},
                                                  GRUB2_OPTIONS_END};
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    auto_buffer struct buffer path = BUFFER_INIT(GUEST_PATH_MAX);
    auto_error struct error err = ERROR_INIT;
    int status;

    if (!grub2_parse_options(g, call, options, &parsed, &status))
        return status;
    int volume = parsed.count == 1 ? device_of(g, parsed.words[0]) : -1;
    if (volume < 0)
        return GRUB2_BAD_ARGUMENT;
    if (guest_subvolume(g->guest, (size_t)volume, 0, &path, &err) != 1)
        return GRUB2_NO_FILE;
    if (!parsed.options[0].set)
        return GRUB2_OK;
    if (!parsed.options[1].set) {
        grub2_unknown(g, "%s: the numbers of subvolumes are not told here", call->argv[0]);
        return GRUB2_NOT_HERE;
    }
    const char *text = buffer_text(&path);
    auto_free char *line = xasprintf("%s\n", text + (*text == '/'));
    return grub2_set(g, parsed.options[0].value, line) ? GRUB2_OK : GRUB2_FALSE;
}
