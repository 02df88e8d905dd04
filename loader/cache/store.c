/* The directory of the host's cache. See store.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/cache/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/io.h"
#include "common/log.h"
#include "common/text.h"
#include "loader/output/ours.h"

#define CONTENTS  "contents"
#define INDEX     "index.json"
#define INDEX_NEW "index.json.new"
#define LOCK      "lock"
#define BOOT_ID   "/proc/sys/kernel/random/boot_id"

#define LOCK_POLL_MS 2

/* --- the directory ------------------------------------------------------------------------- */

static int open_directory(int at, const char *name, struct error *err)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open %s of the cache", name);
    return fd;
}

static int make_one(const struct cache *cache, const char *name, struct error *err)
{
    if (mkdirat(cache->fd, name, 0700) == 0 || errno == EEXIST)
        return 0;
    return error_set_errno(err, ERROR_INTERNAL, "cannot make %s in the cache %s", name,
                           cache->directory);
}

static int open_cache(const struct settings *settings, struct cache *cache, struct error *err)
{
    auto_error struct error why = ERROR_INIT;

    if (settings->cache[0] != '/')
        return error_set(err, ERROR_USAGE, "cache is '%s', which is no absolute path",
                         settings->cache);
    if (make_directory(settings->cache, 0700, err) < 0)
        return -1;
    if (!directory_is_ours(settings->cache, &why))
        return error_set(err, ERROR_INTERNAL, "the cache %s is not used: %s", settings->cache,
                         why.text);
    cache->directory = xstrdup(settings->cache);
    cache->max = settings->cache_max;
    cache->fd = open(settings->cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cache->fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open the cache %s", settings->cache);
    if (make_one(cache, CONTENTS, err) < 0)
        return -1;
    cache->contents_fd = open_directory(cache->fd, CONTENTS, err);
    return cache->contents_fd < 0 ? -1 : 1;
}

int cache_open(const struct settings *settings, struct cache *cache, struct error *err)
{
    *cache = CACHE_INIT;
    return settings->cache && *settings->cache ? open_cache(settings, cache, err) : 0;
}

void cache_close(struct cache *cache)
{
    close_fd(&cache->fd);
    close_fd(&cache->contents_fd);
    free(cache->directory);
    *cache = CACHE_INIT;
}

/* --- the index ----------------------------------------------------------------------------- */

int cache_lock(const struct cache *cache, int operation, struct error *err)
{
    int64_t end = clock_ms() + CACHE_LOCK_WAIT;
    auto_fd int fd = openat(cache->fd, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open the lock of the cache %s",
                               cache->directory);
    while (flock(fd, operation | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set_errno(err, ERROR_INTERNAL, "cannot lock the cache %s",
                                   cache->directory);
        if (clock_ms() > end)
            return error_set(err, ERROR_INTERNAL, "the cache %s has been locked for %d seconds",
                             cache->directory, CACHE_LOCK_WAIT / 1000);
        nanosleep(&(struct timespec){.tv_nsec = LOCK_POLL_MS * 1000000L}, NULL);
    }
    return take_fd(&fd);
}

int cache_load(const struct cache *cache, struct cache_index *index, struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(CACHE_INDEX_MAX);
    auto_error struct error why = ERROR_INIT;
    auto_fd int fd = openat(cache->fd, INDEX, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    *index = CACHE_INDEX_INIT;
    if (fd < 0 && errno == ENOENT)
        return 0;
    int result = fd < 0 ? -1 : read_all(fd, &text);
    if (result < 0 && fd >= 0 && errno == EFBIG) {
        log_warning("the index of the cache %s begins anew: it has more than %d bytes",
                    cache->directory, CACHE_INDEX_MAX);
        return 0;
    }
    if (result < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot read the index of the cache %s",
                               cache->directory);
    if (cache_index_read(buffer_text(&text), text.length, index, &why) < 0)
        log_warning("the index of the cache %s begins anew: %s", cache->directory, why.text);
    return 0;
}

int cache_save(const struct cache *cache, const struct cache_index *index, struct error *err)
{
    auto_free char *text = cache_index_write(index);
    auto_fd int fd =
        openat(cache->fd, INDEX_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd >= 0 && write_all(fd, text, strlen(text)) == 0 &&
        renameat(cache->fd, INDEX_NEW, cache->fd, INDEX) == 0)
        return 0;
    error_set_errno(err, ERROR_INTERNAL, "cannot write the index of the cache %s",
                    cache->directory);
    (void)unlinkat(cache->fd, INDEX_NEW, 0);
    return -1;
}

/* --- contents ------------------------------------------------------------------------------ */

void cache_boot_id(char boot[37])
{
    auto_buffer struct buffer text = BUFFER_INIT(64);
    auto_fd int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);

    /* Where nobody tells, every start is of another boot. */
    memcpy(boot, "-", 2);
    if (fd >= 0 && read_all(fd, &text) == 0 && text.length >= 36) {
        memcpy(boot, buffer_text(&text), 36);
        boot[36] = '\0';
    }
}

static uint64_t nanoseconds(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000000000U + (uint64_t)time->tv_nsec;
}

int cache_describe(int fd, struct cache_content *content, struct error *err)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look at a file of the cache");
    content->size = (uint64_t)status.st_size;
    content->inode = status.st_ino;
    content->changed = nanoseconds(&status.st_ctim);
    cache_boot_id(content->boot);
    return 0;
}

int cache_take(const struct cache *cache, const struct cache_content *content, bool *other_boot,
               struct error *err)
{
    struct stat status;
    char boot[37];
    auto_fd int fd = openat(cache->contents_fd, content->sha256,
                            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open it");
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & 07777) != 0400 || status.st_nlink != 1)
        return error_set(err, ERROR_INTERNAL, "its owner, its mode or its names were changed");
    if ((uint64_t)status.st_size != content->size || status.st_ino != content->inode ||
        nanoseconds(&status.st_ctim) != content->changed)
        return error_set(err, ERROR_INTERNAL, "somebody has changed it");
    cache_boot_id(boot);
    *other_boot = strcmp(boot, content->boot) != 0 || strcmp(boot, "-") == 0;
    return take_fd(&fd);
}

