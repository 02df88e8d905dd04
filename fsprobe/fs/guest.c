/* Reading a guest's files, and finding one of its volumes. See guest.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/guest.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fsprobe/fs/source.h"

void volume_free(struct volume *volume)
{
    if (volume->filesystem)
        volume->filesystem->close(volume);
    source_free(volume->source);
    free(volume->where);
    free(volume->type);
    free(volume->label);
    free(volume->uuid);
    free(volume->part_uuid);
    free(volume->part_label);
    free(volume->part_type);
    for (size_t i = 0; i < ARRAY_SIZE(volume->devices); i++)
        free(volume->devices[i]);
    free(volume->members);
    free(volume->title);
    free(volume->layout);
    free(volume->refusal);
    *volume = (struct volume){0};
}

/* The volume at index INDEX when files can be read from it; NULL: one without files. */
static struct volume *readable(struct guest *guest, size_t index, const char *path)
{
    if (index >= guest->volume_count || !guest->volumes[index].filesystem)
        return NULL;
    /* Nothing of this length can exist: Linux itself could not open it. */
    if (strlen(path) > GUEST_PATH_MAX)
        return NULL;
    return &guest->volumes[index];
}

int guest_status(struct guest *guest, size_t index, const char *path, struct file_status *status,
                 struct error *err)
{
    struct volume *volume = readable(guest, index, path);

    *status = (struct file_status){.size = 0};
    return volume ? volume->filesystem->status(volume, path, status, err) : 0;
}

int guest_read(struct guest *guest, size_t index, const char *path, size_t max, struct buffer *out,
               bool *whole, struct error *err)
{
    struct volume *volume = readable(guest, index, path);

    buffer_clear(out);
    if (whole)
        *whole = false;
    return volume ? volume->filesystem->read(volume, path, max, out, whole, err) : 0;
}

int guest_read_part(struct guest *guest, size_t index, const char *path, uint64_t at, size_t length,
                    struct buffer *out, struct error *err)
{
    struct volume *volume = readable(guest, index, path);

    buffer_clear(out);
    return volume ? volume->filesystem->read_part(volume, path, at, length, out, err) : 0;
}

int guest_list(struct guest *guest, size_t index, const char *path,
               bool (*each)(void *context, const char *name), void *context, struct error *err)
{
    struct volume *volume = readable(guest, index, path);

    return volume ? volume->filesystem->list(volume, path, each, context, err) : 0;
}

int guest_map(struct guest *guest, size_t index, const char *path, struct file_map *map,
              struct error *err)
{
    struct volume *volume = readable(guest, index, path);

    if (volume && !volume->filesystem->map)
        return error_set(err, ERROR_INTERNAL, "cannot copy %s: files of this filesystem cannot be",
                         path);
    return volume ? volume->filesystem->map(volume, path, map, err) : 0;
}

int guest_subvolume(struct guest *guest, size_t index, uint64_t id, struct buffer *out,
                    struct error *err)
{
    struct volume *volume = readable(guest, index, "/");

    buffer_clear(out);
    if (volume && volume->filesystem->subvolume)
        return volume->filesystem->subvolume(volume, id, out, err);
    return volume && id == 0;
}

int guest_subvolumes(struct guest *guest, size_t index,
                     bool (*each)(void *context, const struct subvolume *subvolume), void *context,
                     struct error *err)
{
    struct volume *volume = readable(guest, index, "/");

    return volume && volume->filesystem->subvolumes
               ? volume->filesystem->subvolumes(volume, each, context, err)
               : 0;
}

struct volume *guest_add(struct guest *guest)
{
    if (guest->volume_count == GUEST_VOLUMES_MAX)
        return NULL;
    struct volume *volume = &guest->volumes[guest->volume_count++];
    *volume = (struct volume){.disk = 0};
    return volume;
}

bool guest_is_member(const struct guest *guest, size_t index)
{
    for (size_t i = 0; i < guest->volume_count; i++)
        for (size_t k = 0; k < guest->volumes[i].member_count; k++)
            if (guest->volumes[i].members[k] == index)
                return true;
    return false;
}

int guest_find(const struct guest *guest, unsigned disk, unsigned partition)
{
    for (size_t i = 0; i < guest->volume_count; i++) {
        const struct volume *volume = &guest->volumes[i];
        if (volume->kind == VOLUME_PLACE && volume->disk == disk && volume->partition == partition)
            return (int)i;
    }
    return -1;
}

/* Whether NAME is DEVICE; the letters of the table's kind may be left out behind its comma. */
static bool is_device(const char *device, const char *name, size_t length)
{
    const char *comma = strrchr(device, ',');

    if (strlen(device) == length && memcmp(device, name, length) == 0)
        return true;
    if (!comma)
        return false;
    size_t head = (size_t)(comma + 1 - device);
    const char *number = comma + 1 + strspn(comma + 1, "abcdefghijklmnopqrstuvwxyz");
    return length == head + strlen(number) && memcmp(device, name, head) == 0 &&
           memcmp(number, name + head, length - head) == 0;
}

int guest_find_device(const struct guest *guest, const char *name, size_t length)
{
    for (size_t i = 0; i < guest->volume_count; i++)
        for (size_t k = 0; k < ARRAY_SIZE(guest->volumes[i].devices); k++)
            if (guest->volumes[i].devices[k] &&
                is_device(guest->volumes[i].devices[k], name, length))
                return (int)i;
    return -1;
}

int guest_find_uuid(const struct guest *guest, const char *uuid)
{
    for (size_t i = 0; i < guest->volume_count; i++)
        if (guest->volumes[i].uuid && strcasecmp(guest->volumes[i].uuid, uuid) == 0)
            return (int)i;
    return -1;
}

int guest_find_label(const struct guest *guest, const char *label)
{
    for (size_t i = 0; i < guest->volume_count; i++)
        if (guest->volumes[i].label && strcmp(guest->volumes[i].label, label) == 0)
            return (int)i;
    return -1;
}
