/* Decompression. Magic numbers: RFC 1952 (gzip), RFC 8878 (zstd), the formats' own documents
 * for xz, lzma and bzip2, and the kernel's lib/decompress.c for the rest.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/codec.h"

#include <bzlib.h>
#include <limits.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define GZIP_WINDOW (15 + 16) /* the largest window; a gzip header and nothing else */

struct codec {
    const struct codec_type *type;
    const char *fault;
    union {
        z_stream gzip;
        lzma_stream lzma;
        bz_stream bzip2;
        ZSTD_DStream *zstd;
    };
};

static const char damaged[] = "its compressed data is damaged";
static const char hungry[] = "it needs more memory to unpack than is allowed";

static bool begins(const unsigned char *bytes, size_t length, const char *magic, size_t size)
{
    return length >= size && memcmp(bytes, magic, size) == 0;
}

/* For libraries that count in unsigned int. */
static unsigned int_length(size_t length)
{
    return length > INT_MAX ? INT_MAX : (unsigned)length;
}

static struct codec *made(struct codec *codec, bool started)
{
    if (!started)
        codec->fault = hungry;
    return codec;
}

/* --- gzip --- */

static bool gzip_sniff(const unsigned char *bytes, size_t length)
{
    return begins(bytes, length, "\x1f\x8b\x08", 3);
}

static struct codec *gzip_start(void)
{
    struct codec *codec = xcalloc(1, sizeof *codec);

    return made(codec, inflateInit2(&codec->gzip, GZIP_WINDOW) == Z_OK);
}

static enum codec_result gzip_run(struct codec *codec, struct codec_run *run)
{
    z_stream *z = &codec->gzip;
    unsigned in = int_length(run->in_length), out = int_length(run->out_length);

    z->next_in = (unsigned char *)(uintptr_t)run->in; /* zlib does not write there */
    z->avail_in = in;
    z->next_out = run->out;
    z->avail_out = out;
    int result = inflate(z, Z_NO_FLUSH);
    run->in += in - z->avail_in;
    run->in_length -= in - z->avail_in;
    run->out += out - z->avail_out;
    run->out_length -= out - z->avail_out;
    if (result == Z_STREAM_END)
        return CODEC_END;
    if (result == Z_OK || result == Z_BUF_ERROR)
        return CODEC_MORE;
    codec->fault = result == Z_MEM_ERROR ? hungry : damaged;
    return CODEC_DAMAGED;
}

static void gzip_stop(struct codec *codec)
{
    inflateEnd(&codec->gzip);
}

/* --- xz and lzma --- */

static bool xz_sniff(const unsigned char *bytes, size_t length)
{
    return begins(bytes, length,
                  "\xfd"
                  "7zXZ\0",
                  6);
}

/* A file of lzma has no magic number: properties (the usual 0x5d), a dictionary of a power of
 * two from 64 KiB up, and a length that is unknown or below a terabyte. */
static bool lzma_sniff(const unsigned char *bytes, size_t length)
{
    static const unsigned char unknown[8] = {255, 255, 255, 255, 255, 255, 255, 255};

    if (length < 13 || !begins(bytes, length, "\x5d\0\0", 3))
        return false;
    return memcmp(bytes + 5, unknown, sizeof unknown) == 0 ||
           (bytes[10] == 0 && bytes[11] == 0 && bytes[12] == 0);
}

static struct codec *xz_start(void)
{
    struct codec *codec = xcalloc(1, sizeof *codec);

    codec->lzma = (lzma_stream)LZMA_STREAM_INIT;
    return made(codec, lzma_stream_decoder(&codec->lzma, CODEC_MEMORY_MAX, 0) == LZMA_OK);
}

static struct codec *lzma_start(void)
{
    struct codec *codec = xcalloc(1, sizeof *codec);

    codec->lzma = (lzma_stream)LZMA_STREAM_INIT;
    return made(codec, lzma_alone_decoder(&codec->lzma, CODEC_MEMORY_MAX) == LZMA_OK);
}

static enum codec_result lzma_run(struct codec *codec, struct codec_run *run)
{
    lzma_stream *l = &codec->lzma;

    l->next_in = run->in;
    l->avail_in = run->in_length;
    l->next_out = run->out;
    l->avail_out = run->out_length;
    lzma_ret result = lzma_code(l, LZMA_RUN);
    *run = (struct codec_run){l->next_in, l->avail_in, l->next_out, l->avail_out};
    if (result == LZMA_STREAM_END)
        return CODEC_END;
    if (result == LZMA_OK || result == LZMA_BUF_ERROR)
        return CODEC_MORE;
    codec->fault = result == LZMA_MEM_ERROR || result == LZMA_MEMLIMIT_ERROR ? hungry : damaged;
    return CODEC_DAMAGED;
}

static void lzma_stop(struct codec *codec)
{
    lzma_end(&codec->lzma);
}

