/* What a file is, by its first bytes. See kind.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/kind.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "common/io.h"
#include "common/kernel_magic.h"

#define EXT2_MAGIC_AT 1080

static const struct {
    const char *name, *magic;
    size_t length;
    int (*support)(struct archive *archive);
} compressions[] = {
    {"gzip", "\x1f\x8b\x08", 3, archive_read_support_filter_gzip},
    {"bzip2", "BZh", 3, archive_read_support_filter_bzip2},
    {"xz",
     "\xfd"
     "7zXZ\0",
     6, archive_read_support_filter_xz},
    {"lzma", "\x5d\0\0", 3, archive_read_support_filter_lzma},
    {"zstd", "\x28\xb5\x2f\xfd", 4, archive_read_support_filter_zstd},
    {"lz4", "\x04\x22\x4d\x18", 4, archive_read_support_filter_lz4},
    {"lz4", "\x02\x21\x4c\x18", 4, archive_read_support_filter_lz4},
};

static const char *ramdisk_content(const unsigned char *head, size_t length)
{
    static const char *const cpio[] = {"070701", "070702", "070707"};

    for (size_t i = 0; length >= 6 && i < ARRAY_SIZE(cpio); i++)
        if (memcmp(head, cpio[i], 6) == 0)
            return "cpio";
    if (length >= EXT2_MAGIC_AT + 2 && memcmp(head + EXT2_MAGIC_AT, "\x53\xef", 2) == 0)
        return "ext2";
    return NULL;
}

struct packed {
    int fd;
    off_t at;
    unsigned char block[64 * 1024];
};

static la_ssize_t give_bytes(struct archive *archive, void *context, const void **bytes)
{
    struct packed *packed = context;
    ssize_t got = packed->at < KIND_PACKED_MAX
                      ? pread_all(packed->fd, packed->block, sizeof packed->block, packed->at)
                      : 0;

    (void)archive;
    packed->at += got > 0 ? got : 0;
    *bytes = packed->block;
    return got;
}

/* The first bytes of what is inside; 0 when that is not to be had. A filter that libarchive does
 * not bring itself it would start a program for, which is ARCHIVE_WARN here. */
static size_t unpack_head(int fd, int (*support)(struct archive *archive), unsigned char *head)
{
    struct packed packed = {.fd = fd};
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    la_ssize_t got = 0;

    if (archive && support(archive) == ARCHIVE_OK &&
        archive_read_support_format_raw(archive) == ARCHIVE_OK &&
        archive_read_open(archive, &packed, NULL, give_bytes, NULL) == ARCHIVE_OK &&
        archive_read_next_header(archive, &entry) == ARCHIVE_OK)
        got = archive_read_data(archive, head, KIND_HEAD);
    archive_read_free(archive);
    return got > 0 ? (size_t)got : 0;
}

static struct kind_of look_inside(int fd, size_t number)
{
    struct kind_of kind = {KIND_OTHER, compressions[number].name, NULL};
    unsigned char head[KIND_HEAD];
    size_t length = unpack_head(fd, compressions[number].support, head);

    /* What is damaged at its very start, libarchive hands on as it is. */
    if (length >= compressions[number].length &&
        memcmp(head, compressions[number].magic, compressions[number].length) == 0)
        length = 0;
    kind.content = ramdisk_content(head, length);
    if (kind.content || length == 0)
        kind.kind = KIND_RAMDISK;
    else if (kernel_magic(head, length < KERNEL_HEAD ? length : KERNEL_HEAD))
        kind.kind = KIND_KERNEL;
    return kind;
}

int kind_look(int fd, struct kind_of *kind, struct error *err)
{
    unsigned char head[KIND_HEAD];
    ssize_t got = pread_all(fd, head, sizeof head, 0);

    *kind = (struct kind_of){KIND_OTHER, NULL, NULL};
    if (got < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot read it");
    for (size_t i = 0; i < ARRAY_SIZE(compressions); i++) {
        if ((size_t)got < compressions[i].length ||
            memcmp(head, compressions[i].magic, compressions[i].length) != 0)
            continue;
        *kind = look_inside(fd, i);
        return 0;
    }
    const char *content = ramdisk_content(head, (size_t)got);
    if (content && strcmp(content, "cpio") == 0) /* a plain ext2 filesystem is a disk */
        *kind = (struct kind_of){KIND_RAMDISK, "none", content};
    else if (kernel_magic(head, (size_t)got < KERNEL_HEAD ? (size_t)got : KERNEL_HEAD))
        *kind = (struct kind_of){KIND_KERNEL, "none", NULL};
    return 0;
}
