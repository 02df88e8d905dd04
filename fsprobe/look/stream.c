/* Files to a pipe. See stream.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/look/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "fsprobe/fs/source.h"

#define STREAM_CHUNK (1024 * 1024) /* bytes at once; a packed run is no larger */

static int put(struct stream *stream, const unsigned char *bytes, size_t length, struct error *err)
{
    while (length && !stream->stopped) {
        ssize_t count = write(stream->to, bytes, length);
        if (count < 0 && errno == EINTR)
            continue;
        stream->stopped = count < 0 && errno == EPIPE;
        if (stream->stopped)
            return 0;
        if (count < 0)
            return error_set_errno(err, ERROR_INTERNAL, "it cannot be written");
        bytes += count;
        length -= (size_t)count;
        stream->done += (uint64_t)count;
    }
    return 0;
}

static int put_zeros(struct stream *stream, uint64_t end, struct error *err)
{
    if (stream->done < end)
        memset(stream->buffer, 0, STREAM_CHUNK);
    while (stream->done < end && !stream->stopped) {
        uint64_t left = end - stream->done;
        if (put(stream, stream->buffer, left < STREAM_CHUNK ? (size_t)left : STREAM_CHUNK, err) < 0)
            return -1;
    }
    return 0;
}

static int put_plain(struct stream *stream, const struct volume *volume, const struct file_run *run,
                     uint64_t length, struct error *err)
{
    uint64_t done = 0;

    if (run->disk >= stream->disk_count)
        return error_set(err, ERROR_INTERNAL, "a part of it is on no disk of the guest");
    while (done < length && !stream->stopped) {
        size_t part = length - done < STREAM_CHUNK ? (size_t)(length - done) : STREAM_CHUNK;
        unsigned long long from = run->place + done;
        int disk = stream->disks[run->disk];
        ssize_t count = pread_all(disk, stream->buffer, part, (off_t)from);
        if (count < 0)
            return source_unreadable(disk, from, part, "the disk",
                                     volume->source ? volume->source->sector : 0, err);
        if ((size_t)count < part)
            return error_set(err, ERROR_INTERNAL, "the disk ends at byte %llu, in the middle of it",
                             from + (size_t)count);
        if (run->escaped && done == 0)
            memcpy(stream->buffer, FILE_ESCAPED,
                   part < sizeof FILE_ESCAPED - 1 ? part : sizeof FILE_ESCAPED - 1);
        if (put(stream, stream->buffer, part, err) < 0)
            return -1;
        done += part;
    }
    return 0;
}

static int put_packed(struct stream *stream, struct volume *volume, const struct file_run *run,
                      uint64_t length, struct error *err)
{
    if (!volume->filesystem->unpack || run->length > FILE_PACKED_MAX)
        return error_set(err, ERROR_INTERNAL, "a packed piece of it has more than %d bytes",
                         FILE_PACKED_MAX);
    if (volume->filesystem->unpack(volume, run, stream->buffer, err) < 0)
        return -1;
    return put(stream, stream->buffer, (size_t)length, err);
}

int stream_file(struct stream *stream, struct volume *volume, const struct file_map *map,
                struct error *err)
{
    if (map->bytes)
        return put(stream, map->bytes, (size_t)map->size, err);
    if (!stream->buffer)
        stream->buffer = xmalloc(STREAM_CHUNK);
    for (size_t i = 0; i < map->count && !stream->stopped; i++) {
        const struct file_run *run = &map->runs[i];
        if (run->at >= map->size)
            break;
        /* The last block of a file is longer than what the file has of it. */
        uint64_t left = map->size - run->at, length = run->length < left ? run->length : left;
        if (put_zeros(stream, run->at, err) < 0)
            return -1;
        if (stream->stopped)
            break;
        if ((run->packing == FILE_PLAIN ? put_plain(stream, volume, run, length, err)
                                        : put_packed(stream, volume, run, length, err)) < 0)
            return -1;
    }
    return put_zeros(stream, map->size, err);
}

void stream_free(struct stream *stream)
{
    free(stream->buffer);
    stream->buffer = NULL;
}