/* --- zstd --- */

/* A frame, or one to be skipped, with which parallel compressors begin. */
static bool zstd_sniff(const unsigned char *bytes, size_t length)
{
    return begins(bytes, length, "\x28\xb5\x2f\xfd", 4) ||
           (length >= 4 && (bytes[0] & 0xf0) == 0x50 && begins(bytes + 1, 3, "\x2a\x4d\x18", 3));
}

static struct codec *zstd_start(void)
{
    struct codec *codec = xcalloc(1, sizeof *codec);

    codec->zstd = ZSTD_createDStream();
    return made(codec, codec->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(
                                          codec->zstd, ZSTD_d_windowLogMax, CODEC_WINDOW_LOG_MAX)));
}

static enum codec_result zstd_run(struct codec *codec, struct codec_run *run)
{
    ZSTD_inBuffer in = {run->in, run->in_length, 0};
    ZSTD_outBuffer out = {run->out, run->out_length, 0};
    size_t result = ZSTD_decompressStream(codec->zstd, &out, &in);

    run->in += in.pos;
    run->in_length -= in.pos;
    run->out += out.pos;
    run->out_length -= out.pos;
    if (ZSTD_isError(result)) {
        /* The library's error codes are not part of its stable interface. */
        codec->fault = strstr(ZSTD_getErrorName(result), "memory") ? hungry : damaged;
        return CODEC_DAMAGED;
    }
    return result == 0 ? CODEC_END : CODEC_MORE;
}

static void zstd_stop(struct codec *codec)
{
    ZSTD_freeDStream(codec->zstd);
}

/* --- bzip2 --- */

static bool bzip2_sniff(const unsigned char *bytes, size_t length)
{
    return length >= 4 && begins(bytes, length, "BZh", 3) && bytes[3] >= '1' && bytes[3] <= '9';
}

static struct codec *bzip2_start(void)
{
    struct codec *codec = xcalloc(1, sizeof *codec);

    return made(codec, BZ2_bzDecompressInit(&codec->bzip2, 0, 0) == BZ_OK);
}

static enum codec_result bzip2_run(struct codec *codec, struct codec_run *run)
{
    bz_stream *b = &codec->bzip2;
    unsigned in = int_length(run->in_length), out = int_length(run->out_length);

    b->next_in = (char *)(uintptr_t)run->in; /* libbz2 does not write there */
    b->avail_in = in;
    b->next_out = (char *)run->out;
    b->avail_out = out;
    int result = BZ2_bzDecompress(b);
    run->in += in - b->avail_in;
    run->in_length -= in - b->avail_in;
    run->out += out - b->avail_out;
    run->out_length -= out - b->avail_out;
    if (result == BZ_STREAM_END)
        return CODEC_END;
    if (result == BZ_OK)
        return CODEC_MORE;
    codec->fault = result == BZ_MEM_ERROR ? hungry : damaged;
    return CODEC_DAMAGED;
}

static void bzip2_stop(struct codec *codec)
{
    BZ2_bzDecompressEnd(&codec->bzip2);
}

/* --- what kernels know besides --- */

static bool lz4_sniff(const unsigned char *bytes, size_t length)
{
    return begins(bytes, length, "\x02\x21\x4c\x18", 4) ||
           begins(bytes, length, "\x04\x22\x4d\x18", 4);
}

static bool lzo_sniff(const unsigned char *bytes, size_t length)
{
    return begins(bytes, length, "\x89LZO", 4);
}

/* lzma last: its is the weakest of the marks. */
static const struct codec_type types[] = {
    {"gzip", gzip_sniff, gzip_start, gzip_run, gzip_stop},
    {"xz", xz_sniff, xz_start, lzma_run, lzma_stop},
    {"zstd", zstd_sniff, zstd_start, zstd_run, zstd_stop},
    {"bzip2", bzip2_sniff, bzip2_start, bzip2_run, bzip2_stop},
    {"lz4", lz4_sniff, NULL, NULL, NULL},
    {"lzo", lzo_sniff, NULL, NULL, NULL},
    {"lzma", lzma_sniff, lzma_start, lzma_run, lzma_stop},
};

const struct codec_type *codec_sniff(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(types); i++)
        if (types[i].sniff(bytes, length))
            return &types[i];
    return NULL;
}

struct codec *codec_new(const struct codec_type *type)
{
    struct codec *codec = type->start();

    codec->type = type;
    return codec;
}

void codec_free(struct codec *codec)
{
    if (!codec)
        return;
    codec->type->stop(codec);
    free(codec);
}

enum codec_result codec_decode(struct codec *codec, struct codec_run *run)
{
    return codec->fault ? CODEC_DAMAGED : codec->type->run(codec, run);
}

const char *codec_fault(const struct codec *codec)
{
    return codec->fault ? codec->fault : damaged;
}
