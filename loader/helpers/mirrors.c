/* Mirrors in turn. See mirrors.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/mirrors.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/protocol/mirrors.h"
#include "common/protocol/schemes.h"
#include "common/url.h"

void mirrors_start(struct mirrors *mirrors, const struct settings *settings, const char *list)
{
    *mirrors = (struct mirrors){
        .list = list,
        .count = mirrors_count(list),
        .repository = mirrors_at(list, 0),
        .settings = *settings,
        .deadline = clock_ms() + (int64_t)settings->fetch_timeout * 1000,
    };
    if (mirrors->count > MIRRORS_MAX)
        mirrors->count = MIRRORS_MAX;
}

void mirrors_free(struct mirrors *mirrors)
{
    json_decref(mirrors->bound);
    free(mirrors->repository);
    mirrors->bound = NULL;
    mirrors->repository = NULL;
}

void mirrors_hurry(struct mirrors *mirrors)
{
    int64_t left = (mirrors->deadline - clock_ms()) / 1000;

    mirrors->settings.fetch_timeout = left < 1 ? 1 : (unsigned)left;
}

bool mirrors_next(struct mirrors *mirrors, const json_t *failure, struct error *err)
{
    int64_t left = (mirrors->deadline - clock_ms()) / 1000;
    json_t *bound = json_object_get(failure, "bound");

    if (err->name != ERROR_INVALID_SOURCE || mirrors->index + 1 >= mirrors->count || left < 1)
        return false;
    if (json_array_size(bound) > 0 && !mirrors->bound)
        mirrors->bound = json_incref(bound);
    mirrors->settings.fetch_timeout = (unsigned)left;
    replace_string(&mirrors->repository, mirrors_at(mirrors->list, ++mirrors->index));
    auto_free char *next = url_without_login(mirrors->repository);
    size_t wrong;
    /* Of one that is no URL, nobody knows where a password ends. */
    log_warning("%s; asking the next mirror, %s", err->text,
                url_begins_wrong(next, &wrong) ? "whose URL is wrong" : next);
    error_clear(err);
    return true;
}
