/* What was found on a guest's disks. See probed.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/probed.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

void probed_free(struct probed *probed)
{
    for (size_t i = 0; i < probed->disk_count; i++)
        free(probed->disks[i].partitions);
    for (size_t i = 0; i < probed->volume_count; i++) {
        free(probed->volumes[i].members);
        free(probed->volumes[i].devices);
        free(probed->volumes[i].subvolumes);
    }
    free(probed->volumes);
    for (size_t i = 0; i < probed->entry_count; i++)
        free((void *)probed->entries[i].ramdisks);
    free((void *)probed->boot.ramdisks);
    free(probed->disks);
    free(probed->entries);
    free(probed->problems);
    free(probed->instead);
    json_decref(probed->storage);
    *probed = PROBED_INIT;
}

bool probed_boot(const struct probed *probed, struct probed_entry *entry)
{
    if (probed->boots)
        *entry = probed->boot;
    return probed->boots;
}

bool probed_entry_at(const struct probed *probed, size_t number, struct probed_entry *entry)
{
    if (number >= probed->entry_count)
        return false;
    *entry = probed->entries[number];
    return true;
}

/* Entries are listed configuration by configuration, in each by their numbers, and the chosen
 * configuration is the last that was looked at. */
void probed_menu(const struct probed *probed, size_t *first, size_t *end)
{
    const struct probed_entry *entries = probed->entries;
    size_t count = probed->entry_count;

    *first = 0;
    *end = count;
    if (!count)
        return;
    if (probed->boots) {
        for (*first = count - 1; *first > 0; --*first)
            if (entries[*first - 1].number >= entries[*first].number)
                break;
    } else {
        for (*end = 1; *end < count; ++*end)
            if (entries[*end].number <= entries[*end - 1].number)
                break;
    }
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool probed_same(const struct probed_entry *a, const struct probed_entry *b)
{
    if (a->number != b->number || a->disk != b->disk || a->partition != b->partition ||
        a->offset != b->offset || a->ramdisk_count != b->ramdisk_count ||
        a->is_default != b->is_default || a->unified != b->unified)
        return false;
    for (size_t i = 0; i < a->ramdisk_count; i++)
        if (!same_text(a->ramdisks[i], b->ramdisks[i]))
            return false;
    return same_text(a->volume, b->volume) && same_text(a->title, b->title) &&
           same_text(a->index, b->index) && same_text(a->id, b->id) &&
           same_text(a->source, b->source) && same_text(a->kernel, b->kernel) &&
           same_text(a->args, b->args);
}

bool probed_has_type(const struct probed *probed, size_t disk, const char *type)
{
    const struct probed_disk *found = disk < probed->disk_count ? &probed->disks[disk] : NULL;

    for (size_t i = 0; found && i < found->partition_count; i++)
        if (found->partitions[i].type && (!type || strcmp(found->partitions[i].type, type) == 0))
            return true;
    return false;
}

bool probed_is_bare(const struct probed *probed, size_t disk)
{
    return disk < probed->disk_count && same_text(probed->disks[disk].table, "none");
}

bool probed_config(const struct probed *probed, const char **path, bool *pv, bool *pvh)
{
    if (!probed->config_path)
        return false;
    *path = probed->config_path;
    *pv = probed->config_pv;
    *pvh = probed->config_pvh;
    return true;
}

int probed_timeout(const struct probed *probed, bool *said)
{
    *said = probed->has_timeout;
    return probed->has_timeout ? probed->timeout : -1;
}

bool probed_all_blank(const struct probed *probed)
{
    for (size_t i = 0; i < probed->disk_count; i++)
        if (!probed->disks[i].blank)
            return false;
    return probed->disk_count > 0;
}

const char *probed_problem(const struct probed *probed, size_t number)
{
    return number < probed->problem_count ? probed->problems[number] : NULL;
}
