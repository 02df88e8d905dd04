/* A ramdisk's bytes, unpacked: a file that is one or more runs, plain or compressed, joined.
 *
 * Reading goes by windows: stream_peek() shows what comes, stream_take() passes it by. Runs of
 * one compression that follow each other directly are one, as `zcat` and kernels see them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_STREAM_H
#define LOADER_RAMDISK_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/helper/report.h"
#include "common/memory.h"
#include "loader/ramdisk/codec.h"

#define STREAM_WINDOW (256 * 1024) /* bytes that can be shown at once */
#define STREAM_INPUT  (128 * 1024) /* bytes that are read of the file at once */

/* Starts as stream_open() makes it. */
struct stream {
    int fd; /* a regular file; not owned; its position is left alone */
    const char *name;
    enum error_name blame; /* the name of errors that are the file's fault */
    uint64_t limit;        /* bytes that may be unpacked of it */
    struct report *report; /* told of the progress; or NULL */
    uint64_t size;         /* bytes of the file, as it is told of; 0: not known */

    uint64_t offset; /* in the file, of what is read next */
    uint64_t taken;  /* bytes unpacked and passed by */
    unsigned char *input;
    size_t input_at, input_end;
    unsigned char *window;
    size_t at, end;
    const struct codec_type *type; /* of the run; NULL: plain */
    struct codec *codec;           /* NULL: plain, or the run has ended */
};

/* Reads FD from its start. NAME (kept) and BLAME are for errors. */
void stream_open(struct stream *stream, int fd, const char *name, enum error_name blame,
                 uint64_t limit, struct report *report);
void stream_close(struct stream *stream);
#define auto_stream __attribute__((cleanup(stream_close)))
/* Back to the start. The limit counts anew. */
void stream_rewind(struct stream *stream);

/* Shows LENGTH bytes (at most STREAM_WINDOW) without passing them by; *HAVE may be larger than
 * that, and is smaller only where the run ends. They stay until the next call. 0, or -1 with
 * ERR: unreadable, damaged, larger than the limit. */
int stream_peek(struct stream *stream, size_t length, const unsigned char **bytes, size_t *have,
                struct error *err) must_check;
/* Passes LENGTH bytes by that were shown. 0; or -1 with ERR: that is over the limit. */
int stream_take(struct stream *stream, size_t length, struct error *err) must_check;
/* At the very start: unpacks what is compressed, and leaves everything else, zero bytes too. 0, or
 * -1 with ERR. */
int stream_begin(struct stream *stream, struct error *err) must_check;
/* Goes on to what follows zero bytes, into the next run where one ends. 1: there is something,
 * it is not compressed (any more) and can be peeked at; 0: the end; -1: ERR. */
int stream_next(struct stream *stream, struct error *err) must_check;

/* Sets ERR: "cannot read NAME: FORMAT". Returns -1. */
int stream_bad(const struct stream *stream, struct error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
