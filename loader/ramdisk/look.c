/* A ramdisk's first bytes. See look.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/look.h"

#include <string.h>

#include "common/protocol/ramdisk.h"

/* The superblock's magic number: 0xEF53, little endian (the kernel's
 * Documentation/filesystems/ext2.rst). */
#define EXT2_MAGIC    "\x53\xef"
#define EXT2_MAGIC_AT 1080

/* The formats of cpio that kernels unpack. They refuse the old one, "070707", which begins alike.
 */
static bool is_archive(const unsigned char *bytes, size_t length)
{
    return length >= 6 && memcmp(bytes, "07070", 5) == 0 && (bytes[5] == '1' || bytes[5] == '2');
}

static bool is_ext2(const unsigned char *bytes, size_t length)
{
    return length >= EXT2_MAGIC_AT + 2 && memcmp(bytes + EXT2_MAGIC_AT, EXT2_MAGIC, 2) == 0;
}

int ramdisk_look(struct stream *stream, const char **content, struct error *err)
{
    const unsigned char *bytes;
    size_t length;

    if (stream_peek(stream, CODEC_MAGIC_MAX, &bytes, &length, err) < 0)
        return -1;
    const struct codec_type *type = codec_sniff(bytes, length);
    if (type && !type->start) {
        *content = RAMDISK_LOOK_PACKED;
        return 0;
    }
    if (stream_begin(stream, err) < 0 ||
        stream_peek(stream, EXT2_MAGIC_AT + 2, &bytes, &length, err) < 0)
        return -1;
    *content = is_archive(bytes, length) ? RAMDISK_LOOK_CPIO
               : is_ext2(bytes, length)  ? RAMDISK_LOOK_EXT2
                                         : RAMDISK_LOOK_OTHER;
    return 0;
}
