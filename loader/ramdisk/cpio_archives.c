/* From archive to archive. See cpio_archives.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/cpio_archives.h"

static int read_archive(struct stream *stream, const struct archives_visitor *visitor,
                        struct error *err)
{
    struct cpio_reader reader = CPIO_READER(stream);
    struct cpio_entry entry;
    int result;

    while ((result = cpio_read(&reader, &entry, err)) > 0)
        if (visitor->entry(visitor->context, &reader, &entry, err) < 0)
            return -1;
    if (result == 0 && visitor->end)
        result = visitor->end(visitor->context, err);
    return result;
}

/* What stands where an archive should begin is none. */
static int no_archive(const struct stream *stream, bool first, struct error *err)
{
    if (first)
        return stream_bad(stream, err,
                          "it is no cpio archive (newc, crc or odc; plain or compressed by gzip, "
                          "xz, lzma, zstd or bzip2)");
    return stream_bad(stream, err, "something else than a cpio archive follows the first");
}

int archives_read(struct stream *stream, const struct archives_visitor *visitor, struct error *err)
{
    bool first = true;
    int result;

    while ((result = stream_next(stream, err)) > 0) {
        const unsigned char *bytes;
        size_t have;

        if (stream_peek(stream, CODEC_MAGIC_MAX, &bytes, &have, err) < 0)
            return -1;
        if (!cpio_sniff(bytes, have))
            return no_archive(stream, first, err);
        if (read_archive(stream, visitor, err) < 0)
            return -1;
        first = false;
    }
    if (result == 0 && first)
        return stream_bad(stream, err, "it is empty");
    return result;
}
