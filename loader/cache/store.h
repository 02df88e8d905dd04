/* The host's cache of files from repositories, in one directory that is ours alone:
 *
 *   contents/SHA-256   whole files, under what they are; mode 0400
 *   index.json         which of them there are, and where they were found: see index.h
 *   lock               held (flock) while the index is changed, or read
 *   lanes              a byte of it is held while a repository is asked for what is not here:
 *                      see lane.h
 *
 * A file gets its name when it is whole and known to be what the name says (O_TMPFILE), and counts
 * from when the index has it, which is exchanged at once: whatever ends a run leaves nothing but a
 * content that no index has, and the next change sweeps that. Nothing is waited for until it is on
 * the disk: a content of another boot of this host is looked through again before it is used.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CACHE_STORE_H
#define LOADER_CACHE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/cache/index.h"
#include "loader/settings/options.h"

/* A change takes milliseconds: whoever holds the lock for longer is stuck. Milliseconds. */
#define CACHE_LOCK_WAIT 5000

/* Starts as CACHE_INIT. */
struct cache {
    char *directory;
    int fd, contents_fd;
    uint64_t max; /* bytes of all contents */
};
#define CACHE_INIT                  \
    (struct cache)                  \
    {                               \
        .fd = -1, .contents_fd = -1 \
    }

/* Opens the cache that SETTINGS name, and makes it where it is not there. 1; 0: they name none; or
 * -1 with ERR: somebody else could change what is in it, or it cannot be made. The caller closes in
 * either case. */
int cache_open(const struct settings *settings, struct cache *cache, struct error *err) must_check;
void cache_close(struct cache *cache);
#define auto_cache __attribute__((cleanup(cache_close)))

/* What this boot of the host is called, a UUID, into BOOT; "-" where nobody tells. */
void cache_boot_id(char boot[37]);

/* Waits for the index: OPERATION is LOCK_SH to read it, LOCK_EX to change it. A descriptor, whose
 * end is that of the lock; or -1 with ERR. */
int cache_lock(const struct cache *cache, int operation, struct error *err) must_check;
/* Reads the index, under the lock, into INDEX, which is empty; one that is damaged is said in the
 * log, and is empty. 0, or -1 with ERR. */
int cache_load(const struct cache *cache, struct cache_index *index, struct error *err) must_check;
/* Exchanges the index, under the lock for changes. 0, or -1 with ERR. */
int cache_save(const struct cache *cache, const struct cache_index *index,
               struct error *err) must_check;

/* Opens the file of CONTENT to read it, when it is as it was: ours alone, with no other name, and
 * not touched since. *OTHER_BOOT: its bytes have to be looked through. The descriptor, or -1 with
 * ERR, which says what is wrong with it. */
int cache_take(const struct cache *cache, const struct cache_content *content, bool *other_boot,
               struct error *err) must_check;

/* Copies all of FROM into a file without a name. Its descriptor, which only reads, or -1 with ERR:
 * no room, or a filesystem without O_TMPFILE. */
int cache_copy(const struct cache *cache, int from, struct error *err) must_check;
/* Gives FD, of cache_copy(), the name SHA256, under the lock for changes, in the place of what has
 * that name; and fills CONTENT with what it is. 0, or -1 with ERR. */
int cache_name(const struct cache *cache, int fd, const char *sha256, struct cache_content *content,
               struct error *err) must_check;
/* Fills CONTENT's members that tell whether FD is touched later. 0, or -1 with ERR. */
int cache_describe(int fd, struct cache_content *content, struct error *err) must_check;

/* Under the lock for changes: drops from INDEX and the disk what nobody has used for longest, until
 * the rest and MORE bytes are within the bound; and removes what no index has. */
void cache_tidy(const struct cache *cache, struct cache_index *index, uint64_t more);
/* Removes the file of SHA256, and drops it from INDEX. */
void cache_remove(const struct cache *cache, struct cache_index *index, const char *sha256);

#endif
