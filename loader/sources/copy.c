/* Files of dom0 for the toolstack. See copy.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/sources/copy.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/child.h"
#include "common/io.h"
#include "common/kernel_magic.h"
#include "common/libc.h"
#include "loader/host/progress.h"

/* Copied in one step: between two of them a signal is seen. Bytes. */
#define STEP_SIZE ((size_t)16 * 1024 * 1024)
/* The same where the bytes have to pass through this program. */
#define BUFFER_SIZE ((size_t)256 * 1024)

static int check_size(const struct local_file *file, uint64_t *size, struct error *err)
{
    char limit[TEXT_SIZE_LENGTH];
    struct stat status;

    if (fstat(file->fd, &status) < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot look at the %s %s", file->kind,
                               file->name);
    *size = (uint64_t)status.st_size;
    if (*size == 0)
        return error_set(err, ERROR_INVALID_SOURCE, "the %s %s is empty", file->kind, file->name);
    if (*size > file->max)
        return error_set(err, ERROR_LIMITS,
                         "the %s %s is too large: %llu bytes, and the limit is %llu (%s)",
                         file->kind, file->name, (unsigned long long)*size,
                         (unsigned long long)file->max, text_from_size(file->max, limit));
    return 0;
}

static int check_kernel(const struct local_file *file, struct error *err)
{
    unsigned char head[KERNEL_HEAD];
    ssize_t length = pread_all(file->fd, head, sizeof head, 0);

    if (length < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot read the kernel %s", file->name);
    if (!kernel_magic(head, (size_t)length))
        return error_set(err, ERROR_INVALID_SOURCE, "%s is not a kernel (none of " KERNEL_FORMS ")",
                         file->name);
    return 0;
}

/* Not every two filesystems, and not every kernel, can copy between them by themselves. */
static bool cannot_copy_range(int error)
{
    return error == EXDEV || error == EINVAL || error == EOPNOTSUPP || error == ENOSYS;
}

static ssize_t copy_by_hand(int from, int to, size_t length, char *buffer)
{
    ssize_t count = read(from, buffer, length < BUFFER_SIZE ? length : BUFFER_SIZE);

    if (count > 0 && write_all(to, buffer, (size_t)count) < 0)
        return -1;
    return count;
}

/* Copies some of LENGTH bytes. *BUFFER is NULL as long as the kernel can do it. Their number; 0 at
 * the end of the file; -1 with errno. */
static ssize_t copy_some(int from, int to, size_t length, char **buffer)
{
    if (!*buffer) {
        ssize_t count = copy_file_range(from, NULL, to, NULL, length, 0);
        /* Filesystems of the kernel's own making give nothing, and no error. */
        if (count > 0 || (count < 0 && !cannot_copy_range(errno)))
            return count;
        *buffer = xmalloc(BUFFER_SIZE);
    }
    return copy_by_hand(from, to, length, *buffer);
}

/* All SIZE bytes. */
static int copy_all(const struct local_file *file, int to, uint64_t size, struct progress *progress,
                    struct error *err)
{
    auto_free char *buffer = NULL;

    for (uint64_t left = size; left > 0; progress_update(progress, size - left, size)) {
        if (signals_pending())
            return error_set(err, ERROR_INTERRUPTED, "stopped by a signal while copying");
        ssize_t count =
            copy_some(file->fd, to, left < STEP_SIZE ? (size_t)left : STEP_SIZE, &buffer);
        if (count < 0 && errno != EINTR)
            return error_set_errno(err, ERROR_INTERNAL,
                                   "cannot copy the %s %s to the output directory", file->kind,
                                   file->name);
        if (count == 0)
            return error_set(err, ERROR_INVALID_SOURCE,
                             "the %s %s became shorter while it was read", file->kind, file->name);
        left -= count > 0 ? (uint64_t)count : 0;
    }
    return 0;
}

int local_copy(const struct local_file *file, int to, struct error *err)
{
    struct progress progress;
    uint64_t size = 0;

    if (check_size(file, &size, err) < 0 ||
        (strcmp(file->kind, "kernel") == 0 && check_kernel(file, err) < 0))
        return -1;
    progress_start(&progress, "copying", file->quiet);
    int result = copy_all(file, to, size, &progress, err);
    progress_end(&progress);
    return result;
}
