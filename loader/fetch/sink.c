/* The pool of blocks and its worker. See sink.h.
 *
 * A block goes from the pool to the receiver, who fills and queues it, to the worker, who
 * gives it back to the pool. One of the two has written it by then.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/sink.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/reserve.h"

#define WAIT_NS    (500 * 1000 * 1000L)
#define STACK_SIZE (256 * 1024)
/* Bytes for which room is made at once. What a server announces is not believed before it comes: it
 * could have the disk full without sending a byte. */
#define RESERVE (8 * 1024 * 1024)
/* A receiver that waits is woken when so many blocks are back, rather than for each. */
#define WAKE_AT (SINK_BLOCKS / 3)

/* The worker's share of the digests; the receiver has the others. */
#define WORKERS_DIGESTS DIGEST_BIT(DIGEST_MD5)

struct sink_file {
    int fd;
    const char *name;
    struct digests digests;
    bool plain;            /* no digest is wanted: bytes are written as they come */
    struct block *filling; /* the receiver's own, or NULL */
    uint64_t offset;       /* of the next block */
    uint64_t reserved;     /* bytes that there is room for */
    bool unreserved;       /* no more can be had */
    unsigned queued;       /* blocks that the worker still has */
    int write_error;       /* errno of the worker's first failed write */
    bool digest_error;     /* of the worker's digests */
};

struct block {
    struct block *next; /* in the pool or in the queue */
    struct sink_file *file;
    uint64_t offset;
    size_t length;
    bool written;
    unsigned char *bytes;
};

struct sink {
    struct sink_spec spec;
    struct digest_algorithms algorithms;
    struct sink_file files[SINK_FILES];
    struct block blocks[SINK_BLOCKS];
    unsigned char *memory;
    pthread_t worker;
    bool started;

    pthread_mutex_t lock;      /* guards what follows, and a file's `queued` and errors */
    pthread_cond_t work, idle; /* a block was queued, or the end; a block was given back */
    struct block *pool;
    unsigned pooled;
    struct block *queue, **queue_end;
    bool stop;
};

