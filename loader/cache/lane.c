/* Who may ask a repository. See lane.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/cache/lane.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "common/child.h"
#include "common/clock.h"
#include "common/text.h"

#define LANES   "lanes"
#define POLL_MS 10

/* SipHash-2-4 (Aumasson and Bernstein, 2012): without its key, nobody finds two texts of one
 * number. */
struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void sip_rounds(struct sip *s, unsigned count)
{
    while (count--) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 = rotate(s->v0, 32) + s->v3;
        s->v2 += s->v1;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 = rotate(s->v2, 32);
    }
}

static void sip_word(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_rounds(s, 2);
    s->v0 ^= word;
}

uint64_t cache_lane_hash(const unsigned char key[16], const char *text)
{
    uint64_t k0 = 0, k1 = 0, word = 0;
    size_t length = strlen(text);

    for (unsigned i = 0; i < 8; i++) {
        k0 |= (uint64_t)key[i] << (8 * i);
        k1 |= (uint64_t)key[8 + i] << (8 * i);
    }
    struct sip s = {k0 ^ 0x736f6d6570736575U, k1 ^ 0x646f72616e646f6dU, k0 ^ 0x6c7967656e657261U,
                    k1 ^ 0x7465646279746573U};
    for (size_t i = 0; i < length; i++) {
        word |= (uint64_t)(unsigned char)text[i] << (8 * (i % 8));
        if (i % 8 == 7) {
            sip_word(&s, word);
            word = 0;
        }
    }
    sip_word(&s, word | (uint64_t)length << 56);
    s.v2 ^= 0xff;
    sip_rounds(&s, 4);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* The lane of REPOSITORY is one byte, far behind the end of an empty file. A VM's editor writes the
 * URL, and does not know this boot's name: the lane of another VM's repository cannot be aimed at.
 */
static off_t place_of(const char *repository)
{
    unsigned char key[16] = {0};
    char boot[37];

    cache_boot_id(boot);
    /* Its end has 60 random bits. */
    if (strlen(boot) == 36)
        memcpy(key, boot + 36 - sizeof key, sizeof key);
    return (off_t)(cache_lane_hash(key, repository) >> 2);
}

static int open_lanes(const struct cache *cache, struct error *err)
{
    int fd = openat(cache->fd, LANES, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open " LANES " in the cache %s",
                               cache->directory);
    return fd;
}

int cache_lane(const struct cache *cache, const char *repository, int operation, int64_t ms,
               struct error *err)
{
    int64_t end = clock_ms() + ms;
    auto_fd int fd = open_lanes(cache, err);

    if (fd < 0)
        return -1;
    struct flock lane = {.l_type = operation == LOCK_SH ? F_RDLCK : F_WRLCK,
                         .l_whence = SEEK_SET,
                         .l_start = place_of(repository),
                         .l_len = 1};
    while (fcntl(fd, F_OFD_SETLK, &lane) < 0) {
        if (signals_pending())
            return error_set(err, ERROR_INTERRUPTED,
                             "stopped by a signal while another run fetched the same");
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return error_set_errno(err, ERROR_INTERNAL, "cannot wait in the cache %s",
                                   cache->directory);
        if (clock_ms() >= end)
            return error_set(err, ERROR_INTERNAL,
                             "another run has fetched from the same repository for too long");
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
    return take_fd(&fd);
}
