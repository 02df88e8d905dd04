/* The answer pipe.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/answer.h"

#include <string.h>

#include <jansson.h>

#include "common/escape.h"
#include "fsprobe/filesystems.h"

/* TEXT as JSON, escaped when it is not clean; NULL as null. */
static json_t *text_json(const char *text, size_t max)
{
    if (!text)
        return json_null();
    if (strlen(text) <= max && choose_is_clean(text))
        return json_string(text);
    auto_free char *escaped = text_escape_bytes(text, strlen(text), max);
    return json_string(escaped);
}

static json_t *text_or_null(const char *text)
{
    return text_json(text, ANSWER_TEXT_MAX);
}

int answer_error(const struct report *report, const struct error *err, enum copy_kind failed)
{
    static const char *const files[] = {NULL, "kernel", "ramdisk"};

    return report_failure(report, err, json_pack("{s:s?}", "file", files[failed]));
}

static json_t *volume_json(const struct volume *volume)
{
    return json_pack("{s:i,s:I,s:I,s:o,s:o,s:o}", "number", (int)volume->partition, "offset",
                     (json_int_t)volume->offset, "size", (json_int_t)volume->size, "type",
                     text_or_null(volume->type), "label", text_or_null(volume->label), "uuid",
                     text_or_null(volume->uuid));
}

static json_t *disk_json(const struct disk *disk, unsigned number, const struct guest *guest)
{
    json_t *partitions = json_array();

    for (size_t i = 0; i < guest->volume_count; i++)
        if (guest->volumes[i].kind == VOLUME_PLACE && guest->volumes[i].disk == number)
            json_array_append_new(partitions, volume_json(&guest->volumes[i]));
    return json_pack("{s:o,s:I,s:s,s:o}", "path", text_or_null(disk->name), "size",
                     (json_int_t)disk->size, "table", disk_table_name(disk->table), "partitions",
                     partitions);
}

static json_t *disks_json(const struct disk *disks, const struct guest *guest)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < guest->disk_count; i++)
        json_array_append_new(array, disk_json(&disks[i], i, guest));
    return array;
}

static const char *kind_name(const struct volume *volume)
{
    static const char *const names[] = {[VOLUME_PLACE] = "partition",
                                        [VOLUME_ARRAY] = "md",
                                        [VOLUME_LOGICAL] = "lvm",
                                        [VOLUME_INSIDE] = "partition"};

    return volume->kind == VOLUME_PLACE && volume->partition == 0 ? "disk" : names[volume->kind];
}

static json_t *offset_json(const struct volume *volume)
{
    return volume->placed ? json_integer((json_int_t)volume->offset) : json_null();
}

static json_t *whole_volume_json(const struct volume *volume)
{
    json_t *members = json_array();

    for (size_t i = 0; i < volume->member_count; i++)
        json_array_append_new(members, json_integer((json_int_t)volume->members[i]));
    return json_pack("{s:s,s:o,s:o,s:i,s:i,s:o,s:I,s:o,s:o,s:o,s:b,s:b,s:o}", "kind",
                     kind_name(volume), "name", text_or_null(volume->devices[0]), "where",
                     text_or_null(volume->where), "disk", (int)volume->disk, "partition",
                     (int)volume->partition, "offset", offset_json(volume), "size",
                     (json_int_t)volume->size, "type", text_or_null(volume->type), "label",
                     text_or_null(volume->label), "uuid", text_or_null(volume->uuid), "readable",
                     (int)(volume->filesystem != NULL), "reader",
                     (int)(filesystem_of(volume->type) != NULL), "members", members);
}

static json_t *volumes_json(const struct guest *guest)
{
    json_t *array = json_array();

    for (size_t i = 0; i < guest->volume_count; i++)
        json_array_append_new(array, whole_volume_json(&guest->volumes[i]));
    return array;
}

static json_t *entry_json(const struct guest *guest, const struct entry *entry, bool is_default)
{
    const struct volume *volume = &guest->volumes[entry->kernel.volume];
    json_t *ramdisks = json_array();

    for (size_t i = 0; i < entry->ramdisk_count; i++)
        json_array_append_new(ramdisks, text_or_null(entry->ramdisks[i].path));
    return json_pack("{s:o,s:o,s:o,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:I}", "title",
                     text_or_null(entry->title), "id", text_or_null(entry->id), "index",
                     text_or_null(entry->index), "disk", (int)volume->disk, "partition",
                     (int)volume->partition, "offset", offset_json(volume), "volume",
                     text_or_null(volume->devices[0]), "kernel", text_or_null(entry->kernel.path),
                     "ramdisk", text_or_null(entry->ramdisk_count ? entry->ramdisks[0].path : NULL),
                     "ramdisks", ramdisks, "args", text_or_null(entry->args ? entry->args : ""),
                     "source", text_or_null(entry->source), "default", (int)is_default, "number",
                     (json_int_t)entry->number);
}

static json_t *entries_json(const struct guest *guest, struct choice *choice)
{
    json_t *array = json_array();
    size_t used = 0;

    for (size_t i = 0; i < choice->menu.count; i++) {
        json_t *entry = entry_json(guest, &choice->menu.entries[i], choice->is_default[i]);
        used += json_dumpb(entry, NULL, 0, JSON_COMPACT);
        if (used > ANSWER_ENTRIES_MAX) {
            json_decref(entry);
            menu_problem(&choice->menu, "%zu further entries are not listed",
                         choice->menu.count - i);
            break;
        }
        json_array_append_new(array, entry);
    }
    return array;
}

static json_t *problems_json(const struct problems *problems)
{
    json_t *array = json_array();

    for (size_t i = 0; i < problems->count; i++)
        json_array_append_new(array, text_json(problems->texts[i], ANSWER_PROBLEM_MAX));
    return array;
}

static json_t *config_json(const struct choice *choice)
{
    const struct kernel_config *config = &choice->config;

    if (!choice->found || !config->path)
        return json_null();
    return json_pack("{s:o,s:b,s:b}", "path", text_or_null(config->path), "pv", (int)config->pv,
                     "pvh", (int)config->pvh);
}

static json_t *timeout_json(const struct choice *choice)
{
    return choice->found && choice->menu.has_timeout ? json_integer(choice->menu.timeout)
                                                     : json_null();
}

static json_t *copied_json(const struct copied *copied)
{
    if (!copied || !copied->done)
        return json_null();
    return json_pack("{s:I,s:o}", "kernel", (json_int_t)copied->kernel, "ramdisk",
                     copied->has_ramdisk ? json_integer((json_int_t)copied->ramdisk) : json_null());
}

int answer_send(const struct report *report, const struct disk *disks, const struct guest *guest,
                struct choice *choice, const struct copied *copied)
{
    json_t *entries = entries_json(guest, choice);
    json_t *boot = choice->found ? entry_json(guest, &choice->menu.entries[choice->boot],
                                              choice->is_default[choice->boot])
                                 : json_null();

    return report_answer(
        report, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "disks", disks_json(disks, guest),
                          "volumes", volumes_json(guest), "entries", entries, "boot", boot,
                          "config", config_json(choice), "timeout", timeout_json(choice), "copied",
                          copied_json(copied), "problems", problems_json(&choice->menu.problems)));
}