/* 0, or an errno. */
static int write_block(const struct block *block)
{
    size_t done = 0;

    while (done < block->length) {
        ssize_t n = pwrite(block->file->fd, block->bytes + done, block->length - done,
                           (off_t)(block->offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        done += (size_t)n;
    }
    return 0;
}

/* Room for LENGTH bytes more. */
static void make_room(struct sink_file *file, size_t length)
{
    if (file->unreserved || file->offset + length <= file->reserved)
        return;
    file->unreserved = !reserve(file->fd, file->offset, RESERVE);
    if (!file->unreserved)
        file->reserved = file->offset + RESERVE;
}

/* Called with the lock. */
static void give_back(struct sink *sink, struct block *block)
{
    struct sink_file *file = block->file;

    file->queued--;
    block->next = sink->pool;
    sink->pool = block;
    sink->pooled++;
    if (file->queued == 0 || !sink->queue || sink->pooled >= WAKE_AT)
        pthread_cond_signal(&sink->idle);
}

/* The worker's turn with the first block of the queue. Called with the lock, which is given
 * up meanwhile. */
static void work_on_block(struct sink *sink)
{
    struct block *block = sink->queue;
    struct sink_file *file = block->file;

    sink->queue = block->next;
    if (!sink->queue)
        sink->queue_end = &sink->queue;
    pthread_mutex_unlock(&sink->lock);
    int write_error = block->written ? 0 : write_block(block);
    int digested = digests_add(&file->digests, WORKERS_DIGESTS, block->bytes, block->length);
    pthread_mutex_lock(&sink->lock);
    if (file->write_error == 0)
        file->write_error = write_error;
    file->digest_error |= digested < 0;
    give_back(sink, block);
}

static void *work(void *context)
{
    struct sink *sink = context;

    pthread_mutex_lock(&sink->lock);
    while (sink->queue || !sink->stop) {
        if (sink->queue)
            work_on_block(sink);
        else
            pthread_cond_wait(&sink->work, &sink->lock);
    }
    pthread_mutex_unlock(&sink->lock);
    return NULL;
}

/* Called with the lock: waits until a block is given back, for half a second at most. */
static void wait_idle(struct sink *sink)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += WAIT_NS;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    if (pthread_cond_clockwait(&sink->idle, &sink->lock, CLOCK_MONOTONIC, &until) == ETIMEDOUT &&
        sink->spec.waiting) {
        pthread_mutex_unlock(&sink->lock);
        sink->spec.waiting(sink->spec.context);
        pthread_mutex_lock(&sink->lock);
    }
}

static int start_worker(struct sink *sink, struct error *err)
{
    pthread_attr_t attributes;
    int result = pthread_attr_init(&attributes);

    if (result == 0)
        result = pthread_attr_setstacksize(&attributes, STACK_SIZE);
    if (result == 0)
        result = pthread_create(&sink->worker, &attributes, work, sink);
    pthread_attr_destroy(&attributes);
    errno = result;
    if (result != 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot start a thread for digests");
    sink->started = true;
    return 0;
}

struct sink *sink_new(const struct sink_spec *spec, struct error *err)
{
    struct sink *sink = xcalloc(1, sizeof(*sink));

    sink->spec = *spec;
    sink->memory = xmalloc((size_t)SINK_BLOCKS * SINK_BLOCK_SIZE);
    sink->queue_end = &sink->queue;
    pthread_mutex_init(&sink->lock, NULL);
    pthread_cond_init(&sink->work, NULL);
    pthread_cond_init(&sink->idle, NULL);
    for (size_t i = 0; i < SINK_BLOCKS; i++) {
        sink->blocks[i].bytes = sink->memory + i * SINK_BLOCK_SIZE;
        sink->blocks[i].next = sink->pool;
        sink->pool = &sink->blocks[i];
        sink->pooled++;
    }
    for (unsigned i = 0; i < SINK_FILES; i++) {
        sink->files[i].fd = spec->fds[i];
        sink->files[i].name = spec->names[i];
    }
    if (digest_algorithms_load(&sink->algorithms, err) == 0 && start_worker(sink, err) == 0)
        return sink;
    sink_free(sink);
    return NULL;
}

void sink_free(struct sink *sink)
{
    if (!sink)
        return;
    pthread_mutex_lock(&sink->lock);
    sink->stop = true;
    pthread_cond_signal(&sink->work);
    pthread_mutex_unlock(&sink->lock);
    if (sink->started)
        pthread_join(sink->worker, NULL);
    for (unsigned i = 0; i < SINK_FILES; i++)
        digests_free(&sink->files[i].digests);
    digest_algorithms_free(&sink->algorithms);
    pthread_cond_destroy(&sink->idle);
    pthread_cond_destroy(&sink->work);
    pthread_mutex_destroy(&sink->lock);
    free(sink->memory);
    free(sink);
}

static int write_failed(const struct sink_file *file, int number, struct error *err)
{
    const char *hint = number == ENOSPC || number == EDQUOT
                           ? "free some space where the boot files go, or name another place "
                             "(--output-directory)"
                       : number == EFBIG ? "a limit on the size of files (RLIMIT_FSIZE) is in force"
                                         : NULL;
    errno = number;
    error_set_errno(err, ERROR_INTERNAL, "cannot write the %s", file->name);
    return hint ? error_hint(err, "%s", hint) : -1;
}

static int digest_failed(const struct sink_file *file, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "OpenSSL cannot compute a digest of the %s", file->name);
}

/* A block from the pool, once there is one. */
static void take_block(struct sink *sink, struct sink_file *file)
{
    pthread_mutex_lock(&sink->lock);
    while (!sink->pool)
        wait_idle(sink);
    struct block *block = sink->pool;
    sink->pool = block->next;
    sink->pooled--;
    pthread_mutex_unlock(&sink->lock);
    *block = (struct block){.file = file, .offset = file->offset, .bytes = block->bytes};
    file->filling = block;
}

static void queue_block(struct sink *sink, struct block *block)
{
    pthread_mutex_lock(&sink->lock);
    block->file->queued++;
    *sink->queue_end = block;
    sink->queue_end = &block->next;
    pthread_cond_signal(&sink->work);
    pthread_mutex_unlock(&sink->lock);
}

/* The receiver's part with the block that it has filled; the worker has it from then on. */
static int flush(struct sink *sink, struct sink_file *file, struct error *err)
{
    struct block *block = take_pointer(file->filling);

    if (!block)
        return 0;
    make_room(file, block->length);
    file->offset += block->length;
    int digested = digests_add(&file->digests, ~WORKERS_DIGESTS, block->bytes, block->length);
    pthread_mutex_lock(&sink->lock);
    bool worker_is_busy = sink->queue != NULL;
    int write_error = file->write_error;
    pthread_mutex_unlock(&sink->lock);
    if (write_error == 0 && worker_is_busy)
        write_error = write_block(block);
    block->written = worker_is_busy || write_error;
    /* After a failure too: this is how a block gets back to the pool. */
    queue_block(sink, block);
    if (write_error)
        return write_failed(file, write_error, err);
    return digested < 0 ? digest_failed(file, err) : 0;
}

/* Waits until the worker is done with FILE. */
static void drain(struct sink *sink, struct sink_file *file)
{
    pthread_mutex_lock(&sink->lock);
    while (file->queued > 0)
        wait_idle(sink);
    pthread_mutex_unlock(&sink->lock);
}

int sink_begin(struct sink *sink, unsigned number, unsigned mask, struct error *err)
{
    struct sink_file *file = &sink->files[number];

    drain(sink, file);
    if (file->filling)
        file->filling->length = 0;
    /* EINVAL: it is no file but /dev/null, of which only the digests are wanted. */
    if ((file->offset > 0 || file->reserved > 0) && ftruncate(file->fd, 0) < 0 && errno != EINVAL)
        return error_set_errno(err, ERROR_INTERNAL, "cannot empty the %s", file->name);
    file->offset = file->reserved = 0;
    file->write_error = 0;
    file->digest_error = false;
    file->plain = mask == 0;
    return digests_begin(&file->digests, &sink->algorithms, mask, err);
}

/* The worker would only have to wait for the bytes to be copied to it. */
static int write_plain(struct sink_file *file, const unsigned char *bytes, size_t length,
                       struct error *err)
{
    const struct block block = {
        .file = file, .offset = file->offset, .length = length, .bytes = (unsigned char *)bytes};

    make_room(file, length);
    int number = write_block(&block);
    if (number)
        return write_failed(file, number, err);
    file->offset += length;
    return 0;
}

int sink_add(struct sink *sink, unsigned number, const void *bytes, size_t length,
             struct error *err)
{
    struct sink_file *file = &sink->files[number];
    const unsigned char *from = bytes;

    if (file->plain)
        return write_plain(file, from, length, err);
    while (length > 0) {
        if (!file->filling)
            take_block(sink, file);
        struct block *block = file->filling;
        size_t part = SINK_BLOCK_SIZE - block->length;
        if (part > length)
            part = length;
        memcpy(block->bytes + block->length, from, part);
        block->length += part;
        from += part;
        length -= part;
        if (block->length == SINK_BLOCK_SIZE && flush(sink, file, err) < 0)
            return -1;
    }
    return 0;
}

int sink_end(struct sink *sink, unsigned number, struct error *err)
{
    struct sink_file *file = &sink->files[number];

    int result = flush(sink, file, err);
    drain(sink, file);
    /* Room that was reserved is left, perhaps also where not all could be. EINVAL: see
     * sink_begin().
     */
    if (ftruncate(file->fd, (off_t)file->offset) < 0 && errno != EINVAL && result == 0)
        result = write_failed(file, errno, err);
    if (result == 0 && file->write_error)
        result = write_failed(file, file->write_error, err);
    if (result == 0 && file->digest_error)
        result = digest_failed(file, err);
    return result;
}

uint64_t sink_size(const struct sink *sink, unsigned number)
{
    return sink->files[number].offset;
}

int sink_digest(struct sink *sink, unsigned number, enum digest kind, struct checksum *sum,
                struct error *err)
{
    if (digests_end(&sink->files[number].digests, kind, sum) == 0)
        return 0;
    return error_set(err, ERROR_INTERNAL, "OpenSSL cannot compute the %s digest of the %s",
                     digest_name(kind), sink->files[number].name);
}
