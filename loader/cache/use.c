/* From the cache, and into it. See use.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/cache/use.h"

#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "common/io.h"
#include "common/log.h"
#include "common/text.h"
#include "common/url.h"
#include "loader/cache/lane.h"

/* Files that are offered to a helper: of the repository, and of any. Its request has room for
 * more. */
#define PLACES_OFFERED   32
#define CONTENTS_OFFERED 256
/* That something was used is written down so often at most, not for each of a hundred starts.
 * Seconds. */
#define USED_EVERY 60

/* --- its life ------------------------------------------------------------------------------ */

static void go_without(struct cache_use *use, const struct error *why)
{
    log_warning("the cache is not used for %s: %s", use->repository, why->text);
    close_fd(&use->lane);
    replace_string(&use->repository, NULL);
}

void cache_use_start(struct cache_use *use, const struct settings *settings, const char *repository,
                     bool own_proxy, cache_digest *digest)
{
    auto_error struct error why = ERROR_INIT;
    auto_free char *shown = url_without_login(repository);
    bool has_login = strcmp(shown, repository) != 0;
    size_t length = strlen(shown);

    *use = CACHE_USE_INIT;
    use->settings = settings;
    use->digest = digest;
    use->by_place = !has_login && !own_proxy;
    while (length > 0 && shown[length - 1] == '/')
        shown[--length] = '\0';
    use->repository = take_pointer(shown);
    int opened = cache_open(settings, &use->cache, &why);
    if (opened < 0)
        go_without(use, &why);
    else if (opened == 0)
        replace_string(&use->repository, NULL);
}

void cache_use_end(struct cache_use *use)
{
    close_fd(&use->lane);
    cache_index_free(&use->index);
    cache_close(&use->cache);
    replace_string(&use->repository, NULL);
}

/* --- who may ask --------------------------------------------------------------------------- */

static int read_index(struct cache_use *use, struct error *err)
{
    auto_fd int lock = cache_lock(&use->cache, LOCK_SH, err);

    cache_index_free(&use->index);
    return lock < 0 ? -1 : cache_load(&use->cache, &use->index, err);
}

static bool has_places(const struct cache_use *use)
{
    for (size_t i = 0; i < use->index.place_count; i++)
        if (strcmp(use->index.places[i].repository, use->repository) == 0)
            return true;
    return false;
}

static int take_lane(struct cache_use *use, int operation, unsigned seconds, struct error *err)
{
    close_fd(&use->lane);
    use->held_only = operation == LOCK_SH;
    use->lane = cache_lane(&use->cache, use->repository, operation, (int64_t)seconds * 1000, err);
    return use->lane < 0 ? -1 : read_index(use, err);
}

static int queue(struct cache_use *use, bool again, unsigned seconds, struct error *err)
{
    if (read_index(use, err) < 0 || !use->by_place)
        return use->lane;
    if (!again && has_places(use))
        return take_lane(use, LOCK_SH, seconds, err);
    if (take_lane(use, LOCK_EX, seconds, err) < 0)
        return -1;
    /* Whoever was in it before has brought something: many may ask for that at once. */
    return !again && has_places(use) ? take_lane(use, LOCK_SH, seconds, err) : 0;
}

int cache_use_queue(struct cache_use *use, bool again, unsigned seconds, struct error *err)
{
    auto_error struct error why = ERROR_INIT;

    if (!use->repository)
        return 0;
    use->held_only = false;
    if (queue(use, again, seconds, &why) < 0 && why.text) {
        if (why.name == ERROR_INTERRUPTED)
            return error_set(err, ERROR_INTERRUPTED, "%s", why.text);
        go_without(use, &why);
    }
    return 0;
}

/* --- what is offered ----------------------------------------------------------------------- */

void cache_use_offer(const struct cache_use *use, json_t *request)
{
    const struct cache_index *index = &use->index;

    if (!use->repository)
        return;
    json_t *held = json_array();
    for (size_t i = 0; use->by_place && i < index->place_count; i++)
        if (strcmp(index->places[i].repository, use->repository) == 0 &&
            json_array_size(held) < PLACES_OFFERED)
            json_array_append_new(held, json_pack("{s:s,s:s?,s:s}", "path", index->places[i].path,
                                                  "validator", index->places[i].validator, "sha256",
                                                  index->places[i].sha256));
    for (size_t i = 0; i < index->content_count && i < CONTENTS_OFFERED; i++)
        json_array_append_new(held, json_pack("{s:s}", "sha256", index->contents[i].sha256));
    json_object_set_new(request, "held", held);
    json_object_set_new(request, "held_only", json_boolean(use->held_only));
}

