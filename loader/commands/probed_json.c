/* Disks and entries as JSON. See probed_json.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/probed_json.h"

static json_t *partition_json(const struct probed_partition *partition)
{
    return json_pack("{s:I,s:I,s:I,s:s?,s:s?,s:s?}", "number", (json_int_t)partition->number,
                     "offset", (json_int_t)partition->offset, "size", (json_int_t)partition->size,
                     "type", partition->type, "label", partition->label, "uuid", partition->uuid);
}

json_t *probed_json_disks(const struct probed *probed)
{
    json_t *disks = json_array();

    for (size_t i = 0; i < probed->disk_count; i++) {
        const struct probed_disk *disk = &probed->disks[i];
        json_t *partitions = json_array();
        for (size_t j = 0; j < disk->partition_count; j++)
            json_array_append_new(partitions, partition_json(&disk->partitions[j]));
        json_array_append_new(disks, json_pack("{s:s?,s:I,s:s?,s:o}", "path", disk->path, "size",
                                               (json_int_t)disk->size, "table", disk->table,
                                               "partitions", partitions));
    }
    return disks;
}

/* An offset; null where there is none. */
static json_t *offset_json(bool placed, uint64_t offset)
{
    return placed ? json_integer((json_int_t)offset) : json_null();
}

static json_t *indices_json(const unsigned *indices, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_integer(indices[i]));
    return array;
}

static json_t *subvolumes_json(const struct probed_volume *volume)
{
    json_t *array = json_array();

    for (size_t i = 0; i < volume->subvolume_count; i++) {
        const struct probed_subvolume *subvolume = &volume->subvolumes[i];
        json_array_append_new(array,
                              json_pack("{s:I,s:s,s:b}", "id", (json_int_t)subvolume->id, "path",
                                        subvolume->path, "default", (int)subvolume->is_default));
    }
    if (volume->has_subvolumes)
        return array;
    json_decref(array);
    return json_null();
}

static json_t *volume_json(const struct probed_volume *volume)
{
    json_t *json = json_pack("{s:s,s:s?,s:s?,s:I,s:I,s:o,s:I,s:s?,s:s?,s:s?,s:b,s:o}", "kind",
                             volume->kind, "name", volume->name, "where", volume->where, "disk",
                             (json_int_t)volume->disk, "partition", (json_int_t)volume->partition,
                             "offset", offset_json(volume->placed, volume->offset), "size",
                             (json_int_t)volume->size, "type", volume->type, "label", volume->label,
                             "uuid", volume->uuid, "readable", (int)volume->readable, "members",
                             indices_json(volume->members, volume->member_count));
    json_t *more = json_pack("{s:I,s:s?,s:s?,s:s?,s:s?,s:o,s:o}", "missing",
                             (json_int_t)volume->missing, "title", volume->title, "layout",
                             volume->layout, "part_type", volume->part_type, "why", volume->why,
                             "devices", indices_json(volume->devices, volume->device_count),
                             "subvolumes", subvolumes_json(volume));

    json_object_update(json, more);
    json_decref(more);
    return json;
}

json_t *probed_json_volumes(const struct probed *probed)
{
    json_t *volumes = json_array();

    for (size_t i = 0; i < probed->volume_count; i++)
        json_array_append_new(volumes, volume_json(&probed->volumes[i]));
    return volumes;
}

static json_t *entry_json(const struct probed_entry *entry)
{
    json_t *ramdisks = json_array();

    for (size_t i = 0; i < entry->ramdisk_count; i++)
        json_array_append_new(ramdisks, json_string(entry->ramdisks[i]));
    json_t *json = json_pack(
        "{s:s?,s:s?,s:s?,s:I,s:I,s:o,s:s?,s:s,s:s?,s:o,s:s,s:s?,s:b,s:I}", "title", entry->title,
        "id", entry->id, "index", entry->index, "disk", (json_int_t)entry->disk, "partition",
        (json_int_t)entry->partition, "offset", offset_json(entry->placed, entry->offset), "volume",
        entry->volume, "kernel", entry->kernel, "ramdisk", entry->ramdisk, "ramdisks", ramdisks,
        "args", entry->args, "source", entry->source, "default", (int)entry->is_default, "number",
        (json_int_t)entry->number);
    if (entry->unified)
        json_object_set_new(json, "unified", json_true());
    return json;
}

json_t *probed_json_entries(const struct probed *probed)
{
    json_t *entries = json_array();

    for (size_t i = 0; i < probed->entry_count; i++)
        json_array_append_new(entries, entry_json(&probed->entries[i]));
    return entries;
}

json_t *probed_json_boot(const struct probed *probed)
{
    return probed->boots ? entry_json(&probed->boot) : json_null();
}

json_t *probed_json_problems(const struct probed *probed)
{
    json_t *problems = json_array();

    for (size_t i = 0; i < probed->problem_count; i++)
        json_array_append_new(problems, json_string(probed->problems[i]));
    return problems;
}

json_t *probed_json(const struct probed *probed)
{
    json_t *config = probed->config_path
                         ? json_pack("{s:s,s:b,s:b}", "path", probed->config_path, "pv",
                                     (int)probed->config_pv, "pvh", (int)probed->config_pvh)
                         : json_null();
    json_t *timeout = probed->has_timeout ? json_integer(probed->timeout) : json_null();

    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:n,s:o}", "disks", probed_json_disks(probed),
                     "volumes", probed_json_volumes(probed), "entries", probed_json_entries(probed),
                     "boot", probed_json_boot(probed), "config", config, "timeout", timeout,
                     "copied", "problems", probed_json_problems(probed));
}
