/* Listing a directory, and a file's bytes. See look.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/look/look.h"

#include <stdlib.h>
#include <string.h>

#include "common/child.h"
#include "common/escape.h"
#include "common/text.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/look/stream.h"

/* Bytes of all names in an answer, as JSON: an answer is one line. */
#define LOOK_LIST_MAX    (CHILD_LINE_MAX - 16 * 1024)
#define LOOK_VOLUMES_MAX 2048 /* bytes of the volumes that an error names */

/* --- volumes ----------------------------------------------------------------------------- */

/* Partitions have a name on the first disk only. */
static bool has_name(const struct volume *volume)
{
    return volume->kind == VOLUME_PLACE ? volume->disk == 0 : volume->title || volume->devices[0];
}

static bool is_called(const struct volume *volume, const char *name)
{
    uint64_t number = 0;

    if (!has_name(volume))
        return false;
    if (volume->kind == VOLUME_PLACE)
        return volume->partition == 0
                   ? strcmp(name, "disk") == 0
                   : text_to_number(name, UINT16_MAX, &number) && number == volume->partition;
    for (size_t i = 0; i < ARRAY_SIZE(volume->devices); i++)
        if (volume->devices[i] && strcmp(volume->devices[i], name) == 0)
            return true;
    if (!volume->title)
        return false;
    return strcmp(volume->title, name) == 0 ||
           (text_starts(name, "md ") && strcmp(volume->title, name + strlen("md ")) == 0);
}

/* Has files, and is the first of those that its filesystem stands on. */
static bool has_files(const struct guest *guest, size_t index)
{
    const struct volume *volume = &guest->volumes[index];

    return volume->filesystem && has_name(volume) &&
           (!volume->device_count || volume->devices_of[0] == index);
}

/* "1 (ext4), vg0/root (xfs)". */
static void name_volumes(const struct guest *guest, struct buffer *out)
{
    for (size_t i = 0; i < guest->volume_count; i++) {
        const struct volume *volume = &guest->volumes[i];
        if (!has_files(guest, i))
            continue;
        const char *between = out->length ? ", " : "";
        if (volume->kind != VOLUME_PLACE)
            buffer_addf(out, "%s%s (%s)", between,
                        volume->title ? volume->title : volume->devices[0], volume->type);
        else if (volume->partition)
            buffer_addf(out, "%s%u (%s)", between, volume->partition, volume->type);
        else
            buffer_addf(out, "%sdisk (%s)", between, volume->type);
    }
}

static int no_volume(const struct look_place *place, const char *name, size_t count,
                     struct error *err)
{
    auto_buffer struct buffer names = BUFFER_INIT(LOOK_VOLUMES_MAX);

    name_volumes(place->guest, &names);
    if (count == 0 && !name)
        return error_set(err, ERROR_INVALID_SOURCE, "there is no filesystem that can be read%s%s",
                         *place->unreadable ? ": " : "", place->unreadable);
    if (name)
        return error_set(err, ERROR_INVALID_SOURCE, "there is no volume '%s'%s%s", name,
                         names.length ? "; those with files are " : "", buffer_text(&names));
    return error_set(err, ERROR_INVALID_SOURCE,
                     "there are several filesystems: say which, as DISK:VOLUME, where VOLUME is "
                     "one of %s",
                     buffer_text(&names));
}

static int find_volume(const struct look_place *place, const char *name, size_t *found,
                       struct error *err)
{
    const struct guest *guest = place->guest;
    size_t count = 0;

    for (size_t i = 0; i < guest->volume_count; i++)
        if (name ? is_called(&guest->volumes[i], name) : has_files(guest, i)) {
            *found = i;
            count++;
        }
    if (count == 0 || (count > 1 && !name))
        return no_volume(place, name, count, err);
    if (count > 1)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "several volumes are called '%s'; probe --json has a name for each", name);
    const struct volume *volume = &guest->volumes[*found];
    if (volume->filesystem)
        return 0;
    return error_set(err, ERROR_INVALID_SOURCE, "%s holds no filesystem that can be read%s%s",
                     volume->where, volume->refusal || *place->unreadable ? ": " : "",
                     volume->refusal ? volume->refusal : place->unreadable);
}

/* --- a directory ------------------------------------------------------------------------- */

struct names {
    char **names; /* owned, like each of them */
    size_t count, bytes;
    bool more; /* than there is room for */
};

static void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
}

static bool add_name(void *context, const char *name)
{
    struct names *names = context;

    /* Each costs something, also one without a letter, of which a damaged directory may have any
     * number. */
    names->more = names->bytes + strlen(name) + 1 > LOOK_LIST_MAX;
    if (names->more)
        return false;
    if ((names->count & (names->count - 1)) == 0)
        names->names =
            xreallocarray(names->names, names->count ? 2 * names->count : 1, sizeof *names->names);
    names->names[names->count++] = xstrdup(name);
    names->bytes += strlen(name) + 1;
    return true;
}

