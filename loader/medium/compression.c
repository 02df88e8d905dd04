/* The ways to compress. See compression.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/compression.h"

#include <archive_entry.h>
#include <string.h>

#include "common/memory.h"

/* lzma last: its is the weakest of the marks. */
static const struct packing packings[] = {
    {"gzip", "\x1f\x8b\x08", 3, ARCHIVE_FILTER_GZIP},
    {"bzip2", "BZh", 3, ARCHIVE_FILTER_BZIP2},
    {"xz",
     "\xfd"
     "7zXZ\0",
     6, ARCHIVE_FILTER_XZ},
    {"zstd", "\x28\xb5\x2f\xfd", 4, ARCHIVE_FILTER_ZSTD},
    {"lz4", "\x04\x22\x4d\x18", 4, ARCHIVE_FILTER_LZ4},
    {"lz4", "\x02\x21\x4c\x18", 4, ARCHIVE_FILTER_LZ4},
    {"lzo", "\x89LZO", 4, ARCHIVE_FILTER_NONE},
    {"lzma", "\x5d\0\0", 3, ARCHIVE_FILTER_LZMA},
};

const struct packing *packing_sniff(const unsigned char *head, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(packings); i++)
        if (length >= packings[i].length &&
            memcmp(head, packings[i].magic, packings[i].length) == 0)
            return &packings[i];
    return NULL;
}

/* The filter is set and not left to libarchive to guess, which would undo one compression after the
 * other, each as large as the one before allows. One that it does not bring itself it would start a
 * program for, which is ARCHIVE_WARN here. */
struct archive *packing_open(const struct packing *packing, archive_read_callback *give,
                             void *context)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;

    if (archive && archive_read_append_filter(archive, packing->filter) == ARCHIVE_OK &&
        archive_read_support_format_raw(archive) == ARCHIVE_OK &&
        archive_read_open(archive, context, NULL, give, NULL) == ARCHIVE_OK &&
        archive_read_next_header(archive, &entry) == ARCHIVE_OK)
        return archive;
    archive_read_free(archive);
    return NULL;
}
