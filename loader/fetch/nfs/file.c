/* Opening, reading and looking whether it is still the same. See file.h.
 *
 * Answers may come in any order: one whose turn it is goes on at once, others are kept. A server
 * that gives less than it was asked for is asked again for the rest.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/nfs/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/escape.h"

#define QUOTED_MAX      256
#define NO_REGULAR_FILE "the NFS server has no regular file there"

/* --- its life ------------------------------------------------------------------------------ */

struct nfs_file *nfs_file_start(struct nfs_mount *mount, const struct source_settings *settings,
                                const char *url, const char *path, const struct transfer_spec *spec)
{
    struct nfs_file *file = xcalloc(1, sizeof *file);

    transfer_init(&file->base, settings, spec, xstrdup(url));
    file->mount = mount;
    file->path = xasprintf("/%s", path + strspn(path, "/"));
    for (size_t i = 0; i < NFS_READS; i++)
        file->reads[i].file = file;
    return file;
}

static void release(struct nfs_file *file)
{
    for (size_t i = 0; i < NFS_READS; i++)
        free(file->reads[i].bytes);
    free(file->path);
    free(file);
}

static void close_handle(struct nfs_file *file)
{
    struct nfsfh *handle = file->handle;

    file->handle = NULL;
    if (handle)
        nfs_mount_close(file->mount, handle);
}

void nfs_file_stop(struct nfs_file *file)
{
    transfer_drop(&file->base);
    file->stopped = true;
    if (file->pending == 0) {
        close_handle(file);
        release(file);
    }
}

/* A callback is here; false: for nobody. */
static bool arrive(struct nfs_file *file)
{
    file->pending--;
    if (file->stopped && file->pending == 0) {
        close_handle(file);
        release(file);
        return false;
    }
    return !file->stopped && file->base.state == TRANSFER_RUNNING;
}

/* --- ends ---------------------------------------------------------------------------------- */

static void fail_by(struct nfs_file *file, int number)
{
    struct transfer *t = &file->base;
    /* What comes with a callback that fails is not always a text. */
    const char *words = file->mount->context ? nfs_get_error(file->mount->context) : NULL;
    auto_free char *quoted =
        text_escape_bytes(words ? words : "", words ? strlen(words) : 0, QUOTED_MAX);

    file->stage = NFS_STAGE_END;
    if (number == -ENOENT || number == -ENOTDIR) {
        transfer_missing(t, "the NFS server has no such file");
        return;
    }
    if (number == -EISDIR) {
        transfer_missing(t, NO_REGULAR_FILE);
        return;
    }
    if (number == -EACCES || number == -EPERM) {
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: the NFS server does not let us read it; check that everybody may", t->url);
        t->withheld = true;
    } else if (number == -EINVAL || number == -ELOOP) {
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: a symbolic link on the way to it leaves the export, or the links never end "
                  "(%s)",
                  t->url, quoted);
    } else {
        error_set(&t->err, ERROR_INVALID_SOURCE, "%s: reading from the NFS server fails: %s",
                  t->url, *quoted ? quoted : strerror(-number));
    }
    (void)transfer_fail(t);
}

/* A callback has failed by NUMBER. Perhaps the connection has ended, which the mount will know when
 * libnfs returns, and tells better. */
static void fail_or_break(struct nfs_file *file, int number)
{
    if (number == -EINTR || number == -EFAULT)
        file->broken = number;
    else
        fail_by(file, number);
}

/* The connection has ended. */
static void fail_with_mount(struct nfs_file *file)
{
    struct transfer *t = &file->base;
    auto_free char *of = transfer_of_total(t);
    const char *why = file->mount->err.text ? file->mount->err.text : "libnfs fails";

    if (file->stage == NFS_STAGE_MOUNT)
        error_set(&t->err, file->mount->err.text ? file->mount->err.name : ERROR_INTERNAL, "%s",
                  why);
    else
        error_set(&t->err, ERROR_INVALID_SOURCE, "%s: %s after %llu%s bytes: try again", t->url,
                  why, (unsigned long long)t->received, of);
    file->stage = NFS_STAGE_END;
    (void)transfer_fail(t);
}

/* --- looking ------------------------------------------------------------------------------- */

static int begin_reading(struct nfs_file *file, const struct nfs_stat_64 *status)
{
    struct transfer *t = &file->base;

    if (!S_ISREG(status->nfs_mode)) {
        transfer_missing(t, NO_REGULAR_FILE);
        return -1;
    }
    file->time = status->nfs_mtime;
    file->time_ns = status->nfs_mtime_nsec;
    pace_measure(&t->pace, clock_ms());
    return transfer_announce(t, status->nfs_size);
}

