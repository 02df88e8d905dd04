/* The volumes of an answer. See answer_volumes.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/answer_volumes.h"

#include <string.h>

#include "common/escape.h"
#include "fsprobe/choose.h"
#include "fsprobe/filesystems.h"

json_t *answer_text(const char *text, size_t max)
{
    if (!text)
        return json_null();
    if (strlen(text) <= max && candidate_is_clean(text))
        return json_string(text);
    auto_free char *escaped = text_escape_bytes(text, strlen(text), max);
    return json_string(escaped);
}

json_t *answer_text_or_null(const char *text)
{
    return answer_text(text, ANSWER_TEXT_MAX);
}

json_t *answer_offset(const struct volume *volume)
{
    return volume->placed ? json_integer((json_int_t)volume->offset) : json_null();
}

static const char *kind_name(const struct volume *volume)
{
    static const char *const names[] = {[VOLUME_PLACE] = "partition",
                                        [VOLUME_ARRAY] = "md",
                                        [VOLUME_LOGICAL] = "lvm",
                                        [VOLUME_INSIDE] = "partition"};

    return volume->kind == VOLUME_PLACE && volume->partition == 0 ? "disk" : names[volume->kind];
}

static json_t *indices_json(const size_t *indices, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_integer((json_int_t)indices[i]));
    return array;
}

/* --- subvolumes -------------------------------------------------------------------------- */

struct listing {
    json_t *array;
    size_t *room; /* bytes that are left for paths */
    bool full;
};

static bool add_subvolume(void *context, const struct subvolume *subvolume)
{
    struct listing *listing = context;
    json_t *path = answer_text_or_null(*subvolume->path ? subvolume->path : "/");
    size_t length = json_string_length(path);

    listing->full = length > *listing->room;
    if (listing->full) {
        json_decref(path);
        return false;
    }
    *listing->room -= length;
    json_array_append_new(listing->array,
                          json_pack("{s:I,s:o,s:b}", "id", (json_int_t)subvolume->id, "path", path,
                                    "default", (int)subvolume->is_default));
    return true;
}

/* Null where there are none, and for all but the first volume that a filesystem stands on. */
static json_t *subvolumes_json(struct guest *guest, size_t index, size_t *room,
                               struct problems *problems)
{
    const struct volume *volume = &guest->volumes[index];
    struct listing listing = {.array = json_array(), .room = room};
    auto_error struct error err = ERROR_INIT;
    int result = volume->device_count && volume->devices_of[0] != index
                     ? 0
                     : guest_subvolumes(guest, index, add_subvolume, &listing, &err);

    if (result < 0)
        problems_add(problems, "%s", err.text);
    if (listing.full)
        problems_add(problems, "%s: not all of its subvolumes are listed", volume->where);
    if (result > 0)
        return listing.array;
    json_decref(listing.array);
    return json_null();
}

/* --- volumes ----------------------------------------------------------------------------- */

/* What is promised to all who ask, see docs/disks.md. */
static json_t *volume_json(const struct volume *volume)
{
    return json_pack("{s:s,s:o,s:o,s:i,s:i,s:o,s:I,s:o,s:o,s:o,s:b,s:b}", "kind", kind_name(volume),
                     "name", answer_text_or_null(volume->devices[0]), "where",
                     answer_text_or_null(volume->where), "disk", (int)volume->disk, "partition",
                     (int)volume->partition, "offset", answer_offset(volume), "size",
                     (json_int_t)volume->size, "type", answer_text_or_null(volume->type), "label",
                     answer_text_or_null(volume->label), "uuid", answer_text_or_null(volume->uuid),
                     "readable", (int)(volume->filesystem != NULL), "reader",
                     (int)(filesystem_of(volume->type) != NULL));
}

/* What it is made of, and what its filesystem stands on. */
static void add_parts(json_t *json, const struct volume *volume)
{
    json_t *more = json_pack(
        "{s:o,s:o,s:i,s:o,s:o,s:o,s:o}", "why", answer_text_or_null(volume->refusal), "members",
        indices_json(volume->members, volume->member_count), "missing", (int)volume->missing,
        "title", answer_text_or_null(volume->title), "layout", answer_text_or_null(volume->layout),
        "part_type", answer_text_or_null(volume->part_type), "devices",
        indices_json(volume->devices_of, volume->device_count));

    json_object_update(json, more);
    json_decref(more);
}

json_t *answer_volumes(struct guest *guest, bool subvolumes, struct problems *problems)
{
    size_t room = ANSWER_SUBVOLUMES_MAX;
    json_t *array = json_array();

    for (size_t i = 0; i < guest->volume_count; i++) {
        json_t *json = volume_json(&guest->volumes[i]);
        add_parts(json, &guest->volumes[i]);
        json_object_set_new(json, "subvolumes",
                            subvolumes ? subvolumes_json(guest, i, &room, problems) : json_null());
        json_array_append_new(array, json);
    }
    return array;
}
