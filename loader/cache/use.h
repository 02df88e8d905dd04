/* The host's cache in one fetch: what is offered to the helper `fetch`, what is taken from the
 * cache in the place of what did not come, and what enters it. The helper opens nothing of it, and
 * no start fails for it: where it cannot be used, that is said in the log, and the run goes on
 * without.
 *
 * What is found by its place is given only to those who ask for the same place of the same
 * repository; what is found by the SHA-256 that a tree names, to anybody. What came from a
 * repository with a login, or by a proxy that a VM brought with it, does not enter: the first may
 * not be for others, and the second may not be what the repository has.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CACHE_USE_H
#define LOADER_CACHE_USE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/error.h"
#include "loader/cache/index.h"
#include "loader/cache/store.h"
#include "loader/output/outputs.h"

/* Takes the SHA-256 of what FD (which only reads) has, and with MD5 not NULL that too, as
 * lower-case hex. 0, or -1 with ERR. */
typedef int cache_digest(const struct settings *settings, int fd, char sha256[65], char *md5,
                         struct error *err);

/* Starts as CACHE_USE_INIT. */
struct cache_use {
    const struct settings *settings; /* the caller's */
    cache_digest *digest;
    struct cache cache;
    char *repository; /* NULL: the cache is not used */
    bool by_place;    /* places are said, and asked for */
    int lane;         /* see lane.h; -1: none */
    bool held_only;   /* nothing may come that is not here already */
    struct cache_index index;
};
#define CACHE_USE_INIT                                              \
    (struct cache_use)                                              \
    {                                                               \
        .cache = CACHE_INIT, .lane = -1, .index = CACHE_INDEX_INIT, \
    }

/* Starts the use of the cache that SETTINGS name, if they do, for REPOSITORY, a URL. OWN_PROXY: it
 * is asked by a proxy that is not the host's. */
void cache_use_start(struct cache_use *use, const struct settings *settings, const char *repository,
                     bool own_proxy, cache_digest *digest);
void cache_use_end(struct cache_use *use);
#define auto_cache_use __attribute__((cleanup(cache_use_end)))

/* Waits, at most SECONDS, until the repository may be asked. Before the first time: whether what is
 * here is still there, when something is here. AGAIN: something else is there, or what is here
 * cannot be used. 0; or -1 with ERR, and it is ERROR_INTERRUPTED. */
int cache_use_queue(struct cache_use *use, bool again, unsigned seconds,
                    struct error *err) must_check;

/* Adds to REQUEST what the host has (common/protocol/fetch.h, "held"). */
void cache_use_offer(const struct cache_use *use, json_t *request);

/* What the helper says of FILE (one of OUTPUTS' own, of KIND "kernel" or "ramdisk"), in ANSWER:
 * when the host has it, it is brought into FILE, and ANSWER gets its size, and with MD5 that. 0; 1:
 * it cannot be used, which is said in the log; -1 with ERR: a signal came (ERROR_INTERRUPTED),
 * larger than MAX bytes, no such thing was offered, or the file cannot be written. */
int cache_use_take(struct cache_use *use, json_t *answer, const char *kind, uint64_t max, bool md5,
                   struct outputs *outputs, struct output_file *file, struct error *err) must_check;

/* What came whole enters: FD is the file of which ANSWER tells. Nothing happens where it cannot be
 * found again. */
void cache_use_enter(struct cache_use *use, const json_t *answer, int fd);

#endif
