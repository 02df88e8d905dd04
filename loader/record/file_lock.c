/* Locks on a record's file. See file_lock.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "common/clock.h"

/* How long a change waits for another one: a change takes milliseconds, so whoever holds
 * the lock for longer is stuck. */
#define CHANGE_WAIT_MS 2000
#define CHANGE_POLL_MS 5
/* How often the record may be replaced by others while one waits for it. Each time, the
 * wait begins anew. */
#define REPLACEMENTS_MAX 256

enum lock_byte { LOCK_CHANGE = 0, LOCK_RUN = 1 };

/* OPERATION (F_OFD_SETLK, F_OFD_GETLK) of TYPE (F_WRLCK, F_UNLCK). Returns what fcntl(2) does;
 * the type that it leaves is in *FOUND. */
static int lock_call(int fd, int operation, short type, enum lock_byte byte, short *found)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    int result = fcntl(fd, operation, &lock);
    if (found)
        *found = lock.l_type;
    return result;
}

static int try_lock(int fd, enum lock_byte byte)
{
    return lock_call(fd, F_OFD_SETLK, F_WRLCK, byte, NULL);
}

static bool is_held(int error_number)
{
    return error_number == EAGAIN || error_number == EACCES;
}

static int open_record(const char *path, int flags, int *fd, struct error *err)
{
    struct stat status;
    /* Not blocking, so that a fifo under this name cannot hold us up. */
    *fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*fd < 0 && errno == ENOENT)
        return 0;
    if (*fd < 0 && errno == ELOOP)
        return error_set(err, ERROR_INTERNAL,
                         "cannot open the record %s: it is a symbolic link, which is not followed",
                         path);
    if (*fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open the record %s%s", path,
                               flags == O_RDONLY ? "" : " to change it");
    if (fstat(*fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look at the record %s", path);
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_INTERNAL, "cannot use the record %s: it is not a regular file",
                         path);
    return 1;
}

static int wait_for_change_lock(int fd, const char *path, const char *id, struct error *err)
{
    const struct timespec pause = {.tv_nsec = CHANGE_POLL_MS * 1000000L};
    int64_t deadline = clock_ms() + CHANGE_WAIT_MS;
    while (try_lock(fd, LOCK_CHANGE) < 0) {
        if (!is_held(errno))
            return error_set_errno(err, ERROR_INTERNAL, "cannot lock the record %s", path);
        if (clock_ms() >= deadline)
            return error_set(err, ERROR_INTERNAL,
                             "VM '%s' has been under change by another program for %d seconds; "
                             "end that one, or try again later",
                             id, CHANGE_WAIT_MS / 1000);
        nanosleep(&pause, NULL);
    }
    return 0;
}

/* True when PATH still names the file that FD is. */
static bool is_current(int fd, const char *path)
{
    struct stat ours, named;
    return fstat(fd, &ours) == 0 && lstat(path, &named) == 0 && ours.st_dev == named.st_dev &&
           ours.st_ino == named.st_ino;
}

/* The record as it is now, open in *FD, with the change lock. As record_lock() returns. */
static int lock_current(const char *path, const char *id, int *fd, struct error *err)
{
    for (int i = 0; i < REPLACEMENTS_MAX; i++) {
        if (*fd < 0) {
            int found = open_record(path, O_RDWR, fd, err);
            if (found != 1)
                return found;
        }
        if (wait_for_change_lock(*fd, path, id, err) < 0)
            return -1;
        if (is_current(*fd, path))
            return 1;
        close_fd(fd);
    }
    return error_set(err, ERROR_INTERNAL,
                     "VM '%s' is being changed all the time by other programs; try again later",
                     id);
}

static int take_run_lock(int fd, const char *path, const char *id, struct error *err)
{
    if (try_lock(fd, LOCK_RUN) == 0)
        return 0;
    if (!is_held(errno))
        return error_set_errno(err, ERROR_INTERNAL, "cannot lock the record %s", path);
    return error_set(err, ERROR_INTERNAL,
                     "VM '%s' is being started by another run of eliloader; wait for that to end",
                     id);
}

static int refuse_during_run(int fd, const char *path, const char *id, struct error *err)
{
    short found;
    if (lock_call(fd, F_OFD_GETLK, F_WRLCK, LOCK_RUN, &found) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look for locks on the record %s", path);
    if (found == F_UNLCK)
        return 0;
    return error_set(err, ERROR_INTERNAL,
                     "VM '%s' cannot be changed while it is being started by a run of eliloader; "
                     "try again when the start is over",
                     id);
}

int record_lock(const char *path, const char *id, enum record_access access, int *fd,
                struct error *err)
{
    if (access == RECORD_READ)
        return open_record(path, O_RDONLY, fd, err);
    int found = lock_current(path, id, fd, err);
    if (found != 1)
        return found;
    int result = access == RECORD_RUN ? take_run_lock(*fd, path, id, err)
                                      : refuse_during_run(*fd, path, id, err);
    return result < 0 ? -1 : 1;
}

int record_lock_new(int fd, enum record_access access)
{
    if (try_lock(fd, LOCK_CHANGE) < 0)
        return -1;
    return access == RECORD_RUN ? try_lock(fd, LOCK_RUN) : 0;
}

void record_unlock_change(int fd)
{
    /* Giving up a lock that one holds cannot fail. */
    (void)lock_call(fd, F_OFD_SETLK, F_UNLCK, LOCK_CHANGE, NULL);
}