/* --- from the cache ------------------------------------------------------------------------ */

/* Changes the index: DO is called under the lock, with the present one. */
static void change(struct cache_use *use,
                   bool (*change_one)(struct cache_use *use, struct cache_index *index,
                                      void *context, struct error *err),
                   void *context)
{
    auto_error struct error why = ERROR_INIT;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    auto_fd int lock = cache_lock(&use->cache, LOCK_EX, &why);

    if (lock < 0 || cache_load(&use->cache, &index, &why) < 0 ||
        (change_one(use, &index, context, &why) && cache_save(&use->cache, &index, &why) < 0) ||
        why.text)
        log_warning("the cache stays as it was: %s", why.text ? why.text : "it cannot be changed");
}

static bool drop_content(struct cache_use *use, struct cache_index *index, void *context,
                         struct error *err)
{
    const struct cache_content *bad = context;
    const struct cache_content *present = cache_index_content(index, bad->sha256);

    (void)err;
    /* Somebody else may have brought it anew. */
    if (!present || present->inode != bad->inode || present->changed != bad->changed)
        return false;
    cache_remove(&use->cache, index, bad->sha256);
    return true;
}

static int refuse(struct cache_use *use, struct cache_content *content, const struct error *why)
{
    log_warning("%s of the cache %s is not used, and is fetched anew: %s", content->sha256,
                use->cache.directory, why->text);
    change(use, drop_content, content);
    return 1;
}

struct used {
    const struct cache_content *content;
    const char *path; /* NULL: it was not found by it */
};

static bool write_used(struct cache_use *use, struct cache_index *index, void *context,
                       struct error *err)
{
    const struct used *used = context;
    struct cache_content *content = cache_index_content(index, used->content->sha256);
    int64_t now = time(NULL);

    (void)err;
    if (!content)
        return false;
    content->used = now;
    if (*used->content->md5)
        memcpy(content->md5, used->content->md5, sizeof content->md5);
    if (content->inode == used->content->inode && content->changed == used->content->changed)
        memcpy(content->boot, used->content->boot, sizeof content->boot);
    const struct cache_place *place =
        used->path ? cache_index_place(index, use->repository, used->path) : NULL;
    if (used->path)
        cache_index_say(index, use->repository, used->path,
                        place && strcmp(place->sha256, content->sha256) == 0 ? place->validator
                                                                             : NULL,
                        content->sha256, now);
    return true;
}

/* Looks through FD, for what is not known of it. 0; 1: it is not what it is called; -1 with ERR. */
static int look_through(struct cache_use *use, struct cache_content *content, int fd, bool md5,
                        struct error *err)
{
    char sha256[65], computed[33] = "";

    if (use->digest(use->settings, fd, sha256, md5 ? computed : NULL, err) < 0)
        return -1;
    if (strcmp(sha256, content->sha256) != 0) {
        error_set(err, ERROR_INTERNAL, "it is damaged");
        return 1;
    }
    if (md5)
        memcpy(content->md5, computed, sizeof content->md5);
    return cache_describe(fd, content, err);
}

/* Nothing is known to be wrong with CONTENT, so it stays. As cache_use_take(). */
static int cannot_look(const struct cache_use *use, const struct cache_content *content,
                       const struct error *why, struct error *err)
{
    if (why->name == ERROR_INTERRUPTED)
        return error_set(err, ERROR_INTERRUPTED, "%s", why->text);
    log_warning("%s of the cache %s cannot be looked through, and is not used: %s", content->sha256,
                use->cache.directory, why->text);
    return 1;
}

/* CONTENT's bytes into FILE, which is made anew: the helper could write to the one that it had. */
static int bring(const struct cache_use *use, int fd, struct outputs *outputs,
                 struct output_file *file, struct error *err)
{
    outputs_drop(outputs, file);
    if (outputs_make(outputs, file, err) < 0)
        return -1;
    if (copy_file(fd, file->fd) == 0)
        return 0;
    return error_set_errno(err, ERROR_INTERNAL,
                           "cannot copy from the cache %s to the output directory %s",
                           use->cache.directory, outputs->directory);
}

static void tell(json_t *file, const struct cache_content *content)
{
    json_object_set_new(file, "size", json_integer((json_int_t)content->size));
    json_object_set_new(file, "md5", *content->md5 ? json_string(content->md5) : json_null());
}

