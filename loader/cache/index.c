/* Which contents there are, and where they were found. See index.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/cache/index.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

#define VERSION 1

static void place_free(struct cache_place *place)
{
    free(place->repository);
    free(place->path);
    free(place->validator);
}

void cache_index_free(struct cache_index *index)
{
    for (size_t i = 0; i < index->place_count; i++)
        place_free(&index->places[i]);
    free(index->places);
    free(index->contents);
    *index = CACHE_INDEX_INIT;
}

/* --- reading ------------------------------------------------------------------------------- */

static bool get_number(const json_t *object, const char *key, uint64_t *value)
{
    const json_t *number = json_object_get(object, key);

    *value = (uint64_t)json_integer_value(number);
    return json_is_integer(number) && json_integer_value(number) >= 0;
}

static bool get_time(const json_t *object, const char *key, int64_t *value)
{
    uint64_t number;
    bool there = get_number(object, key, &number);

    *value = (int64_t)number;
    return there;
}

/* A text of at most MAX bytes; NULL: it is none. */
static const char *get_text(const json_t *object, const char *key, size_t max)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text && *text && strlen(text) <= max && text_is_clean(text) ? text : NULL;
}

static bool read_content(const char *sha256, const json_t *object, struct cache_content *content)
{
    const char *md5 = get_text(object, "md5", 32), *boot = get_text(object, "boot", 36);

    *content = (struct cache_content){.size = 0};
    if (!text_is_hex(sha256, 64) || !boot || (md5 && !text_is_hex(md5, 32)) ||
        !get_number(object, "size", &content->size) || content->size == 0 ||
        !get_number(object, "inode", &content->inode) ||
        !get_number(object, "changed", &content->changed) ||
        !get_time(object, "entered", &content->entered) ||
        !get_time(object, "used", &content->used))
        return false;
    memcpy(content->sha256, sha256, sizeof content->sha256);
    if (md5)
        memcpy(content->md5, md5, sizeof content->md5);
    memcpy(content->boot, boot, strlen(boot) + 1);
    return true;
}

static bool read_contents(json_t *contents, struct cache_index *index)
{
    const char *sha256;
    json_t *object;

    json_object_foreach(contents, sha256, object)
    {
        struct cache_content content;

        if (!read_content(sha256, object, &content) || !cache_index_add(index, &content))
            return false;
    }
    return json_is_object(contents);
}

static bool read_places(const json_t *places, struct cache_index *index)
{
    const json_t *object;
    size_t i;

    json_array_foreach(places, i, object)
    {
        const char *repository = get_text(object, "repository", CACHE_URL_MAX);
        const char *path = get_text(object, "path", CACHE_URL_MAX);
        const char *sha256 = get_text(object, "sha256", 64);
        int64_t checked;

        if (!repository || !path || !sha256 || !text_is_hex(sha256, 64) ||
            !get_time(object, "checked", &checked) || i >= CACHE_PLACES_MAX)
            return false;
        if (cache_index_content(index, sha256))
            cache_index_say(index, repository, path,
                            get_text(object, "validator", CACHE_VALIDATOR_MAX), sha256, checked);
    }
    return json_is_array(places);
}

int cache_index_read(const char *text, size_t length, struct cache_index *index, struct error *err)
{
    json_error_t fault;
    json_auto_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &fault);
    const json_t *version = json_object_get(json, "version");

    if (!json)
        return error_set(err, ERROR_INTERNAL, "it is damaged (line %d: %s)", fault.line,
                         fault.text);
    if (json_integer_value(version) != VERSION)
        return error_set(err, ERROR_INTERNAL, "it is of another version than %d", VERSION);
    if (read_contents(json_object_get(json, "contents"), index) &&
        read_places(json_object_get(json, "places"), index))
        return 0;
    cache_index_free(index);
    return error_set(err, ERROR_INTERNAL, "it has an entry that is damaged");
}

/* --- writing ------------------------------------------------------------------------------- */

static json_t *content_json(const struct cache_content *content)
{
    return json_pack("{s:I,s:I,s:I,s:s,s:s?,s:I,s:I}", "size", (json_int_t)content->size, "inode",
                     (json_int_t)content->inode, "changed", (json_int_t)content->changed, "boot",
                     content->boot, "md5", *content->md5 ? content->md5 : NULL, "entered",
                     (json_int_t)content->entered, "used", (json_int_t)content->used);
}

static json_t *place_json(const struct cache_place *place)
{
    return json_pack("{s:s,s:s,s:s?,s:s,s:I}", "repository", place->repository, "path", place->path,
                     "validator", place->validator, "sha256", place->sha256, "checked",
                     (json_int_t)place->checked);
}

