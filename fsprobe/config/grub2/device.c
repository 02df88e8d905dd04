/* GRUB 2's names of devices and files. See device.h.
 *
 * GRUB counts disks as the firmware finds them (hd0, hd1, …) and partitions from 1, with or
 * without the table's name: (hd0,gpt2), (hd0,msdos5), (hd0,1). The guest's disks stand in for
 * the firmware's, in their order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/device.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/machine.h"

/* Disk and partition numbers have no more digits than this. */
#define DIGITS_MAX 4

/* The decimal number at *TEXT, which moves behind it. */
static bool take_number(const char **text, const char *end, unsigned *number)
{
    const char *start = *text;

    *number = 0;
    while (*text < end && isdigit((unsigned char)**text)) {
        if (*text - start == DIGITS_MAX)
            return false;
        *number = *number * 10 + (unsigned)(*(*text)++ - '0');
    }
    return *text > start;
}

/* "hd0" (the firmware's), or "xen/xvda" (as GRUB built for Xen says). */
static bool take_disk(const char **text, const char *end, unsigned *disk)
{
    static const char *const lettered[] = {"xen/xvd", "xen/hd", "xen/sd"};
    size_t left = (size_t)(end - *text);

    if (left > 2 && memcmp(*text, "hd", 2) == 0) {
        *text += 2;
        return take_number(text, end, disk);
    }
    for (size_t i = 0; i < ARRAY_SIZE(lettered); i++) {
        size_t length = strlen(lettered[i]);
        if (left > length && memcmp(*text, lettered[i], length) == 0 &&
            islower((unsigned char)(*text)[length])) {
            *disk = (unsigned)((*text)[length] - 'a');
            *text += length + 1;
            return true;
        }
    }
    return false;
}

int grub2_device(const struct grub2 *g, const char *name, size_t length)
{
    const char *end = name + length;
    unsigned disk, partition = 0;

    if (!take_disk(&name, end, &disk))
        return -1;
    if (name < end && *name == ',') {
        name++;
        while (name < end && isalpha((unsigned char)*name))
            name++;
        if (!take_number(&name, end, &partition) || partition == 0)
            return -1;
    }
    /* What follows another comma is a table inside the partition (BSD's): not looked at. */
    if (name < end && *name != ',')
        return -1;
    return guest_find(g->guest, disk, partition);
}

char *grub2_device_name(const struct grub2 *g, size_t index)
{
    const struct volume *volume = &g->guest->volumes[index];

    if (volume->partition == 0)
        return xasprintf("hd%u", volume->disk);
    return xasprintf("hd%u,%s%u", volume->disk, volume->gpt ? "gpt" : "msdos", volume->partition);
}

bool grub2_locate(struct grub2 *g, const char *spec, size_t *volume, const char **path)
{
    const char *close = strchr(spec, ')'), *device = spec + 1;
    size_t length;
    int found;

    if (*spec == '(') {
        if (!close)
            return false;
        length = (size_t)(close - device);
        *path = close + 1;
    } else {
        device = grub2_get(g, "root");
        if (!device)
            return false;
        length = strlen(device);
        *path = spec;
    }
    if (**path != '/' || strlen(*path) > GUEST_PATH_MAX)
        return false;
    found = grub2_device(g, device, length);
    if (found < 0)
        return false;
    *volume = (size_t)found;
    return true;
}

/* A file that cannot be looked at is one that is not there, for GRUB as well. */
static bool note_error(struct grub2 *g, struct error *err, bool found)
{
    if (err->text)
        grub2_problem(g, "%s", err->text);
    return found;
}

bool grub2_look(struct grub2 *g, const char *spec, struct file_status *status)
{
    auto_error struct error err = ERROR_INIT;
    const char *path;
    size_t volume;

    *status = (struct file_status){.size = 0};
    if (!grub2_steps(g, GRUB2_FILE_STEPS) || !grub2_locate(g, spec, &volume, &path))
        return false;
    return note_error(g, &err, guest_status(g->guest, volume, path, status, &err) == 1);
}

bool grub2_read(struct grub2 *g, const char *spec, size_t max, struct buffer *out, size_t *volume,
                const char **path)
{
    auto_error struct error err = ERROR_INIT;
    const char *where;
    bool whole = true;
    size_t index;

    if (!grub2_steps(g, GRUB2_FILE_STEPS) || !grub2_locate(g, spec, &index, &where))
        return false;
    if (volume)
        *volume = index;
    if (path)
        *path = where;
    bool found = guest_read(g->guest, index, where, max, out, &whole, &err) == 1;
    if (found && !whole)
        grub2_problem(g, "only the first %zu bytes of %s are read", max, where);
    return note_error(g, &err, found);
}