int cache_copy(const struct cache *cache, int from, struct error *err)
{
    auto_fd int file = openat(cache->contents_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0400);

    if (file < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make a file in the cache %s",
                               cache->directory);
    if (copy_file(from, file) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write to the cache %s",
                               cache->directory);
    /* What only reads can go to a helper. */
    auto_free char *self = xasprintf("/proc/self/fd/%d", file);
    int fd = open(self, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open a file of the cache");
    return fd;
}

int cache_name(const struct cache *cache, int fd, const char *sha256, struct cache_content *content,
               struct error *err)
{
    auto_free char *self = xasprintf("/proc/self/fd/%d", fd);

    (void)unlinkat(cache->contents_fd, sha256, 0);
    if (linkat(AT_FDCWD, self, cache->contents_fd, sha256, AT_SYMLINK_FOLLOW) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot name a file in the cache %s",
                               cache->directory);
    *content = (struct cache_content){.entered = time(NULL), .used = time(NULL)};
    memcpy(content->sha256, sha256, sizeof content->sha256);
    return cache_describe(fd, content, err);
}

/* --- room ---------------------------------------------------------------------------------- */

void cache_remove(const struct cache *cache, struct cache_index *index, const char *sha256)
{
    (void)unlinkat(cache->contents_fd, sha256, 0);
    cache_index_drop(index, sha256);
}

/* What a run left that ended between naming a content and saying so. */
static void sweep(const struct cache *cache, const struct cache_index *index)
{
    int fd = openat(cache->contents_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (!directory) {
        close_fd(&fd);
        return;
    }
    while ((entry = readdir(directory)))
        if (text_is_hex(entry->d_name, 64) && !cache_index_content(index, entry->d_name))
            (void)unlinkat(cache->contents_fd, entry->d_name, 0);
    closedir(directory);
}

void cache_tidy(const struct cache *cache, struct cache_index *index, uint64_t more)
{
    const struct cache_content *oldest;
    uint64_t left = more < cache->max ? cache->max - more : 0;

    while ((oldest = cache_index_oldest(index)) &&
           (cache_index_size(index) > left || index->content_count >= CACHE_CONTENTS_MAX))
        cache_remove(cache, index, oldest->sha256);
    sweep(cache, index);
}
