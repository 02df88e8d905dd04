/* Reading, and looking whether it is still the same. See file.h.
 *
 * Answers may come in any order: one whose turn it is goes on at once, others are kept. A server
 * that gives less than it was asked for is asked again for the rest.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/nfs/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"

/* --- its life ------------------------------------------------------------------------------ */

static struct nfs_file *start(struct nfs_handle *handle, const struct source_settings *settings,
                              const char *url, const struct transfer_spec *spec)
{
    struct nfs_file *file = xcalloc(1, sizeof *file);

    transfer_init(&file->base, settings, spec, xstrdup(url));
    file->handle = handle;
    for (size_t i = 0; i < NFS_READS; i++)
        file->reads[i].file = file;
    return file;
}

struct nfs_file *nfs_file_start(struct nfs_mount *mount, const struct source_settings *settings,
                                const char *url, const char *path, const struct transfer_spec *spec)
{
    struct nfs_file *file = start(nfs_handle_new(mount, url, path), settings, url, spec);

    file->own_handle = true;
    return file;
}

struct nfs_file *nfs_file_start_pieces(struct nfs_handle *handle,
                                       const struct source_settings *settings, const char *url,
                                       const struct nfs_piece *pieces, size_t count, bool passing,
                                       const struct transfer_spec *spec)
{
    struct nfs_file *file = start(handle, settings, url, spec);

    file->pieces = xcalloc(count + 1, sizeof *pieces);
    if (count > 0)
        memcpy(file->pieces, pieces, count * sizeof *pieces);
    file->piece_count = count;
    file->passing = passing;
    return file;
}

static void release(struct nfs_file *file)
{
    if (file->own_handle)
        nfs_handle_drop(file->handle);
    for (size_t i = 0; i < NFS_READS; i++)
        free(file->reads[i].bytes);
    free(file->pieces);
    free(file);
}

void nfs_file_stop(struct nfs_file *file)
{
    transfer_drop(&file->base);
    file->stopped = true;
    if (file->pending == 0)
        release(file);
}

/* A callback is here; false: for nobody. */
static bool arrive(struct nfs_file *file)
{
    file->pending--;
    if (file->stopped && file->pending == 0) {
        release(file);
        return false;
    }
    return !file->stopped && file->base.state == TRANSFER_RUNNING;
}

/* --- ends ---------------------------------------------------------------------------------- */

/* As the problem says, which is emptied. */
static void end_by(struct nfs_file *file, struct nfs_problem *problem)
{
    struct transfer *t = &file->base;

    file->stage = NFS_STAGE_END;
    if (problem->absence) {
        transfer_missing(t, problem->absence);
        return;
    }
    t->withheld = problem->withheld;
    t->err = problem->err;
    problem->err = ERROR_INIT;
    (void)transfer_fail(t);
}

static void fail_by(struct nfs_file *file, int number)
{
    struct nfs_problem problem = {.err = ERROR_INIT};

    nfs_problem_set(&problem, file->handle->mount, file->base.url, number);
    end_by(file, &problem);
}

/* Others may still ask the handle. */
static void fail_with_handle(struct nfs_file *file)
{
    const struct nfs_problem *said = &file->handle->problem;
    struct nfs_problem problem = {.withheld = said->withheld, .absence = said->absence};

    if (said->err.text)
        error_set(&problem.err, said->err.name, "%s", said->err.text);
    end_by(file, &problem);
}

static void fail_or_break(struct nfs_file *file, int number)
{
    if (nfs_may_be_broken(number))
        file->broken = number;
    else
        fail_by(file, number);
}

/* The connection has ended. */
static void fail_with_mount(struct nfs_file *file)
{
    struct transfer *t = &file->base;
    auto_free char *of = transfer_of_total(t);
    const struct error *said = &file->handle->mount->err;
    const char *why = said->text ? said->text : "libnfs fails";

    if (file->handle->mount->connection == 0)
        error_set(&t->err, said->text ? said->name : ERROR_INTERNAL, "%s", why);
    else
        error_set(&t->err, ERROR_INVALID_SOURCE, "%s: %s after %llu%s bytes: try again", t->url,
                  why, (unsigned long long)t->received, of);
    file->stage = NFS_STAGE_END;
    (void)transfer_fail(t);
}

/* --- looking again ------------------------------------------------------------------------- */

/* As at first, it is the file whose bytes we have. */
static void looked_again(int number, struct nfs_context *context, void *data, void *private)
{
    struct nfs_file *file = private;

    (void)context;
    if (!arrive(file))
        return;
    pace_sign(&file->base.pace, clock_ms(), 0);
    if (number < 0) {
        fail_or_break(file, number);
        return;
    }
    file->stage = NFS_STAGE_END;
    if (nfs_handle_is_same(file->handle, data)) {
        file->base.state = TRANSFER_DONE;
        return;
    }
    error_set(&file->base.err, ERROR_INVALID_SOURCE,
              "%s was changed on the server while it was being fetched: try again", file->base.url);
    (void)transfer_fail(&file->base);
}

