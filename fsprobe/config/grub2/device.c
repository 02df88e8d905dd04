/* GRUB 2's names of devices. See device.h.
 *
 * GRUB counts disks as the firmware finds them (hd0, hd1, …), or has Xen's names (xen/xvda), and
 * counts partitions from 1, with or without the table's name: (hd0,gpt2), (hd0,msdos5), (hd0,1).
 * The guest's disks stand in for the firmware's, in their order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/device.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/script/number.h"

/* A disk's number has no more digits than this. */
#define DIGITS_MAX 4

/* A name that was read. */
struct name {
    unsigned disk;
    bool partitioned; /* a partition is named */
    unsigned partition;
    const char *table; /* "gpt", "msdos"; or NULL: any */
};

/* The decimal number at *TEXT, which moves behind it. */
static bool take_number(const char **text, unsigned *number)
{
    const char *start = *text;

    *number = 0;
    while (isdigit((unsigned char)**text)) {
        if (*text - start == DIGITS_MAX)
            return false;
        *number = *number * 10 + (unsigned)(*(*text)++ - '0');
    }
    return *text > start;
}

/* "hd0" (the firmware's), or "xen/xvda" (as GRUB built for Xen says; "xen/xvda1" is a partition
 * that the guest has as a disk). */
static bool take_disk(const char **text, unsigned *disk)
{
    static const char *const lettered[] = {"xen/xvd", "xen/hd", "xen/sd"};
    unsigned number;

    if (text_starts(*text, "hd")) {
        *text += 2;
        return take_number(text, disk);
    }
    for (size_t i = 0; i < ARRAY_SIZE(lettered); i++) {
        const char *letter = *text + strlen(lettered[i]);
        if (!text_starts(*text, lettered[i]) || !islower((unsigned char)*letter))
            continue;
        *disk = (unsigned)(*letter - 'a');
        *text = letter + 1;
        return !isdigit((unsigned char)**text) || take_number(text, &number);
    }
    return false;
}

/* "gpt2", "0x2": a table's name, and a number as C writes them. A table inside the partition
 * (BSD's: "msdos1,bsd1") is not looked at. */
static bool take_partition(const char *text, struct name *name)
{
    static const char *const tables[] = {"gpt", "msdos"};
    size_t letters = 0;
    const char *end;

    while (isalpha((unsigned char)text[letters]))
        letters++;
    for (size_t i = 0; i < ARRAY_SIZE(tables) && letters; i++)
        if (strlen(tables[i]) == letters && memcmp(text, tables[i], letters) == 0)
            name->table = tables[i];
    int64_t number = grub2_number(text + letters, false, &end);
    if ((letters && !name->table) || number < 1 || number > UINT16_MAX || *end)
        return false;
    name->partition = (unsigned)number;
    name->partitioned = true;
    return true;
}

static bool read_name(const char *text, struct name *name)
{
    *name = (struct name){.table = NULL};
    if (!take_disk(&text, &name->disk))
        return false;
    return !*text || (*text == ',' && take_partition(text + 1, name));
}

/* Whether a command made a device of the name in front of the first ',': it hides the guest's
 * own, and what it holds is not known. */
static bool is_made(const struct grub2 *g, const char *text)
{
    size_t length = strcspn(text, ",");

    for (size_t i = 0; i < g->loopback_count; i++)
        if (strlen(g->loopbacks[i]) == length && memcmp(g->loopbacks[i], text, length) == 0)
            return true;
    return false;
}

int grub2_device(const struct grub2 *g, const char *text, size_t length)
{
    auto_free char *copy = xstrndup(text, length);
    struct name name;
    int found;

    if (is_made(g, copy))
        return -1;
    found = guest_find_device(g->guest, text, length);
    if (found >= 0)
        return found;
    if (!read_name(copy, &name))
        return -1;
    found = guest_find(g->guest, name.disk, name.partition);
    if (found >= 0 && name.table &&
        g->guest->volumes[found].gpt != (strcmp(name.table, "gpt") == 0))
        return -1;
    return found;
}

bool grub2_device_elsewhere(const struct grub2 *g, const char *text, size_t length)
{
    auto_free char *copy = xstrndup(text, length);
    struct name name;

    if (is_made(g, copy) || !read_name(copy, &name))
        return false;
    for (size_t i = 0; i < g->guest->volume_count; i++)
        if (g->guest->volumes[i].disk == name.disk && g->guest->volumes[i].partition > 0)
            return false;
    return name.disk >= g->guest->disk_count || name.partitioned;
}

char *grub2_device_name(const struct grub2 *g, size_t index)
{
    const struct volume *volume = &g->guest->volumes[index];

    if (volume->devices[0])
        return xstrdup(volume->devices[0]);
    if (volume->partition == 0)
        return xasprintf("hd%u", volume->disk);
    return xasprintf("hd%u,%s%u", volume->disk, volume->gpt ? "gpt" : "msdos", volume->partition);
}

int grub2_device_each(struct grub2 *g, bool (*each)(struct grub2 *g, size_t volume, void *context),
                      void *context)
{
    const struct guest *guest = g->guest;

    for (size_t start = 0, end; start < guest->volume_count; start = end) {
        for (end = start; end < guest->volume_count; end++)
            if (guest->volumes[end].disk != guest->volumes[start].disk)
                break;
        for (size_t i = end; i-- > start;)
            if (each(g, i, context))
                return (int)i;
    }
    return -1;
}
