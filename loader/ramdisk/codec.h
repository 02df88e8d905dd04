/* Decompression, one stream at a time: gzip, xz, lzma, zstd, bzip2.
 *
 * The libraries themselves and not libarchive's filters over them: a ramdisk may be several
 * archives joined, each compressed in its own way, and libarchive's readers of xz and zstd take
 * whatever stands behind their stream for damage, and do not say where that is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_CODEC_H
#define LOADER_RAMDISK_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"

#define CODEC_MAGIC_MAX 13 /* bytes that decide which codec it is */
/* What a stream may make its decoder allocate: the dictionary of `xz -9` is 64 MiB, and a kernel
 * takes no window of zstd over 128 MiB. */
#define CODEC_MEMORY_MAX     (UINT64_C(160) * 1024 * 1024)
#define CODEC_WINDOW_LOG_MAX 27

enum codec_result { CODEC_MORE, CODEC_END, CODEC_DAMAGED };

/* Bytes in and out; both runs shrink from the front as they are used. */
struct codec_run {
    const unsigned char *in;
    size_t in_length;
    unsigned char *out;
    size_t out_length;
};

struct codec; /* one stream being decoded */

struct codec_type {
    const char *name; /* "gzip" */
    bool (*sniff)(const unsigned char *bytes, size_t length);
    /* NULL: the format is known, but not read. */
    struct codec *(*start)(void);
    enum codec_result (*run)(struct codec *codec, struct codec_run *run);
    void (*stop)(struct codec *codec);
};

/* The format whose stream begins with BYTES (CODEC_MAGIC_MAX, fewer at a file's end); NULL:
 * none. */
const struct codec_type *codec_sniff(const unsigned char *bytes, size_t length);

/* A decoder for TYPE, which must have `start`; cannot fail (see common/memory.h for why not even
 * for want of memory). The caller frees it by codec_free(). */
struct codec *codec_new(const struct codec_type *type) must_check;
/* NULL is allowed. */
void codec_free(struct codec *codec);
/* Decodes until one of the runs is used up, or the stream ends: what is left of the input is
 * behind it then. */
enum codec_result codec_decode(struct codec *codec, struct codec_run *run) must_check;
/* Why it was CODEC_DAMAGED: "it is damaged", "it wants more memory than …". */
const char *codec_fault(const struct codec *codec);

#endif
