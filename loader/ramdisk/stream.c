/* Runs of plain and compressed bytes. See stream.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/stream.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/text.h"

void stream_open(struct stream *stream, int fd, const char *name, enum error_name blame,
                 uint64_t limit, struct report *report)
{
    *stream = (struct stream){
        .fd = fd,
        .name = name,
        .blame = blame,
        .limit = limit,
        .report = report,
        .input = xmalloc(STREAM_INPUT),
        .window = xmalloc(STREAM_WINDOW),
    };
}

void stream_close(struct stream *stream)
{
    codec_free(stream->codec);
    free(stream->input);
    free(stream->window);
    *stream = (struct stream){.fd = -1};
}

static void end_codec(struct stream *stream)
{
    codec_free(stream->codec);
    stream->codec = NULL;
}

void stream_rewind(struct stream *stream)
{
    end_codec(stream);
    stream->type = NULL;
    stream->offset = stream->taken = 0;
    stream->input_at = stream->input_end = 0;
    stream->at = stream->end = 0;
}

int stream_bad(const struct stream *stream, struct error *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    return error_set(err, stream->blame, "cannot read %s: %s", stream->name, text);
}

/* Up to LENGTH bytes of the file to OUT; 0 at its end, -1 with ERR. */
static ssize_t read_file_part(struct stream *stream, unsigned char *out, size_t length,
                              struct error *err)
{
    ssize_t count = pread_all(stream->fd, out, length, (off_t)stream->offset);

    if (count < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot read %s", stream->name);
    stream->offset += (uint64_t)count;
    if (stream->report)
        report_progress(stream->report, stream->offset, true, stream->size);
    return count;
}

/* At least LENGTH bytes of compressed input, fewer at the file's end. */
static int need_input(struct stream *stream, size_t length, struct error *err)
{
    size_t have = stream->input_end - stream->input_at;

    if (have >= length)
        return 0;
    memmove(stream->input, stream->input + stream->input_at, have);
    stream->input_at = 0;
    stream->input_end = have;
    ssize_t count = read_file_part(stream, stream->input + have, STREAM_INPUT - have, err);
    if (count < 0)
        return -1;
    stream->input_end += (size_t)count;
    return 0;
}

/* The run has ended. When another of its kind follows directly, it goes on with that one. */
static int after_run(struct stream *stream, struct error *err)
{
    end_codec(stream);
    if (need_input(stream, CODEC_MAGIC_MAX, err) < 0)
        return -1;
    if (codec_sniff(stream->input + stream->input_at, stream->input_end - stream->input_at) ==
        stream->type)
        stream->codec = codec_new(stream->type);
    return 0;
}

/* One step of decoding into the window's end. */
static int decode_more(struct stream *stream, struct error *err)
{
    if (need_input(stream, 1, err) < 0)
        return -1;

    struct codec_run run = {
        .in = stream->input + stream->input_at,
        .in_length = stream->input_end - stream->input_at,
        .out = stream->window + stream->end,
        .out_length = STREAM_WINDOW - stream->end,
    };
    size_t in = run.in_length, out = run.out_length;
    enum codec_result result = codec_decode(stream->codec, &run);
    /* A little input may give a lot of output, and whoever is silent is ended. */
    if (stream->report)
        report_progress(stream->report, stream->offset, true, stream->size);
    stream->input_at += in - run.in_length;
    stream->end += out - run.out_length;
    if (result == CODEC_DAMAGED)
        return stream_bad(stream, err, "%s (%s)", codec_fault(stream->codec), stream->type->name);
    if (result == CODEC_END)
        return after_run(stream, err);
    /* Nothing went in and nothing came out: more was expected than the file has. */
    if (in == run.in_length && out == run.out_length)
        return stream_bad(stream, err, "it ends in the middle of its compressed data (%s)",
                          stream->type->name);
    return 0;
}

/* More bytes behind the window's; *ENDED when the run has no more. */
static int fill(struct stream *stream, bool *ended, struct error *err)
{
    *ended = false;
    if (stream->codec)
        return decode_more(stream, err);
    if (stream->type) {
        *ended = true;
        return 0;
    }
    ssize_t count =
        read_file_part(stream, stream->window + stream->end, STREAM_WINDOW - stream->end, err);
    if (count < 0)
        return -1;
    stream->end += (size_t)count;
    *ended = count == 0;
    return 0;
}

int stream_peek(struct stream *stream, size_t length, const unsigned char **bytes, size_t *have,
                struct error *err)
{
    bool ended = false;

