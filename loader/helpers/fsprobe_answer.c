/* From JSON to struct probed. Whatever does not have the shape that the contract
 * (common/protocol/fsprobe.h) gives it makes the whole answer a damaged one. See fsprobe_answer.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/fsprobe_answer.h"

#include <limits.h>

#include "common/text.h"
#include "loader/helpers/member.h"

/* A text without control characters, or null, or not there: *TEXT is NULL then. */
static bool take_text(const json_t *object, const char *key, const char **text)
{
    const json_t *member = json_object_get(object, key);

    *text = json_string_value(member);
    return !member || json_is_null(member) || (*text && text_is_clean(*text));
}

/* A number from 0 to MAX; one that is not there is 0. */
static bool take_number(const json_t *object, const char *key, uint64_t max, uint64_t *number)
{
    return member_number(object, key, max, number) || !json_object_get(object, key);
}

static bool take_unsigned(const json_t *object, const char *key, unsigned max, unsigned *number)
{
    uint64_t value;
    bool sound = take_number(object, key, max, &value);

    *number = (unsigned)value;
    return sound;
}

/* --- disks --------------------------------------------------------------------------------- */

static bool read_partition(const json_t *json, struct probed_partition *partition)
{
    return json_is_object(json) && take_unsigned(json, "number", INT_MAX, &partition->number) &&
           take_number(json, "offset", INT64_MAX, &partition->offset) &&
           take_number(json, "size", INT64_MAX, &partition->size) &&
           take_text(json, "type", &partition->type) &&
           take_text(json, "label", &partition->label) && take_text(json, "uuid", &partition->uuid);
}

static bool read_disk(const json_t *json, struct probed_disk *disk)
{
    const json_t *partitions = json_object_get(json, "partitions");
    size_t count = json_array_size(partitions);

    if (!json_is_object(json) || !json_is_array(partitions) || count > PROBED_PARTITIONS_MAX ||
        !take_text(json, "path", &disk->path) ||
        !take_number(json, "size", INT64_MAX, &disk->size) ||
        !take_text(json, "table", &disk->table))
        return false;
    disk->blank = json_is_true(json_object_get(json, "blank"));
    disk->partitions = xcalloc(count + 1, sizeof *disk->partitions);
    disk->partition_count = count;
    for (size_t i = 0; i < count; i++)
        if (!read_partition(json_array_get(partitions, i), &disk->partitions[i]))
            return false;
    return true;
}

static bool read_disks(const json_t *disks, size_t most, struct probed *probed)
{
    size_t count = json_array_size(disks);

    if (!json_is_array(disks) || count > most)
        return false;
    probed->disks = xcalloc(count + 1, sizeof *probed->disks);
    probed->disk_count = count;
    for (size_t i = 0; i < count; i++)
        if (!read_disk(json_array_get(disks, i), &probed->disks[i]))
            return false;
    return true;
}

/* --- volumes ------------------------------------------------------------------------------- */

/* Where something begins on its disk: a number, or null where it is on several, or in pieces. */
static bool take_offset(const json_t *json, bool *placed, uint64_t *offset)
{
    *placed = !json_is_null(json_object_get(json, "offset"));
    *offset = 0;
    return !*placed || take_number(json, "offset", INT64_MAX, offset);
}

/* The indices in ARRAY, each below END, into *LIST, which is the volume's to free in both cases. */
static bool read_indices(const json_t *array, size_t end, unsigned **list, size_t *count)
{
    size_t length = json_array_size(array);

    if (!json_is_array(array) || length > PROBED_MEMBERS_MAX)
        return false;
    *list = xcalloc(length + 1, sizeof **list);
    *count = length;
    for (size_t i = 0; i < length; i++) {
        const json_t *member = json_array_get(array, i);
        json_int_t index = json_integer_value(member);
        if (!json_is_integer(member) || index < 0 || index >= (json_int_t)end)
            return false;
        (*list)[i] = (unsigned)index;
    }
    return true;
}

static bool read_subvolume(const json_t *json, struct probed_subvolume *subvolume)
{
    subvolume->is_default = json_is_true(json_object_get(json, "default"));
    return json_is_object(json) && take_number(json, "id", INT64_MAX, &subvolume->id) &&
           take_text(json, "path", &subvolume->path) && subvolume->path;
}

