/* Walking, opening, and looking what it is. See handle.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/nfs/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/escape.h"

#define QUOTED_MAX      256
#define NO_REGULAR_FILE "the NFS server has no regular file there"

/* --- its life ------------------------------------------------------------------------------ */

struct nfs_handle *nfs_handle_new(struct nfs_mount *mount, const char *url, const char *path)
{
    struct nfs_handle *handle = xcalloc(1, sizeof *handle);

    handle->mount = mount;
    handle->url = xstrdup(url);
    handle->path = xasprintf("/%s", path + strspn(path, "/"));
    return handle;
}

/* What an ended connection had opened cannot be closed any more; nobody but libnfs can free it. */
static void release(struct nfs_handle *handle)
{
    if (handle->opened && handle->connection == handle->mount->connection)
        nfs_mount_close(handle->mount, handle->opened);
    error_clear(&handle->problem.err);
    free(handle->url);
    free(handle->path);
    free(handle);
}

void nfs_handle_drop(struct nfs_handle *handle)
{
    if (!handle)
        return;
    handle->dropped = true;
    if (handle->pending == 0)
        release(handle);
}

/* A callback is here; false: for nobody. */
static bool arrive(struct nfs_handle *handle)
{
    handle->pending--;
    handle->signs++;
    if (handle->dropped && handle->pending == 0) {
        release(handle);
        return false;
    }
    return !handle->dropped;
}

/* --- ends ---------------------------------------------------------------------------------- */

bool nfs_may_be_broken(int number)
{
    return number == -EINTR || number == -EFAULT;
}

void nfs_problem_set(struct nfs_problem *problem, const struct nfs_mount *mount, const char *url,
                     int number)
{
    /* What comes with a callback that fails is not always a text. */
    const char *words = mount->context ? nfs_get_error(mount->context) : NULL;
    auto_free char *quoted =
        text_escape_bytes(words ? words : "", words ? strlen(words) : 0, QUOTED_MAX);

    if (number == -ENOENT || number == -ENOTDIR) {
        problem->absence = "the NFS server has no such file";
    } else if (number == -EISDIR) {
        problem->absence = NO_REGULAR_FILE;
    } else if (number == -EACCES || number == -EPERM) {
        error_set(&problem->err, ERROR_INVALID_SOURCE,
                  "%s: the NFS server does not let us read it; check that everybody may", url);
        problem->withheld = true;
    } else if (number == -EINVAL || number == -ELOOP) {
        error_set(&problem->err, ERROR_INVALID_SOURCE,
                  "%s: a symbolic link on the way to it leaves the export, or the links never end "
                  "(%s)",
                  url, quoted);
    } else {
        error_set(&problem->err, ERROR_INVALID_SOURCE, "%s: reading from the NFS server fails: %s",
                  url, *quoted ? quoted : strerror(-number));
    }
}

static void fail_by(struct nfs_handle *handle, int number)
{
    nfs_problem_set(&handle->problem, handle->mount, handle->url, number);
    handle->state = handle->problem.absence ? NFS_HANDLE_MISSING : NFS_HANDLE_FAILED;
}

static void fail_or_break(struct nfs_handle *handle, int number)
{
    if (nfs_may_be_broken(number))
        handle->broken = number;
    else
        fail_by(handle, number);
}

/* --- looking ------------------------------------------------------------------------------- */

bool nfs_handle_is_same(const struct nfs_handle *handle, const struct nfs_stat_64 *status)
{
    return status->nfs_size == handle->size && status->nfs_mtime == handle->time &&
           status->nfs_mtime_nsec == handle->time_ns;
}

static void take(struct nfs_handle *handle, const struct nfs_stat_64 *status)
{
    if (!S_ISREG(status->nfs_mode)) {
        handle->problem.absence = NO_REGULAR_FILE;
        handle->state = NFS_HANDLE_MISSING;
        return;
    }
    if (handle->known && !nfs_handle_is_same(handle, status)) {
        error_set(&handle->problem.err, ERROR_INVALID_SOURCE,
                  "%s was changed on the server while it was being fetched: try again",
                  handle->url);
        handle->state = NFS_HANDLE_FAILED;
        return;
    }
    handle->known = true;
    handle->size = status->nfs_size;
    handle->time = status->nfs_mtime;
    handle->time_ns = status->nfs_mtime_nsec;
    handle->state = NFS_HANDLE_OPEN;
}

