/* The answer pipe.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/answer.h"

#include <string.h>

#include <jansson.h>

#include "fsprobe/answer_volumes.h"
#include "fsprobe/cause.h"

int answer_error(const struct report *report, const struct error *err, enum copy_kind failed)
{
    static const char *const files[] = {NULL, "kernel", "ramdisk"};

    return report_failure(report, err, json_pack("{s:s?}", "file", files[failed]));
}

static json_t *partition_json(const struct volume *volume)
{
    return json_pack("{s:i,s:I,s:I,s:o,s:o,s:o}", "number", (int)volume->partition, "offset",
                     (json_int_t)volume->offset, "size", (json_int_t)volume->size, "type",
                     answer_text_or_null(volume->type), "label", answer_text_or_null(volume->label),
                     "uuid", answer_text_or_null(volume->uuid));
}

static json_t *disk_json(const struct disk *disk, unsigned number, const struct answer *answer)
{
    const struct guest *guest = answer->guest;
    bool blank = !answer->choice->found && unreadable_blank(guest, number);

    json_t *partitions = json_array();

    for (size_t i = 0; i < guest->volume_count; i++)
        if (guest->volumes[i].kind == VOLUME_PLACE && guest->volumes[i].disk == number)
            json_array_append_new(partitions, partition_json(&guest->volumes[i]));
    return json_pack("{s:o,s:I,s:s,s:b,s:o}", "path", answer_text_or_null(disk->name), "size",
                     (json_int_t)disk->size, "table", disk_table_name(disk->table), "blank",
                     (int)blank, "partitions", partitions);
}

static json_t *disks_json(const struct answer *answer)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < answer->guest->disk_count; i++)
        json_array_append_new(array, disk_json(&answer->disks[i], i, answer));
    return array;
}

static json_t *entry_json(const struct guest *guest, const struct entry *entry, bool is_default)
{
    const struct volume *volume = &guest->volumes[entry->kernel.volume];
    json_t *ramdisks = json_array();

    for (size_t i = 0; i < entry->ramdisk_count; i++)
        json_array_append_new(ramdisks, answer_text_or_null(entry->ramdisks[i].path));
    return json_pack(
        "{s:o,s:o,s:o,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:I,s:b}", "title",
        answer_text_or_null(entry->title), "id", answer_text_or_null(entry->id), "index",
        answer_text_or_null(entry->index), "disk", (int)volume->disk, "partition",
        (int)volume->partition, "offset", answer_offset(volume), "volume",
        answer_text_or_null(volume->devices[0]), "kernel", answer_text_or_null(entry->kernel.path),
        "ramdisk", answer_text_or_null(entry->ramdisk_count ? entry->ramdisks[0].path : NULL),
        "ramdisks", ramdisks, "args", answer_text_or_null(entry->args ? entry->args : ""), "source",
        answer_text_or_null(entry->source), "default", (int)is_default, "number",
        (json_int_t)entry->number, "unified", (int)(entry->kernel.section != NULL));
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
        json_array_append_new(array, answer_text(problems->texts[i], ANSWER_PROBLEM_MAX));
    return array;
}

static json_t *config_json(const struct choice *choice)
{
    const struct kernel_config *config = &choice->config;

    if (!choice->found || !config->path)
        return json_null();
    return json_pack("{s:o,s:b,s:b}", "path", answer_text_or_null(config->path), "pv",
                     (int)config->pv, "pvh", (int)config->pvh);
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

int answer_send(const struct report *report, const struct answer *answer)
{
    struct choice *choice = answer->choice;
    const struct guest *guest = answer->guest;
    json_t *entries = entries_json(guest, choice);
    json_t *boot = choice->found ? entry_json(guest, &choice->menu.entries[choice->boot],
                                              choice->is_default[choice->boot])
                                 : json_null();
    json_t *volumes = answer_volumes(answer->guest, answer->subvolumes, &choice->menu.problems);

    json_t *all =
        json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "disks", disks_json(answer), "volumes", volumes,
                  "entries", entries, "boot", boot, "config", config_json(choice), "timeout",
                  timeout_json(choice), "copied", copied_json(answer->copied));
    json_object_set_new(all, "instead", answer_text(choice->instead, ANSWER_PROBLEM_MAX));
    json_object_set_new(all, "cause", answer_text(answer->cause, CAUSE_MAX));
    json_object_set_new(all, "problems", problems_json(&choice->menu.problems));
    return report_answer(report, all);
}
