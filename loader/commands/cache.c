/* The commands "eliloader cache …": what people do with the host's cache. See commands.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "common/child.h"
#include "common/escape.h"
#include "common/nearest.h"
#include "common/text.h"
#include "loader/cache/store.h"
#include "loader/commands/commands.h"
#include "loader/commands/finish_output.h"
#include "loader/commands/json_print.h"
#include "loader/helpers/fetch.h"

/* "2026-11-30 06:15", in UTC. */
#define TIME_LENGTH sizeof "9999-12-31 23:59"

static int open_cache(const struct settings *settings, struct cache *cache, struct error *err)
{
    int opened = cache_open(settings, cache, err);

    if (opened == 0)
        return error_set(err, ERROR_USAGE,
                         "this host keeps nothing: set cache = DIRECTORY in %s, or --cache",
                         settings->config ? settings->config : "/etc/eliloader/eliloader.conf");
    return opened < 0 ? -1 : 0;
}

/* --- list ---------------------------------------------------------------------------------- */

static json_t *place_json(const struct cache_place *place)
{
    return json_pack("{s:s,s:s,s:s?,s:I}", "repository", place->repository, "path", place->path,
                     "validator", place->validator, "checked", (json_int_t)place->checked);
}

static json_t *content_json(const struct cache_index *index, const struct cache_content *content)
{
    json_t *places = json_array();

    for (size_t i = 0; i < index->place_count; i++)
        if (strcmp(index->places[i].sha256, content->sha256) == 0)
            json_array_append_new(places, place_json(&index->places[i]));
    return json_pack("{s:s,s:s?,s:I,s:I,s:I,s:o}", "sha256", content->sha256, "md5",
                     *content->md5 ? content->md5 : NULL, "size", (json_int_t)content->size,
                     "entered", (json_int_t)content->entered, "used", (json_int_t)content->used,
                     "places", places);
}

static int print_json(const struct cache *cache, const struct cache_index *index, struct error *err)
{
    json_t *contents = json_array();

    for (size_t i = 0; i < index->content_count; i++)
        json_array_append_new(contents, content_json(index, &index->contents[i]));
    json_auto_t *json = json_pack("{s:s,s:I,s:I,s:o}", "directory", cache->directory, "size",
                                  (json_int_t)cache_index_size(index), "max_size",
                                  (json_int_t)cache->max, "contents", contents);
    return json_print(json, err);
}

static const char *time_text(int64_t seconds, char out[TIME_LENGTH])
{
    time_t when = (time_t)seconds;
    struct tm parts;

    if (!gmtime_r(&when, &parts) || strftime(out, TIME_LENGTH, "%Y-%m-%d %H:%M", &parts) == 0)
        memcpy(out, "-", 2);
    return out;
}

static void print_content(const struct cache_index *index, const struct cache_content *content)
{
    char size[TEXT_SIZE_LENGTH], used[TIME_LENGTH];

    printf("%.12s  %9s  %s\n", content->sha256, text_from_size(content->size, size),
           time_text(content->used, used));
    for (size_t i = 0; i < index->place_count; i++) {
        const struct cache_place *place = &index->places[i];
        if (strcmp(place->sha256, content->sha256) != 0)
            continue;
        auto_free char *repository = text_escape(place->repository);
        auto_free char *path = text_escape(place->path);
        printf("    %s  %s\n", repository, path);
    }
}

static int load(const struct cache *cache, int operation, struct cache_index *index, int *lock,
                struct error *err)
{
    *lock = cache_lock(cache, operation, err);
    return *lock < 0 ? -1 : cache_load(cache, index, err);
}

static int command_list(const struct settings *settings, struct error *err)
{
    auto_cache struct cache cache = CACHE_INIT;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    auto_fd int lock = -1;
    char size[TEXT_SIZE_LENGTH], most[TEXT_SIZE_LENGTH];

    if (open_cache(settings, &cache, err) < 0 || load(&cache, LOCK_SH, &index, &lock, err) < 0)
        return -1;
    if (settings->json)
        return print_json(&cache, &index, err);
    auto_free char *directory = text_escape(cache.directory);
    printf("%s: %zu files, %s of %s\n", directory, index.content_count,
           text_from_size(cache_index_size(&index), size), text_from_size(cache.max, most));
    if (index.content_count > 0)
        printf("%-12s  %9s  %s\n", "SHA-256", "SIZE", "USED (UTC)");
    for (size_t i = 0; i < index.content_count; i++)
        print_content(&index, &index.contents[i]);
    return finish_output(err);
}

/* --- clear --------------------------------------------------------------------------------- */