static void looked(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_handle *handle = private;

    (void)context;
    if (!arrive(handle))
        return;
    if (number < 0)
        fail_or_break(handle, number);
    else
        take(handle, data);
}

static void look(struct nfs_handle *handle)
{
    handle->state = NFS_HANDLE_LOOKS;
    handle->pending++;
    if (nfs_fstat64_async(handle->mount->context, handle->opened, looked, handle) == 0)
        return;
    handle->pending--;
    fail_by(handle, -EIO);
}

/* --- opening ------------------------------------------------------------------------------- */

static void opened(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_handle *handle = private;

    if (context == handle->mount->context)
        handle->mount->busy = false;
    if (number >= 0)
        handle->opened = data;
    if (!arrive(handle))
        return;
    if (number < 0)
        fail_or_break(handle, number);
    else
        look(handle);
}

static void open_it(struct nfs_handle *handle)
{
    int flags = O_RDONLY | (handle->mount->version == 4 ? O_NOFOLLOW : 0);

    handle->state = NFS_HANDLE_OPENS;
    handle->connection = handle->mount->connection;
    handle->pending++;
    handle->mount->busy = true;
    if (nfs_open_async(handle->mount->context, handle->path, flags, opened, handle) == 0)
        return;
    handle->pending--;
    handle->mount->busy = false;
    /* It looks at the path before it asks the server. */
    fail_by(handle, -EINVAL);
}

/* --- walking ------------------------------------------------------------------------------- */

static void fail_for_link(struct nfs_handle *handle)
{
    error_set(
        &handle->problem.err, ERROR_INVALID_SOURCE,
        "%s: %.*s is a symbolic link, and over NFS version 4 none is followed; let the server "
        "offer version 3, or name the place that it leads to",
        handle->url, (int)handle->walked, handle->path);
    handle->state = NFS_HANDLE_FAILED;
}

static void walk(struct nfs_handle *handle);

static void passed(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_handle *handle = private;
    const struct nfs_stat_64 *status = data;

    (void)context;
    if (!arrive(handle))
        return;
    if (number < 0)
        fail_or_break(handle, number);
    else if (S_ISLNK(status->nfs_mode))
        fail_for_link(handle);
    else
        walk(handle);
}

/* The next part of the path. Where the whole of it has been looked at, it can be opened. */
static void walk(struct nfs_handle *handle)
{
    const char *rest = handle->path + handle->walked;

    rest += strspn(rest, "/");
    handle->state = NFS_HANDLE_WALKS;
    handle->connection = handle->mount->connection;
    if (!*rest) {
        handle->walked = strlen(handle->path);
        handle->state = NFS_HANDLE_WAITS;
        return;
    }
    handle->walked = (size_t)(rest - handle->path) + strcspn(rest, "/");
    auto_free char *part = xstrndup(handle->path, handle->walked);
    handle->pending++;
    if (nfs_lstat64_async(handle->mount->context, part, passed, handle) == 0)
        return;
    handle->pending--;
    fail_by(handle, -EINVAL);
}

/* --- together ------------------------------------------------------------------------------ */

/* On the next connection from the beginning. */
static void begin_again(struct nfs_handle *handle)
{
    handle->state = NFS_HANDLE_WAITS;
    handle->connection = handle->mount->connection;
    handle->opened = NULL;
    handle->broken = 0;
    handle->walked = 0;
    handle->signs++;
}

void nfs_handle_move(struct nfs_handle *handle)
{
    if (handle->mount->state != NFS_MOUNTED || handle->state >= NFS_HANDLE_MISSING)
        return;
    if (handle->connection != handle->mount->connection)
        begin_again(handle);
    if (handle->broken)
        fail_by(handle, handle->broken);
    else if (handle->state != NFS_HANDLE_WAITS)
        return;
    else if (handle->mount->version == 4 && handle->walked < strlen(handle->path))
        walk(handle);
    else if (!handle->mount->busy)
        open_it(handle);
}
