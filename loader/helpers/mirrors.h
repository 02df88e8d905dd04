/* A repository that has several mirrors: each in turn, until one gives the files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_MIRRORS_H
#define LOADER_HELPERS_MIRRORS_H

#include <stdint.h>

#include <jansson.h>

#include "common/error.h"
#include "loader/settings/options.h"

/* Where the search stands. Starts by mirrors_start(), freed by mirrors_free(). */
struct mirrors {
    const char *list; /* as common/protocol/mirrors.h has it; the caller's */
    size_t index, count;
    char *repository;         /* the present one */
    json_t *bound;            /* checksums that one before has given, or NULL */
    struct settings settings; /* the caller's, with the time that is left; not freed here */
    int64_t deadline;         /* clock_ms() */
};

void mirrors_start(struct mirrors *mirrors, const struct settings *settings, const char *list);
void mirrors_free(struct mirrors *mirrors);
#define auto_mirrors __attribute__((cleanup(mirrors_free)))

/* What is asked of the present mirror from now on has only the time that is left, a second at
 * least.
 */
void mirrors_hurry(struct mirrors *mirrors);

/* The present mirror has failed with ERR, and FAILURE, which may be NULL, is what the helper said
 * besides. True: the next one is to be asked, ERR is told and empty. False: there is none, no time
 * is left, or the fault would be another mirror's as well. */
bool mirrors_next(struct mirrors *mirrors, const json_t *failure, struct error *err) must_check;

#endif
