/* The ways in which ramdisks and kernels are compressed.
 *
 * Magic numbers: gzip RFC 1952, bzip2 "BZh", xz (tukaani.org/xz/xz-file-format.txt), lzma the
 * usual properties byte 0x5D and a dictionary of whole KiB, zstd RFC 8878, lz4 the frame and the
 * kernel's legacy format, lzo as lzop writes it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_COMPRESSION_H
#define LOADER_MEDIUM_COMPRESSION_H

#include <archive.h>
#include <stddef.h>

/* Bytes that are enough to tell. */
#define PACKING_HEAD 6

struct packing {
    const char *name, *magic;
    size_t length; /* of MAGIC */
    int filter;    /* libarchive's number for it; ARCHIVE_FILTER_NONE: lzop.h reads it */
};

/* How bytes that begin with HEAD (LENGTH bytes) are compressed; NULL: in no way that is known. */
const struct packing *packing_sniff(const unsigned char *head, size_t length);

/* A reader for the one stream that GIVE (see archive_read_open(3)) gives of CONTEXT, opened at its
 * first byte and freed by archive_read_free(); NULL when libarchive does not take it. What is
 * compressed once more in there stays so. PACKING has a filter of libarchive's. */
struct archive *packing_open(const struct packing *packing, archive_read_callback *give,
                             void *context);

#endif