static json_t *text_json(const char *text)
{
    json_t *json = text_is_clean(text) ? json_string(text) : NULL;

    if (json)
        return json;
    auto_free char *escaped = text_escape_bytes(text, strlen(text), 4 * GUEST_PATH_MAX);
    return json_string(escaped);
}

static const char *type_name(const struct file_status *status)
{
    return status->directory ? "directory" : status->regular ? "file" : "other";
}

/* One name, with what is at PATH. A link that leads nowhere, a device, and what is damaged: other.
 */
static json_t *name_json(const struct look_place *place, size_t volume, const char *name,
                         const char *path, bool types)
{
    struct file_status status = {.size = 0};
    auto_error struct error err = ERROR_INIT;
    json_t *json = json_pack("{s:o}", "name", text_json(name));

    if (!types)
        return json;
    if (strlen(path) > GUEST_PATH_MAX ||
        guest_status(place->guest, volume, path, &status, &err) < 1)
        status = (struct file_status){.size = 0};
    json_object_set_new(json, "type", json_string(type_name(&status)));
    json_object_set_new(json, "size",
                        status.regular && status.size <= INT64_MAX
                            ? json_integer((json_int_t)status.size)
                            : json_null());
    return json;
}

static json_t *names_json(const struct look_place *place, size_t volume,
                          const struct look_wish *wish, struct names *names)
{
    json_t *array = json_array();
    size_t used = 0;

    for (size_t i = 0; i < names->count; i++) {
        auto_free char *path = xasprintf("%s/%s", wish->path, names->names[i]);
        json_t *json = name_json(place, volume, names->names[i], path, wish->types);
        used += json_dumpb(json, NULL, 0, JSON_COMPACT) + 1;
        names->more = names->more || used > LOOK_LIST_MAX;
        if (used > LOOK_LIST_MAX) {
            json_decref(json);
            break;
        }
        json_array_append_new(array, json);
    }
    return array;
}

static int list(const struct look_place *place, size_t volume, const struct look_wish *wish,
                const struct file_status *status, json_t **answer, struct error *err)
{
    struct names names = {.count = 0};
    json_t *array;

    if (status->directory) {
        int result = guest_list(place->guest, volume, wish->path, add_name, &names, err);
        if (result < 0) {
            names_free(&names);
            return -1;
        }
        array = names_json(place, volume, wish, &names);
    } else {
        array = json_pack("[o]", name_json(place, volume, wish->path, wish->path, wish->types));
    }
    *answer = json_pack("{s:o,s:b}", "names", array, "more", (int)names.more);
    names_free(&names);
    return 0;
}

/* --- a file ------------------------------------------------------------------------------ */

static int print_file(const struct look_place *place, size_t index, const struct look_wish *wish,
                      const struct file_status *status, json_t **answer, struct error *err)
{
    struct volume *volume = &place->guest->volumes[index];
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_stream struct stream stream = {
        .to = place->stream, .disks = place->disks, .disk_count = place->guest->disk_count};

    if (!status->regular)
        return error_set(err, ERROR_INVALID_SOURCE, "%s in %s is %s", wish->path, volume->where,
                         status->directory ? "a directory; 'eliloader ls' lists it"
                                           : "not a regular file, and has no bytes");
    int result = guest_map(place->guest, index, wish->path, &map, err);
    if (result < 0)
        return -1;
    if (result == 0)
        return error_set(err, ERROR_INVALID_SOURCE, "%s in %s was changed meanwhile", wish->path,
                         volume->where);
    if (stream_file(&stream, volume, &map, err) < 0)
        return error_prefix(err, "cannot read %s in %s", wish->path, volume->where);
    *answer =
        json_pack("{s:I,s:b}", "written", (json_int_t)stream.done, "stopped", (int)stream.stopped);
    return 0;
}

int look_run(const struct look_place *place, const struct look_wish *wish, json_t **answer,
             struct error *err)
{
    struct file_status status;
    size_t volume = 0;

    if (find_volume(place, wish->volume, &volume, err) < 0)
        return -1;
    int result = guest_status(place->guest, volume, wish->path, &status, err);
    if (result < 0)
        return -1;
    if (result == 0)
        return error_set(err, ERROR_INVALID_SOURCE, "there is no %s in %s", wish->path,
                         place->guest->volumes[volume].where);
    return (wish->list ? list : print_file)(place, volume, wish, &status, answer, err);
}