char *cache_index_write(const struct cache_index *index)
{
    json_t *contents = json_object(), *places = json_array();

    for (size_t i = 0; i < index->content_count; i++)
        json_object_set_new(contents, index->contents[i].sha256, content_json(&index->contents[i]));
    for (size_t i = 0; i < index->place_count; i++)
        json_array_append_new(places, place_json(&index->places[i]));
    json_auto_t *json =
        json_pack("{s:i,s:o,s:o}", "version", VERSION, "contents", contents, "places", places);
    char *text = json_dumps(json, JSON_INDENT(1));

    return text ? text : xstrdup("");
}

/* --- finding, and changing ----------------------------------------------------------------- */

struct cache_content *cache_index_content(const struct cache_index *index, const char *sha256)
{
    for (size_t i = 0; i < index->content_count; i++)
        if (strcmp(index->contents[i].sha256, sha256) == 0)
            return &index->contents[i];
    return NULL;
}

struct cache_place *cache_index_place(const struct cache_index *index, const char *repository,
                                      const char *path)
{
    for (size_t i = 0; i < index->place_count; i++)
        if (strcmp(index->places[i].path, path) == 0 &&
            strcmp(index->places[i].repository, repository) == 0)
            return &index->places[i];
    return NULL;
}

bool cache_index_add(struct cache_index *index, const struct cache_content *content)
{
    struct cache_content *same = cache_index_content(index, content->sha256);

    if (same) {
        *same = *content;
        return true;
    }
    if (index->content_count >= CACHE_CONTENTS_MAX)
        return false;
    index->contents =
        xreallocarray(index->contents, index->content_count + 1, sizeof *index->contents);
    index->contents[index->content_count++] = *content;
    return true;
}

static void drop_place(struct cache_index *index, size_t at)
{
    place_free(&index->places[at]);
    index->places[at] = index->places[--index->place_count];
}

/* Room for one more: the one that nobody has asked for for longest goes. */
static void make_room(struct cache_index *index)
{
    size_t oldest = 0;

    if (index->place_count < CACHE_PLACES_MAX)
        return;
    for (size_t i = 1; i < index->place_count; i++)
        if (index->places[i].checked < index->places[oldest].checked)
            oldest = i;
    drop_place(index, oldest);
}

/* As JSON takes it, and within MAX bytes. */
static bool can_be_said(const char *text, size_t max)
{
    json_auto_t *json = json_string(text);

    return json && *text && strlen(text) <= max && text_is_clean(text);
}

void cache_index_say(struct cache_index *index, const char *repository, const char *path,
                     const char *validator, const char *sha256, int64_t now)
{
    struct cache_place *place = cache_index_place(index, repository, path);

    if (!can_be_said(repository, CACHE_URL_MAX) || !can_be_said(path, CACHE_URL_MAX))
        return;
    if (validator && !can_be_said(validator, CACHE_VALIDATOR_MAX))
        validator = NULL;
    if (!place) {
        make_room(index);
        index->places = xreallocarray(index->places, index->place_count + 1, sizeof *index->places);
        place = &index->places[index->place_count++];
        *place = (struct cache_place){.repository = xstrdup(repository), .path = xstrdup(path)};
    }
    char *copy = validator ? xstrdup(validator) : NULL; /* it may be the place's own */
    replace_string(&place->validator, copy);
    memmove(place->sha256, sha256, strlen(sha256) + 1);
    place->checked = now;
}

void cache_index_drop(struct cache_index *index, const char *sha256)
{
    char name[65]; /* it may be the content's own */

    memcpy(name, sha256, sizeof name);
    for (size_t i = index->place_count; i-- > 0;)
        if (strcmp(index->places[i].sha256, name) == 0)
            drop_place(index, i);
    for (size_t i = index->content_count; i-- > 0;)
        if (strcmp(index->contents[i].sha256, name) == 0)
            index->contents[i] = index->contents[--index->content_count];
}

const struct cache_content *cache_index_oldest(const struct cache_index *index)
{
    const struct cache_content *oldest = NULL;

    for (size_t i = 0; i < index->content_count; i++)
        if (!oldest || index->contents[i].used < oldest->used)
            oldest = &index->contents[i];
    return oldest;
}

uint64_t cache_index_size(const struct cache_index *index)
{
    uint64_t size = 0;

    /* A sum that does not fit is past any bound. */
    for (size_t i = 0; i < index->content_count; i++)
        if (__builtin_add_overflow(size, index->contents[i].size, &size))
            return UINT64_MAX;
    return size;
}