int cache_use_take(struct cache_use *use, json_t *answer, const char *kind, uint64_t max, bool md5,
                   struct outputs *outputs, struct output_file *file, struct error *err)
{
    json_t *said = json_object_get(answer, kind);
    const char *sha256 = json_string_value(json_object_get(said, "sha256"));
    const char *path = json_string_value(json_object_get(said, "path"));
    const char *url = json_string_value(json_object_get(said, "url"));
    auto_error struct error why = ERROR_INIT;
    bool other_boot = false;

    if (!json_is_true(json_object_get(said, "held")))
        return 0;
    const struct cache_content *offered =
        use->repository && sha256 ? cache_index_content(&use->index, sha256) : NULL;
    if (!offered)
        return error_set(err, ERROR_INTERNAL,
                         "the helper fetch says that the host has a %s, and it has not", kind);
    struct cache_content content = *offered;
    if (content.size > max)
        return error_set(err, ERROR_LIMITS,
                         "%s: the %s, which the cache has, is larger than the limit of %llu bytes: "
                         "it has %llu",
                         url ? url : use->repository, kind, (unsigned long long)max,
                         (unsigned long long)content.size);
    auto_fd int fd = cache_take(&use->cache, &content, &other_boot, &why);
    if (fd < 0)
        return refuse(use, &content, &why);
    bool lacks_md5 = md5 && !*content.md5;
    int looked = other_boot || lacks_md5 ? look_through(use, &content, fd, lacks_md5, &why) : 0;
    if (looked < 0)
        return cannot_look(use, &content, &why, err);
    if (looked > 0)
        return refuse(use, &content, &why);
    if (bring(use, fd, outputs, file, err) < 0)
        return -1;
    tell(said, &content);
    log_step("%s: from the cache, as SHA-256 %s", kind, content.sha256);
    const struct cache_place *place =
        path && use->by_place ? cache_index_place(&use->index, use->repository, path) : NULL;
    bool new_place = path && use->by_place && (!place || strcmp(place->sha256, sha256) != 0);
    if (other_boot || lacks_md5 || new_place || time(NULL) - content.used >= USED_EVERY)
        change(use, write_used, &(struct used){&content, use->by_place ? path : NULL});
    return 0;
}

/* --- into the cache ------------------------------------------------------------------------ */

struct entering {
    int fd; /* of the cache's own copy */
    const char *path, *validator;
    char sha256[65];
    uint64_t size;
};

static bool write_entry(struct cache_use *use, struct cache_index *index, void *context,
                        struct error *err)
{
    const struct entering *entering = context;
    const struct cache_content *present = cache_index_content(index, entering->sha256);
    struct cache_content content;
    bool other_boot;
    auto_error struct error why = ERROR_INIT;
    auto_fd int same = present ? cache_take(&use->cache, present, &other_boot, &why) : -1;

    if (same < 0 || other_boot) {
        cache_index_drop(index, entering->sha256);
        cache_tidy(&use->cache, index, entering->size);
        if (cache_name(&use->cache, entering->fd, entering->sha256, &content, err) < 0 ||
            !cache_index_add(index, &content))
            return false;
    }
    cache_index_say(index, use->repository, entering->path, entering->validator, entering->sha256,
                    time(NULL));
    return true;
}

void cache_use_enter(struct cache_use *use, const json_t *answer, int fd)
{
    auto_error struct error why = ERROR_INIT;
    const char *verified = json_string_value(json_object_get(answer, "verified"));
    json_int_t size = json_integer_value(json_object_get(answer, "size"));
    struct entering entering = {
        .fd = -1,
        .path = json_string_value(json_object_get(answer, "path")),
        .validator = json_string_value(json_object_get(answer, "validator")),
        .size = (uint64_t)size,
    };

    if (!use->repository || !use->by_place || use->held_only || !entering.path || size <= 0 ||
        json_is_true(json_object_get(answer, "held")) || entering.size > use->cache.max ||
        (!entering.validator && (!verified || strcmp(verified, "sha256") != 0)))
        return;
    auto_fd int copy = cache_copy(&use->cache, fd, &why);
    if (copy < 0 || use->digest(use->settings, copy, entering.sha256, NULL, &why) < 0) {
        log_warning("%s does not enter the cache: %s", entering.path, why.text);
        return;
    }
    entering.fd = copy;
    change(use, write_entry, &entering);
}
