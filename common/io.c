/* Reading and writing whole things. See io.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/libc.h"

/* Of a copy that no filesystem makes by itself. */
#define COPY_BLOCK ((size_t)256 * 1024)

int write_all(int fd, const void *bytes, size_t length)
{
    const char *p = bytes;

    while (length) {
        ssize_t count = write(fd, p, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        p += count;
        length -= (size_t)count;
    }
    return 0;
}

int read_all(int fd, struct buffer *buffer)
{
    char chunk[16 * 1024];

    for (;;) {
        ssize_t count = read(fd, chunk, sizeof chunk);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return (int)count;
        if (!buffer_add(buffer, chunk, (size_t)count)) {
            errno = EFBIG;
            return -1;
        }
    }
}

ssize_t pread_all(int fd, void *bytes, size_t length, off_t offset)
{
    size_t done = 0;

    while (done < length) {
        ssize_t count = pread(fd, (char *)bytes + done, length - done, offset + (off_t)done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

/* From AT on. 0, or -1 with errno. */
static int copy_by_reading(int from, int to, off_t at)
{
    auto_free char *block = xmalloc(COPY_BLOCK);

    for (;;) {
        ssize_t count = pread_all(from, block, COPY_BLOCK, at);
        if (count <= 0)
            return (int)count;
        if (write_all(to, block, (size_t)count) < 0)
            return -1;
        at += count;
    }
}

int copy_file(int from, int to)
{
    off_t at = 0;

    if (ioctl(to, FICLONE, from) == 0)
        return 0;
    for (;;) {
        ssize_t count = copy_file_range(from, &at, to, NULL, 1 << 30, 0);
        if (count < 0 && errno != EINTR)
            return copy_by_reading(from, to, at);
        /* Filesystems of the kernel's own making give nothing, and no error. */
        if (count == 0)
            return copy_by_reading(from, to, at);
    }
}

int read_file(const char *path, size_t max, struct buffer *buffer, struct error *err)
{
    struct stat status;
    /* Not blocking, so that a fifo under this name cannot hold us up. */
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    *buffer = BUFFER_INIT(max);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open %s", path);
    if (fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look at %s", path);
    /* /dev/null stands for "no file" wherever a file can be named. */
    if (S_ISCHR(status.st_mode))
        return 0;
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_INTERNAL, "cannot read %s: it is not a regular file", path);
    if (read_all(fd, buffer) < 0) {
        if (errno == EFBIG)
            return error_set(err, ERROR_INTERNAL, "cannot read %s: it is larger than %zu bytes",
                             path, max);
        return error_set_errno(err, ERROR_INTERNAL, "cannot read %s", path);
    }
    return 1;
}

int make_directory(const char *path, mode_t mode, struct error *err)
{
    auto_free char *copy = xstrdup(path);
    struct stat status;

    for (char *slash = copy + 1; *copy && *slash; slash++) {
        if (*slash != '/' || slash[-1] == '/')
            continue;
        *slash = '\0';
        if (mkdir(copy, 0755) < 0 && errno != EEXIST && stat(copy, &status) < 0)
            return error_set_errno(err, ERROR_INTERNAL, "cannot make the directory %s", copy);
        *slash = '/';
    }
    if (mkdir(path, mode) == 0)
        return 0;
    if (errno != EEXIST)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make the directory %s", path);
    if (stat(path, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look at the directory %s", path);
    if (!S_ISDIR(status.st_mode))
        return error_set(err, ERROR_INTERNAL, "%s is not a directory", path);
    return 0;
}
