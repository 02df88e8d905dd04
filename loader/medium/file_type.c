/* What a file is, by its first bytes. See file_type.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/file_type.h"

#include <string.h>

#include "common/io.h"
#include "common/kernel_magic.h"
#include "loader/medium/compression.h"
#include "loader/medium/kernel_image.h"

#define EXT2_MAGIC_AT 1080

/* Also what no domain builder for x86 takes: whoever asks what it is, gets an answer. */
static bool kernel_head(const unsigned char *head, size_t length)
{
    return kernel_magic(head, length < KERNEL_HEAD ? length : KERNEL_HEAD) ||
           kernel_image_magic(head, length);
}

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

/* The first bytes of what is inside; 0 when that is not to be had. */
static size_t unpack_head(int fd, const struct packing *packing, unsigned char *head)
{
    struct packed packed = {.fd = fd};
    struct archive *archive = packing_open(packing, give_bytes, &packed);
    la_ssize_t got = archive ? archive_read_data(archive, head, KIND_HEAD) : 0;

    archive_read_free(archive);
    return got > 0 ? (size_t)got : 0;
}

static struct kind_of look_inside(int fd, const struct packing *packing)
{
    struct kind_of kind = {KIND_OTHER, packing->name, NULL};
    unsigned char head[KIND_HEAD];
    size_t length = unpack_head(fd, packing, head);

    kind.content = ramdisk_content(head, length);
    /* What cannot be unpacked, or is packed twice, no domain builder takes for a kernel. */
    if (kind.content || length == 0 || packing_sniff(head, length))
        kind.kind = KIND_RAMDISK;
    else if (kernel_head(head, length))
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
    const struct packing *packing = packing_sniff(head, (size_t)got);
    if (packing && packing->filter != ARCHIVE_FILTER_NONE) {
        *kind = look_inside(fd, packing);
        return 0;
    }
    const char *content = ramdisk_content(head, (size_t)got);
    if (content && strcmp(content, "cpio") == 0) /* a plain ext2 filesystem is a disk */
        *kind = (struct kind_of){KIND_RAMDISK, "none", content};
    else if (kernel_head(head, (size_t)got))
        *kind = (struct kind_of){KIND_KERNEL, "none", NULL};
    return 0;
}