static bool read_subvolumes(const json_t *array, struct probed_volume *volume)
{
    size_t count = json_array_size(array);

    volume->has_subvolumes = json_is_array(array);
    if ((array && !json_is_null(array) && !volume->has_subvolumes) || count > PROBED_SUBVOLUMES_MAX)
        return false;
    volume->subvolumes = xcalloc(count + 1, sizeof *volume->subvolumes);
    volume->subvolume_count = count;
    for (size_t i = 0; i < count; i++)
        if (!read_subvolume(json_array_get(array, i), &volume->subvolumes[i]))
            return false;
    return true;
}

/* What it is made of stands before it; what its filesystem stands on may be anywhere. */
static bool read_parts(const json_t *json, size_t before, size_t count,
                       struct probed_volume *volume)
{
    const json_t *devices = json_object_get(json, "devices");

    volume->readable = json_is_true(json_object_get(json, "readable"));
    volume->reader = json_is_true(json_object_get(json, "reader"));
    return take_text(json, "why", &volume->why) &&
           take_unsigned(json, "missing", UINT_MAX, &volume->missing) &&
           take_text(json, "title", &volume->title) && take_text(json, "layout", &volume->layout) &&
           take_text(json, "part_type", &volume->part_type) &&
           read_indices(json_object_get(json, "members"), before, &volume->members,
                        &volume->member_count) &&
           (!devices || read_indices(devices, count, &volume->devices, &volume->device_count)) &&
           read_subvolumes(json_object_get(json, "subvolumes"), volume);
}

static bool read_volume(const json_t *json, size_t disk_count, size_t before, size_t count,
                        struct probed_volume *volume)
{
    return take_text(json, "kind", &volume->kind) && volume->kind && disk_count &&
           take_text(json, "name", &volume->name) && take_text(json, "where", &volume->where) &&
           take_unsigned(json, "disk", (unsigned)disk_count - 1, &volume->disk) &&
           take_unsigned(json, "partition", UINT_MAX, &volume->partition) &&
           take_offset(json, &volume->placed, &volume->offset) &&
           take_number(json, "size", INT64_MAX, &volume->size) &&
           take_text(json, "type", &volume->type) && take_text(json, "label", &volume->label) &&
           take_text(json, "uuid", &volume->uuid) && read_parts(json, before, count, volume);
}

static bool read_volumes(const json_t *volumes, size_t disk_count, struct probed *probed)
{
    size_t count = json_array_size(volumes);

    if (volumes && (!json_is_array(volumes) || count > PROBED_VOLUMES_MAX))
        return false;
    probed->volumes = xcalloc(count + 1, sizeof *probed->volumes);
    probed->volume_count = count;
    for (size_t i = 0; i < count; i++)
        if (!read_volume(json_array_get(volumes, i), disk_count, i, count, &probed->volumes[i]))
            return false;
    return true;
}

/* --- entries ------------------------------------------------------------------------------- */

static bool is_path(const char *text)
{
    return text && text[0] == '/' && text_is_clean(text);
}

static bool read_ramdisks(const json_t *ramdisks, struct probed_entry *entry)
{
    size_t count = json_array_size(ramdisks);

    if (!json_is_array(ramdisks) || count > PROBED_RAMDISKS_MAX)
        return false;
    const char **paths = xcalloc(count + 1, sizeof *paths);
    entry->ramdisks = paths;
    entry->ramdisk_count = count;
    for (size_t i = 0; i < count; i++) {
        paths[i] = json_string_value(json_array_get(ramdisks, i));
        if (!is_path(paths[i]))
            return false;
    }
    entry->ramdisk = paths[0];
    return true;
}

