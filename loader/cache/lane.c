/* Who may ask a repository. See lane.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/cache/lane.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/child.h"
#include "common/clock.h"
#include "common/text.h"

#define LANES      "lanes"
#define LANE_COUNT 256
#define POLL_MS    10

/* FNV-1a; two repositories that share a lane only wait for each other. */
static unsigned number_of(const char *repository)
{
    uint32_t hash = 2166136261U;

    for (const char *c = repository; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    return (hash ^ hash >> 16) % LANE_COUNT;
}

static int open_lane(const struct cache *cache, const char *repository, struct error *err)
{
    auto_free char *name = xasprintf(LANES "/%02x", number_of(repository));

    if (mkdirat(cache->fd, LANES, 0700) < 0 && errno != EEXIST)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make " LANES " in the cache %s",
                               cache->directory);
    int fd = openat(cache->fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open %s in the cache %s", name,
                               cache->directory);
    return fd;
}

int cache_lane(const struct cache *cache, const char *repository, int operation, int64_t ms,
               struct error *err)
{
    int64_t end = clock_ms() + ms;
    auto_fd int fd = open_lane(cache, repository, err);

    if (fd < 0)
        return -1;
    while (flock(fd, operation | LOCK_NB) < 0) {
        if (signals_pending())
            return error_set(err, ERROR_INTERRUPTED,
                             "stopped by a signal while another run fetched the same");
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set_errno(err, ERROR_INTERNAL, "cannot wait in the cache %s",
                                   cache->directory);
        if (clock_ms() >= end)
            return error_set(err, ERROR_INTERNAL,
                             "another run has fetched from the same repository for too long");
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
    return take_fd(&fd);
}