/* As at first, it is the file whose bytes we have. */
static int compare(struct nfs_file *file, const struct nfs_stat_64 *status)
{
    struct transfer *t = &file->base;

    if (status->nfs_size == t->total && status->nfs_mtime == file->time &&
        status->nfs_mtime_nsec == file->time_ns) {
        t->state = TRANSFER_DONE;
        return 0;
    }
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s was changed on the server while it was being fetched: try again", t->url);
    return transfer_fail(t);
}

static void looked(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_file *file = private;

    (void)context;
    if (!arrive(file))
        return;
    pace_sign(&file->base.pace, clock_ms(), 0);
    if (number < 0)
        fail_or_break(file, number);
    else if (file->stage == NFS_STAGE_LOOK)
        file->stage = begin_reading(file, data) < 0 ? NFS_STAGE_END : NFS_STAGE_READ;
    else if (compare(file, data) < 0 || file->base.state == TRANSFER_DONE)
        file->stage = NFS_STAGE_END;
}

static void look(struct nfs_file *file, enum nfs_stage stage)
{
    file->stage = stage;
    file->pending++;
    if (nfs_fstat64_async(file->mount->context, file->handle, looked, file) == 0)
        return;
    file->pending--;
    fail_by(file, -EIO);
}

static void opened(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_file *file = private;

    if (context == file->mount->context)
        file->mount->busy = false;
    if (number >= 0)
        file->handle = data;
    if (!arrive(file))
        return;
    pace_sign(&file->base.pace, clock_ms(), 0);
    if (number < 0)
        fail_or_break(file, number);
    else
        look(file, NFS_STAGE_LOOK);
}

/* --- walking ------------------------------------------------------------------------------- */

static void fail_for_link(struct nfs_file *file)
{
    error_set(
        &file->base.err, ERROR_INVALID_SOURCE,
        "%s: %.*s is a symbolic link, and over NFS version 4 none is followed; let the server "
        "offer version 3, or name the place that it leads to",
        file->base.url, (int)file->walked, file->path);
    file->stage = NFS_STAGE_END;
    (void)transfer_fail(&file->base);
}

static void walk(struct nfs_file *file);

static void passed(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_file *file = private;
    const struct nfs_stat_64 *status = data;

    (void)context;
    if (!arrive(file))
        return;
    pace_sign(&file->base.pace, clock_ms(), 0);
    if (number < 0)
        fail_or_break(file, number);
    else if (S_ISLNK(status->nfs_mode))
        fail_for_link(file);
    else
        walk(file);
}

/* The next part of the path. Where the whole of it has been looked at, it can be opened. */
static void walk(struct nfs_file *file)
{
    const char *rest = file->path + file->walked;

    rest += strspn(rest, "/");
    file->stage = NFS_STAGE_WALK;
    if (!*rest) {
        file->walked = strlen(file->path);
        file->stage = NFS_STAGE_MOUNT;
        return;
    }
    file->walked = (size_t)(rest - file->path) + strcspn(rest, "/");
    auto_free char *part = xstrndup(file->path, file->walked);
    file->pending++;
    if (nfs_lstat64_async(file->mount->context, part, passed, file) == 0)
        return;
    file->pending--;
    fail_by(file, -EINVAL);
}

/* --- opening ------------------------------------------------------------------------------- */

static void open_file(struct nfs_file *file)
{
    int flags = O_RDONLY | (file->mount->version == 4 ? O_NOFOLLOW : 0);

    file->stage = NFS_STAGE_OPEN;
    file->pending++;
    file->mount->busy = true;
    if (nfs_open_async(file->mount->context, file->path, flags, opened, file) == 0)
        return;
    file->pending--;
    file->mount->busy = false;
    /* It looks at the path before it asks the server. */
    fail_by(file, -EINVAL);
}

/* --- reading ------------------------------------------------------------------------------- */

static void got_bytes(int number, struct nfs_context *context, void *data, void *private);

static int request(struct nfs_read *read)
{
    struct nfs_file *file = read->file;

    file->pending++;
    size_t wanted = read->length - read->filled;
    /* At the end one more is asked for, which is not there. */
    if (read->offset + read->length == file->base.total)
        wanted++;
    if (nfs_pread_async(file->mount->context, file->handle, read->offset + read->filled, wanted,
                        got_bytes, read) == 0)
        return 0;
    file->pending--;
    fail_by(file, -EIO);
    return -1;
}

