/* What a tree's reader answered, kept. See tree_cache.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/tree_cache.h"

#include <stdlib.h>
#include <string.h>

void tree_cache_start(struct tree_cache *cache, const struct tree_reader *reader)
{
    *cache = (struct tree_cache){.behind = reader};
}

static struct tree_cached *find(struct tree_cache *cache, const char *path, size_t max)
{
    for (size_t i = 0; i < cache->count; i++)
        if (cache->files[i].max == max && strcmp(cache->files[i].path, path) == 0)
            return &cache->files[i];
    return NULL;
}

static int answer(const struct tree_cached *file, struct buffer *out, struct error *err)
{
    if (file->result > 0)
        (void)buffer_add(out, file->bytes, file->length);
    if (file->result < 0)
        return error_set(err, file->err.name, "%s", file->err.text);
    return file->result;
}

static void keep(struct tree_cache *cache, const char *path, size_t max, int result,
                 const struct buffer *out, const struct error *err)
{
    size_t length = result > 0 ? out->length : 0;

    if (cache->count == TREE_CACHE_FILES_MAX || length > TREE_CACHE_BYTES_MAX - cache->bytes)
        return;
    struct tree_cached *file = &cache->files[cache->count++];
    *file = (struct tree_cached){.path = xstrdup(path), .max = max, .result = result};
    if (result > 0)
        file->bytes = xstrndup(buffer_text(out), 0);
    if (length > 0) {
        file->bytes = xreallocarray(file->bytes, length, 1);
        memcpy(file->bytes, buffer_text(out), length);
        file->length = length;
    }
    if (result < 0)
        error_set(&file->err, err->name, "%s", err->text);
    cache->bytes += length;
}

int tree_cache_read(void *context, const char *path, size_t max, struct buffer *out,
                    struct error *err)
{
    struct tree_cache *cache = context;
    const struct tree_cached *file = find(cache, path, max);
    auto_error struct error own = ERROR_INIT;

    buffer_clear(out);
    if (file)
        return answer(file, out, err);
    int result = cache->behind->read(cache->behind->context, path, max, out, &own);
    keep(cache, path, max, result, out, &own);
    return result < 0 ? error_set(err, own.name, "%s", own.text) : result;
}

void tree_cache_free(struct tree_cache *cache)
{
    for (size_t i = 0; i < cache->count; i++) {
        free(cache->files[i].path);
        free(cache->files[i].bytes);
        error_clear(&cache->files[i].err);
    }
    *cache = (struct tree_cache){.behind = NULL};
}