static int command_clear(const struct settings *settings, struct error *err)
{
    auto_cache struct cache cache = CACHE_INIT;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    auto_fd int lock = -1;
    char size[TEXT_SIZE_LENGTH];

    signals_hold();
    if (open_cache(settings, &cache, err) < 0 || load(&cache, LOCK_EX, &index, &lock, err) < 0)
        return -1;
    size_t count = index.content_count;
    uint64_t bytes = cache_index_size(&index);
    cache_index_free(&index);
    /* What no index has is swept. */
    if (cache_save(&cache, &index, err) < 0)
        return -1;
    cache_tidy(&cache, &index, 0);
    if (settings->json) {
        json_auto_t *json =
            json_pack("{s:I,s:I}", "removed", (json_int_t)count, "size", (json_int_t)bytes);
        return json_print(json, err);
    }
    printf("%zu files (%s) were removed\n", count, text_from_size(bytes, size));
    return finish_output(err);
}

/* --- verify -------------------------------------------------------------------------------- */

/* 0; or -1 with ERR: what is wrong with CONTENT, or a signal came. */
static int look_through(const struct settings *settings, const struct cache *cache,
                        const struct cache_content *content, struct error *err)
{
    char sha256[65];
    bool other_boot;
    auto_fd int fd = cache_take(cache, content, &other_boot, err);

    if (fd < 0 || fetch_digest(settings, fd, sha256, NULL, err) < 0)
        return -1;
    if (strcmp(sha256, content->sha256) != 0)
        return error_set(err, ERROR_INTERNAL, "it is damaged: what is in it has the SHA-256 %s",
                         sha256);
    return 0;
}

/* Somebody may have brought it anew while it was looked through. */
static int remove_content(const struct cache *cache, const struct cache_content *bad,
                          struct error *err)
{
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    auto_fd int lock = -1;

    if (load(cache, LOCK_EX, &index, &lock, err) < 0)
        return -1;
    const struct cache_content *present = cache_index_content(&index, bad->sha256);
    if (!present || present->inode != bad->inode || present->changed != bad->changed)
        return 0;
    cache_remove(cache, &index, bad->sha256);
    return cache_save(cache, &index, err);
}

static int verify(const struct settings *settings, const struct cache *cache,
                  const struct cache_index *index, json_t *damaged, struct error *err)
{
    for (size_t i = 0; i < index->content_count; i++) {
        const struct cache_content *content = &index->contents[i];
        auto_error struct error why = ERROR_INIT;

        if (signals_pending())
            return error_set(err, ERROR_INTERRUPTED, "stopped by a signal");
        if (look_through(settings, cache, content, &why) == 0)
            continue;
        if (why.name == ERROR_INTERRUPTED)
            return error_set(err, ERROR_INTERRUPTED, "%s", why.text);
        json_array_append_new(damaged,
                              json_pack("{s:s,s:s}", "sha256", content->sha256, "why", why.text));
        if (!settings->json) {
            auto_free char *text = text_escape(why.text);
            printf("%s was removed: %s\n", content->sha256, text);
        }
        if (remove_content(cache, content, err) < 0)
            return -1;
    }
    return 0;
}

static int command_verify(const struct settings *settings, struct error *err)
{
    auto_cache struct cache cache = CACHE_INIT;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    auto_fd int lock = -1;
    json_auto_t *damaged = json_array();

    signals_hold();
    if (open_cache(settings, &cache, err) < 0 || load(&cache, LOCK_SH, &index, &lock, err) < 0)
        return -1;
    /* Starts go on meanwhile. */
    close_fd(&lock);
    if (verify(settings, &cache, &index, damaged, err) < 0)
        return -1;
    size_t bad = json_array_size(damaged);
    if (settings->json) {
        json_auto_t *json =
            json_pack("{s:I,s:O}", "contents", (json_int_t)index.content_count, "damaged", damaged);
        return json_print(json, err) < 0 ? -1 : bad > 0;
    }
    printf("%zu files, %zu damaged\n", index.content_count, bad);
    return finish_output(err) < 0 ? -1 : bad > 0;
}

/* --- together ------------------------------------------------------------------------------ */

static const struct cache_command {
    const char *name;
    int (*function)(const struct settings *settings, struct error *err);
} cache_commands[] = {{"list", command_list}, {"clear", command_clear}, {"verify", command_verify}};
#define KNOWN "list, clear, verify"

int command_cache(const struct settings *settings, struct error *err)
{
    const char *what = settings->operand_count ? settings->operands[0] : "";
    struct nearest nearest = NEAREST(what);

    if (!*what)
        return error_set(err, ERROR_USAGE, "cache needs a command: " KNOWN);
    for (size_t i = 0; i < ARRAY_SIZE(cache_commands); i++) {
        const struct cache_command *command = &cache_commands[i];
        nearest_offer(&nearest, command->name);
        if (strcmp(what, command->name) != 0)
            continue;
        if (settings->operand_count > 1)
            return error_set(err, ERROR_USAGE, "'%s' is one word too many: eliloader cache %s",
                             settings->operands[1], what);
        return command->function(settings, err);
    }
    return error_set(err, ERROR_USAGE, "there is no command 'cache %s'%s (there are " KNOWN ")",
                     what, nearest_hint(&nearest));
}