    if (stream->at == stream->end)
        stream->at = stream->end = 0;
    if (stream->at > 0 && length > STREAM_WINDOW - stream->at) {
        memmove(stream->window, stream->window + stream->at, stream->end - stream->at);
        stream->end -= stream->at;
        stream->at = 0;
    }
    while (stream->end - stream->at < length && !ended)
        if (fill(stream, &ended, err) < 0)
            return -1;
    *bytes = stream->window + stream->at;
    *have = stream->end - stream->at;
    return 0;
}

int stream_take(struct stream *stream, size_t length, struct error *err)
{
    stream->at += length;
    stream->taken += length;
    if (stream->taken > stream->limit) {
        char size[TEXT_SIZE_LENGTH];
        return error_set(err, ERROR_LIMITS, "%s unpacks to more than the limit of %s", stream->name,
                         text_from_size(stream->limit, size));
    }
    return 0;
}

/* Passes zero bytes by; true in *MORE when something else follows in this run. */
static int skip_zeros(struct stream *stream, bool *more, struct error *err)
{
    const unsigned char *bytes;
    size_t have, zeros;

    do {
        if (stream_peek(stream, CODEC_MAGIC_MAX, &bytes, &have, err) < 0)
            return -1;
        for (zeros = 0; zeros < have && bytes[zeros] == 0;)
            zeros++;
        if (stream_take(stream, zeros, err) < 0)
            return -1;
    } while (have > 0 && zeros == have);
    *more = have > zeros;
    return 0;
}

/* From the end of a compressed run to plain reading right behind it, and the other way round
 * from the window's first byte. */
static void switch_run(struct stream *stream, const struct codec_type *type)
{
    stream->offset -=
        stream->type ? stream->input_end - stream->input_at : stream->end - stream->at;
    stream->input_at = stream->input_end = 0;
    stream->at = stream->end = 0;
    end_codec(stream);
    stream->type = type;
    if (type)
        stream->codec = codec_new(type);
}

/* Into the compressed run that TYPE says begins here. */
static int enter_run(struct stream *stream, const struct codec_type *type, struct error *err)
{
    if (stream->type)
        return stream_bad(stream, err, "it is compressed twice (%s inside %s)", type->name,
                          stream->type->name);
    if (!type->start)
        return stream_bad(stream, err, "it is compressed by %s, which is not known here",
                          type->name);
    switch_run(stream, type);
    return 0;
}

int stream_begin(struct stream *stream, struct error *err)
{
    const unsigned char *bytes;
    size_t have;

    if (stream_peek(stream, CODEC_MAGIC_MAX, &bytes, &have, err) < 0)
        return -1;
    const struct codec_type *type = codec_sniff(bytes, have);
    return type ? enter_run(stream, type, err) : 0;
}

int stream_next(struct stream *stream, struct error *err)
{
    const unsigned char *bytes;
    size_t have;
    bool more;

    for (;;) {
        if (skip_zeros(stream, &more, err) < 0)
            return -1;
        if (!more && !stream->type)
            return 0;
        if (!more) {
            switch_run(stream, NULL);
            continue;
        }
        if (stream_peek(stream, CODEC_MAGIC_MAX, &bytes, &have, err) < 0)
            return -1;
        const struct codec_type *type = codec_sniff(bytes, have);
        if (!type)
            return 1;
        if (enter_run(stream, type, err) < 0)
            return -1;
    }
}