/* It ends before its size. */
static void fail_for_end(struct nfs_file *file)
{
    struct transfer *t = &file->base;

    error_set(
        &t->err, ERROR_INVALID_SOURCE,
        "%s: the NFS server announced %llu bytes and the file ends after %llu: it was cut off "
        "there while it was being fetched, or the server is faulty; try again",
        t->url, (unsigned long long)t->total, (unsigned long long)t->received);
    file->stage = NFS_STAGE_END;
    (void)transfer_fail(t);
}

static void fail_for_excess(struct nfs_file *file)
{
    error_set(&file->base.err, ERROR_INVALID_SOURCE,
              "%s: the server announced %llu bytes and sends more: try again, or another mirror",
              file->base.url, (unsigned long long)file->base.total);
    file->stage = NFS_STAGE_END;
    (void)transfer_fail(&file->base);
}

static void keep(struct nfs_read *read, const void *bytes, size_t count)
{
    if (!read->bytes)
        read->bytes = xmalloc(NFS_READ_SIZE);
    memcpy(read->bytes + read->filled, bytes, count);
    read->filled += count;
}

/* Hands over what has come and whose turn it is. */
static void hand_over(struct nfs_file *file)
{
    while (file->read_count > 0) {
        struct nfs_read *read = &file->reads[file->first];

        if (read->filled < read->length)
            return;
        if (transfer_take(&file->base, read->bytes, read->length) < 0) {
            file->stage = NFS_STAGE_END;
            return;
        }
        file->first = (file->first + 1) % NFS_READS;
        file->read_count--;
    }
}

static void got_bytes(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_read *read = private;
    struct nfs_file *file = read->file;

    (void)context;
    if (!arrive(file))
        return;
    if (number < 0) {
        fail_or_break(file, number);
        return;
    }
    size_t count = (size_t)number, wanted = read->length - read->filled;
    pace_sign(&file->base.pace, clock_ms(), count);
    if (count == 0) {
        fail_for_end(file);
        return;
    }
    if (count > wanted) {
        fail_for_excess(file);
        return;
    }
    if (read == &file->reads[file->first] && read->filled == 0 && count == read->length) {
        /* The common case: no byte is copied here. */
        if (transfer_take(&file->base, data, count) < 0) {
            file->stage = NFS_STAGE_END;
            return;
        }
        file->first = (file->first + 1) % NFS_READS;
        file->read_count--;
    } else {
        keep(read, data, count);
        if (read->filled < read->length && request(read) < 0)
            return;
    }
    hand_over(file);
}

static void ask_more(struct nfs_file *file)
{
    uint64_t most = nfs_get_readmax(file->mount->context);

    if (most == 0 || most > NFS_READ_SIZE)
        most = NFS_READ_SIZE;
    while (file->read_count < NFS_READS && file->asked < file->base.total) {
        struct nfs_read *read = &file->reads[(file->first + file->read_count) % NFS_READS];
        uint64_t left = file->base.total - file->asked;

        read->offset = file->asked;
        read->length = left < most ? (size_t)left : (size_t)most;
        read->filled = 0;
        file->read_count++;
        file->asked += read->length;
        if (request(read) < 0)
            return;
    }
    if (file->read_count == 0)
        look(file, NFS_STAGE_LOOK_AGAIN);
}

/* Its turn will come; until then nobody is late but the file before it. */
static void wait_or_open(struct nfs_file *file)
{
    pace_start(&file->base.pace, clock_ms());
    if (file->mount->version == 4 && file->walked < strlen(file->path))
        walk(file);
    else if (!file->mount->busy)
        open_file(file);
}

void nfs_file_move(struct nfs_file *file)
{
    if (file->base.state != TRANSFER_RUNNING)
        return;
    if (file->mount->state == NFS_FAILED)
        fail_with_mount(file);
    else if (file->broken)
        fail_by(file, file->broken);
    else if (file->mount->state == NFS_MOUNTED && file->stage == NFS_STAGE_MOUNT)
        wait_or_open(file);
    else if (file->stage == NFS_STAGE_READ)
        ask_more(file);
}

int64_t nfs_file_until_late(struct nfs_file *file, bool work, int64_t now, int64_t deadline)
{
    int64_t next = transfer_until_late(&file->base, work, now, deadline);

    if (file->base.state != TRANSFER_RUNNING)
        file->stage = NFS_STAGE_END;
    return next;
}
