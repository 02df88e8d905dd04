/* The index of the host's cache: which contents there are, and at which places of which
 * repositories they were found. It is one file of JSON, which is exchanged as a whole:
 *
 *   { "version": 1,
 *     "contents": { SHA-256: { "size", "inode", "changed", "boot", "md5": HEX|null,
 *                              "entered", "used" } },
 *     "places": [ { "repository": URL, "path", "validator": TEXT|null, "sha256", "checked" } ] }
 *
 * Times are seconds since 1970, "changed" is st_ctime in nanoseconds. A repository whose URL has a
 * login never stands here, nor does what was found by a proxy of a VM's own: see docs/cache.md.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CACHE_INDEX_H
#define LOADER_CACHE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

#define CACHE_CONTENTS_MAX  4096
#define CACHE_PLACES_MAX    1024 /* all of them at their longest are less than CACHE_INDEX_MAX */
#define CACHE_URL_MAX       1024 /* bytes of a repository's URL, and of a path in it */
#define CACHE_VALIDATOR_MAX 256  /* bytes */
#define CACHE_INDEX_MAX     (8 * 1024 * 1024) /* bytes of its file */

/* One content, which is in a file. */
struct cache_content {
    char sha256[65]; /* what the file is called, and what is in it */
    char md5[33];    /* "": nobody has asked for it */
    uint64_t size;   /* bytes; this and the next two as stat(2) told them when it entered, or was
                        looked through */
    uint64_t inode, changed;
    char boot[37]; /* the host's boot_id then: what was written may not have outlived it */
    int64_t entered, used;
};

/* Where a content was found. */
struct cache_place {
    char *repository, *path; /* owned; as asked for */
    char *validator;         /* owned; NULL: it cannot be asked for by one */
    char sha256[65];         /* of the content */
    int64_t checked;         /* when the repository last said so */
};

/* Starts as CACHE_INDEX_INIT. */
struct cache_index {
    struct cache_content *contents;
    size_t content_count;
    struct cache_place *places;
    size_t place_count;
};
#define CACHE_INDEX_INIT  \
    (struct cache_index)  \
    {                     \
        .contents = NULL, \
    }
void cache_index_free(struct cache_index *index);
#define auto_cache_index __attribute__((cleanup(cache_index_free)))

/* Reads LENGTH bytes of TEXT into INDEX, which is empty. 0; or -1 with ERR, and it is empty: it is
 * damaged, from another version, or past a bound. Places of contents that it has not are left out.
 */
int cache_index_read(const char *text, size_t length, struct cache_index *index,
                     struct error *err) must_check;
/* INDEX as text, which the caller frees; never NULL. */
char *cache_index_write(const struct cache_index *index) must_check;

/* The content of SHA256; NULL: there is none. It belongs to INDEX, until that is changed. */
struct cache_content *cache_index_content(const struct cache_index *index, const char *sha256);
/* A place of INDEX; NULL: there is none. */
struct cache_place *cache_index_place(const struct cache_index *index, const char *repository,
                                      const char *path);
/* Adds CONTENT, or puts it in the place of what is called the same. False: there is no room. */
bool cache_index_add(struct cache_index *index, const struct cache_content *content) must_check;
/* Says that CONTENT was found at PATH of REPOSITORY at the time NOW, which may be known; VALIDATOR
 * may be NULL. What is too long for the index is not said. */
void cache_index_say(struct cache_index *index, const char *repository, const char *path,
                     const char *validator, const char *sha256, int64_t now);
/* Drops the content of SHA256, and all places of it. */
void cache_index_drop(struct cache_index *index, const char *sha256);
/* The content that nobody has used for longest; NULL: there is none. */
const struct cache_content *cache_index_oldest(const struct cache_index *index) must_check;
/* Bytes of all contents. */
uint64_t cache_index_size(const struct cache_index *index) must_check;

#endif
