/* Names that wait for their content. See cpio_links.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/cpio_links.h"

#include <stdlib.h>
#include <string.h>

struct links *links_new(void)
{
    return xcalloc(1, sizeof(struct links));
}

void links_free(struct links *links)
{
    if (!links)
        return;
    while (links->oldest)
        links_forget(links, links->oldest);
    free(links);
}

static size_t bucket_of(const struct cpio_entry *entry)
{
    return (entry->ino ^ entry->dev_minor * 31u ^ entry->dev_major * 1021u) % LINKS_BUCKETS;
}

struct links_group *links_find(const struct links *links, const struct cpio_entry *entry)
{
    struct links_group *group = links->buckets[bucket_of(entry)];

    while (group && (group->ino != entry->ino || group->dev_major != entry->dev_major ||
                     group->dev_minor != entry->dev_minor || group->archive != links->archive))
        group = group->next;
    return group;
}

static void unlink_group(struct links *links, struct links_group *group)
{
    const struct cpio_entry key = {
        .ino = group->ino, .dev_major = group->dev_major, .dev_minor = group->dev_minor};
    struct links_group **slot = &links->buckets[bucket_of(&key)];

    while (*slot != group)
        slot = &(*slot)->next;
    *slot = group->next;
    *(group->older ? &group->older->newer : &links->oldest) = group->newer;
    *(group->newer ? &group->newer->older : &links->newest) = group->older;
    links->groups--;
}

void links_forget(struct links *links, struct links_group *group)
{
    struct links_member *member;

    while ((member = links_take(links, group)))
        free(member);
    unlink_group(links, group);
    free(group);
}

/* Makes room by forgetting files whose content is written: a further name of such a one then
 * waits for a content that does not come, and is written as what it is at the archive's end. */
static void forget_written(struct links *links)
{
    struct links_group *newer;

    for (struct links_group *group = links->oldest; group; group = newer) {
        newer = group->newer;
        if (group->state == LINKS_WRITTEN)
            links_forget(links, group);
    }
}

static int too_many(const struct links *links, struct error *err)
{
    return error_set(err, ERROR_LIMITS,
                     "%s holds more hard links without their content than can be kept (%d files, "
                     "%d names, %d bytes of names)",
                     links->name, LINKS_GROUPS_MAX, LINKS_MEMBERS_MAX, LINKS_TEXT_MAX);
}

struct links_group *links_group(struct links *links, const struct cpio_entry *entry,
                                struct error *err)
{
    struct links_group *group = links_find(links, entry);

    if (group) {
        group->seen++;
        return group;
    }
    if (links->groups >= LINKS_GROUPS_MAX)
        forget_written(links);
    if (links->groups >= LINKS_GROUPS_MAX) {
        (void)too_many(links, err);
        return NULL;
    }
    group = xcalloc(1, sizeof *group);
    *group = (struct links_group){.ino = entry->ino,
                                  .dev_major = entry->dev_major,
                                  .dev_minor = entry->dev_minor,
                                  .archive = links->archive,
                                  .seen = 1,
                                  .older = links->newest};
    group->last = &group->first;
    group->next = links->buckets[bucket_of(entry)];
    links->buckets[bucket_of(entry)] = group;
    *(links->newest ? &links->newest->newer : &links->oldest) = group;
    links->newest = group;
    links->groups++;
    return group;
}

int links_wait(struct links *links, struct links_group *group, const struct cpio_entry *entry,
               struct error *err)
{
    size_t size = strlen(entry->name) + 1;

    if (links->members >= LINKS_MEMBERS_MAX || size > LINKS_TEXT_MAX - links->text)
        return too_many(links, err);
    struct links_member *member = xcalloc(1, sizeof *member + size);
    memcpy(member->name, entry->name, size);
    member->entry = *entry;
    member->entry.name = member->name;
    *group->last = member;
    group->last = &member->next;
    links->members++;
    links->text += size;
    return 0;
}

struct links_member *links_take(struct links *links, struct links_group *group)
{
    struct links_member *member = group->first;

    if (!member)
        return NULL;
    group->first = member->next;
    if (!group->first)
        group->last = &group->first;
    links->members--;
    links->text -= strlen(member->name) + 1;
    return member;
}

uint32_t links_count(const struct links_group *group, const struct cpio_entry *entry)
{
    return entry->nlink > group->replaced ? entry->nlink - group->replaced : 1;
}

static bool number_is_used(const struct links *links, uint32_t major, uint32_t minor)
{
    for (size_t i = 0; i < links->device_count; i++)
        if (links->devices[i].out_major == major && links->devices[i].out_minor == minor)
            return true;
    return false;
}

static struct links_device *find_device(struct links *links, const struct cpio_entry *entry)
{
    /* The last is most often the one. */
    for (size_t i = links->device_count; i-- > 0;)
        if (links->devices[i].archive == links->archive &&
            links->devices[i].major == entry->dev_major &&
            links->devices[i].minor == entry->dev_minor)
            return &links->devices[i];
    return NULL;
}

int links_device(struct links *links, struct cpio_entry *entry, struct error *err)
{
    struct links_device *device = find_device(links, entry);

    if (!device) {
        uint32_t minor = entry->dev_minor;

        if (links->device_count >= LINKS_DEVICES_MAX)
            return error_set(err, ERROR_LIMITS,
                             "%s holds hard links of more than %d filesystems or archives",
                             links->name, LINKS_DEVICES_MAX);
        while (number_is_used(links, entry->dev_major, minor))
            minor++;
        device = &links->devices[links->device_count++];
        *device = (struct links_device){links->archive, entry->dev_major, entry->dev_minor,
                                        entry->dev_major, minor};
    }
    entry->dev_major = device->out_major;
    entry->dev_minor = device->out_minor;
    return 0;
}