/* ENTRY's ramdisks are the caller's to free in both cases. */
static bool read_entry(const json_t *json, size_t disk_count, struct probed_entry *entry)
{
    const char *ramdisk;

    if (!json_is_integer(json_object_get(json, "disk")) || !disk_count ||
        !take_unsigned(json, "disk", (unsigned)disk_count - 1, &entry->disk) ||
        !take_offset(json, &entry->placed, &entry->offset) ||
        !take_text(json, "volume", &entry->volume) || (!entry->placed && !entry->volume) ||
        !take_unsigned(json, "partition", UINT_MAX, &entry->partition) ||
        !take_unsigned(json, "number", UINT_MAX, &entry->number) ||
        !take_text(json, "kernel", &entry->kernel) || !take_text(json, "ramdisk", &ramdisk) ||
        !take_text(json, "args", &entry->args) || !take_text(json, "title", &entry->title) ||
        !take_text(json, "source", &entry->source) || !take_text(json, "index", &entry->index) ||
        !take_text(json, "id", &entry->id))
        return false;
    if (!entry->args)
        entry->args = "";
    entry->is_default = json_is_true(json_object_get(json, "default"));
    entry->unified = json_is_true(json_object_get(json, "unified"));
    return is_path(entry->kernel) && read_ramdisks(json_object_get(json, "ramdisks"), entry);
}

static bool read_entries(const json_t *entries, size_t disk_count, struct probed *probed)
{
    size_t count = json_array_size(entries);

    if (!json_is_array(entries) || count > PROBED_ENTRIES_MAX)
        return false;
    probed->entries = xcalloc(count + 1, sizeof *probed->entries);
    probed->entry_count = count;
    for (size_t i = 0; i < count; i++)
        if (!read_entry(json_array_get(entries, i), disk_count, &probed->entries[i]))
            return false;
    return true;
}

/* --- the rest ------------------------------------------------------------------------------ */

static bool read_boot(const json_t *boot, size_t disk_count, struct probed *probed)
{
    probed->boots = !json_is_null(boot);
    return !probed->boots || read_entry(boot, disk_count, &probed->boot);
}

static bool read_config(const json_t *config, struct probed *probed)
{
    const json_t *pv = json_object_get(config, "pv"), *pvh = json_object_get(config, "pvh");

    if (!config || json_is_null(config))
        return true;
    probed->config_pv = json_is_true(pv);
    probed->config_pvh = json_is_true(pvh);
    return take_text(config, "path", &probed->config_path) && probed->config_path &&
           json_is_boolean(pv) && json_is_boolean(pvh);
}

static bool read_timeout(const json_t *timeout, struct probed *probed)
{
    json_int_t seconds = json_integer_value(timeout);

    probed->has_timeout = json_is_integer(timeout);
    probed->timeout = seconds >= 0 && seconds <= INT_MAX ? (int)seconds : -1;
    return !timeout || json_is_null(timeout) || probed->has_timeout;
}

static bool read_problems(const json_t *problems, struct probed *probed)
{
    size_t count = json_array_size(problems);

    if (!json_is_array(problems) || count > PROBED_PROBLEMS_MAX)
        return false;
    probed->problems = xcalloc(count + 1, sizeof *probed->problems);
    probed->problem_count = count;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(problems, i));
        if (!text || !text_is_clean(text))
            return false;
        probed->problems[i] = text;
    }
    return true;
}

static bool read_instead(const json_t *answer, struct probed *probed)
{
    const char *instead;

    if (!take_text(answer, "instead", &instead))
        return false;
    probed->instead = instead ? xstrdup(instead) : NULL;
    return true;
}

int probed_read(json_t *answer, size_t disk_count, struct probed *probed, struct error *err)
{
    probed->storage = json_incref(answer);
    probed->known = read_disks(json_object_get(answer, "disks"), disk_count, probed) &&
                    read_volumes(json_object_get(answer, "volumes"), disk_count, probed) &&
                    read_entries(json_object_get(answer, "entries"), disk_count, probed) &&
                    read_boot(json_object_get(answer, "boot"), disk_count, probed) &&
                    read_config(json_object_get(answer, "config"), probed) &&
                    read_instead(answer, probed) &&
                    read_timeout(json_object_get(answer, "timeout"), probed) &&
                    take_text(answer, "cause", &probed->cause) &&
                    read_problems(json_object_get(answer, "problems"), probed);
    if (probed->known)
        return 0;
    return error_set(err, ERROR_INTERNAL, "the helper fsprobe gave an answer that is damaged");
}