static void look_again(struct nfs_file *file)
{
    if (file->passing) {
        file->stage = NFS_STAGE_END;
        file->base.state = TRANSFER_DONE;
        return;
    }
    file->stage = NFS_STAGE_LOOK_AGAIN;
    file->pending++;
    if (nfs_fstat64_async(file->handle->mount->context, file->handle->opened, looked_again, file) ==
        0)
        return;
    file->pending--;
    fail_by(file, -EIO);
}

/* --- reading ------------------------------------------------------------------------------- */

static void got_bytes(int number, struct nfs_context *context, void *data, void *private);

static int request(struct nfs_read *read)
{
    struct nfs_file *file = read->file;

    file->pending++;
    size_t wanted = read->length - read->filled;
    /* At the end one more is asked for, which is not there. */
    if (read->offset + read->length == file->handle->size)
        wanted++;
    if (nfs_pread_async(file->handle->mount->context, file->handle->opened,
                        read->offset + read->filled, wanted, got_bytes, read) == 0)
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

/* Where the byte AT of all pieces together is, and how many stand together from there on; not
 * behind their end. */
static struct nfs_piece find_piece(const struct nfs_file *file, uint64_t at)
{
    const struct nfs_piece *piece = file->pieces;

    for (; at >= piece->length; piece++)
        at -= piece->length;
    return (struct nfs_piece){piece->place + at, piece->length - at};
}

static void ask_more(struct nfs_file *file)
{
    uint64_t most = nfs_get_readmax(file->handle->mount->context);

    if (most == 0 || most > NFS_READ_SIZE)
        most = NFS_READ_SIZE;
    while (file->read_count < NFS_READS && file->asked < file->base.total) {
        struct nfs_read *read = &file->reads[(file->first + file->read_count) % NFS_READS];
        struct nfs_piece left = find_piece(file, file->asked);

        read->offset = left.place;
        read->length = left.length < most ? (size_t)left.length : (size_t)most;
        read->filled = 0;
        file->read_count++;
        file->asked += read->length;
        if (request(read) < 0)
            return;
    }
    if (file->read_count == 0)
        look_again(file);
}

/* --- together ------------------------------------------------------------------------------ */

/* Whether it is what somebody has already: by its size and the time of its last change, which is
 * settled by the clocks of the server and of this host. */
static int identify(struct nfs_file *file)
{
    const struct nfs_handle *handle = file->handle;
    auto_free char *same =
        xasprintf("%llu at %llu.%09llu", (unsigned long long)handle->size,
                  (unsigned long long)handle->time, (unsigned long long)handle->time_ns);
    int64_t age = (int64_t)time(NULL) - (int64_t)handle->time;

    return transfer_identify(&file->base, same, age >= TRANSFER_SETTLED);
}

/* The handle is open. All bytes are asked for by this connection that are not here. */
static void begin_reading(struct nfs_file *file)
{
    struct transfer *t = &file->base;
    uint64_t total = 0;

    file->connection = file->handle->connection;
    file->broken = 0;
    file->asked = t->received;
    file->first = file->read_count = 0;
    file->stage = NFS_STAGE_READ;
    pace_measure(&t->pace, clock_ms());
    if (!file->pieces) {
        if (!t->total_known && identify(file) < 0) {
            file->stage = NFS_STAGE_END;
            return;
        }
        file->pieces = xcalloc(1, sizeof *file->pieces);
        file->pieces[0].length = file->handle->size;
        file->piece_count = 1;
    }
    for (size_t i = 0; i < file->piece_count; i++)
        total += file->pieces[i].length;
    if (!t->total_known && transfer_announce(t, total) < 0)
        file->stage = NFS_STAGE_END;
}

/* Its turn will come; until then nobody is late but the file before it. */
static void keep_pace(struct nfs_file *file)
{
    if (file->handle->state == NFS_HANDLE_WAITS || file->signs != file->handle->signs)
        pace_start(&file->base.pace, clock_ms());
    file->signs = file->handle->signs;
}

void nfs_file_move(struct nfs_file *file)
{
    struct nfs_handle *handle = file->handle;

    if (file->base.state != TRANSFER_RUNNING)
        return;
    nfs_handle_move(handle);
    keep_pace(file);
    if (handle->mount->state == NFS_FAILED)
        fail_with_mount(file);
    else if (handle->state >= NFS_HANDLE_MISSING)
        fail_with_handle(file);
    else if (handle->mount->state != NFS_MOUNTED || handle->state != NFS_HANDLE_OPEN)
        return;
    else if (file->stage == NFS_STAGE_WAIT || file->connection != handle->connection)
        begin_reading(file);
    else if (file->broken)
        fail_by(file, file->broken);
    if (file->base.state == TRANSFER_RUNNING && file->stage == NFS_STAGE_READ)
        ask_more(file);
}

int64_t nfs_file_until_late(struct nfs_file *file, bool work, int64_t now, int64_t deadline)
{
    int64_t next = transfer_until_late(&file->base, work, now, deadline);

    if (file->base.state != TRANSFER_RUNNING)
        file->stage = NFS_STAGE_END;
    return next;
}
