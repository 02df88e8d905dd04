/* libext2fs on a descriptor: bytes inside of the image, and no path is opened.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/ext2_io.h"

#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/text.h"
#include "fsprobe/fs/ext/channel.h"
#include "fsprobe/fs/ext/ext_super.h"

/* Features with which blocks and names can be added. What a journal holds would undo it, and an
 * initrd with inline data, encryption or its like was never made. */
#define WRITABLE_INCOMPAT                                             \
    (EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_EXTENTS | \
     EXT4_FEATURE_INCOMPAT_64BIT | EXT4_FEATURE_INCOMPAT_FLEX_BG)

int image_error(const struct ext2_image *image, struct error *err, errcode_t code,
                const char *format, ...)
{
    va_list args;

    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    if (code == EXT2_ET_BLOCK_ALLOC_FAIL || code == EXT2_ET_INODE_ALLOC_FAIL || code == ENOSPC)
        return error_set(err, image->blame,
                         "cannot %s: the filesystem in %s is full, at least one more %s would be "
                         "needed",
                         text, image->name, code == EXT2_ET_INODE_ALLOC_FAIL ? "inode" : "block");
    return error_set(err, image->blame, "cannot %s in the filesystem of %s: %s", text, image->name,
                     error_message(code));
}

/* AT + LENGTH does not overflow: see channel.h. */
static bool is_inside(const struct ext2_image *image, uint64_t at, uint64_t length)
{
    return at + length <= image->size;
}

static errcode_t image_read(void *context, uint64_t at, uint64_t length, void *out)
{
    const struct ext2_image *image = context;

    if (!is_inside(image, at, length))
        return EXT2_ET_SHORT_READ;
    ssize_t got = pread_all(image->fd, out, length, (off_t)at);
    if (got < 0)
        return errno;
    return (uint64_t)got == length ? 0 : EXT2_ET_SHORT_READ;
}

static errcode_t image_write_at(void *context, uint64_t at, uint64_t length, const void *data)
{
    const struct ext2_image *image = context;

    if (!is_inside(image, at, length))
        return EXT2_ET_SHORT_WRITE;
    if (lseek(image->fd, (off_t)at, SEEK_SET) < 0 || write_all(image->fd, data, length) < 0)
        return errno;
    return 0;
}

/* The superblock, before libext2fs computes with it. */
static int check_super(const struct ext2_image *image, struct error *err)
{
    unsigned char bytes[SUPERBLOCK_SIZE];
    struct ext2_super_block super;
    struct ext_shape shape;

    ssize_t got = pread_all(image->fd, bytes, sizeof bytes, SUPERBLOCK_OFFSET);
    if (got < (ssize_t)sizeof bytes)
        return error_set(err, image->blame, "%s is too small for an ext2 filesystem", image->name);
    if (ext_super_check(bytes, &shape, err) < 0) {
        err->name = image->blame;
        return error_prefix(err, "cannot open the filesystem of %s", image->name);
    }
    memcpy(&super, bytes, sizeof super);
    uint32_t other = le32toh(super.s_feature_incompat) & ~(uint32_t)WRITABLE_INCOMPAT;
    if (other)
        return error_set(err, image->blame,
                         "the filesystem of %s cannot be changed: it uses features (incompat 0x%x) "
                         "with which only a mounted one can be written",
                         image->name, other);
    if ((uint64_t)le32toh(super.s_blocks_count) * shape.block_size > image->size)
        return error_set(err, image->blame, "%s is cut off: its filesystem has %u blocks of %u",
                         image->name, le32toh(super.s_blocks_count), shape.block_size);
    return 0;
}

int image_open(struct ext2_image *image, struct error *err)
{
    static const struct ext_channel channel = {.read = image_read, .write = image_write_at};

    initialize_ext2_error_table();
    if (check_super(image, err) < 0)
        return -1;
    errcode_t code = ext_channel_open(&channel, image, EXT2_FLAG_RW | EXT2_FLAG_64BITS, &image->fs);
    if (!code)
        code = ext2fs_check_desc(image->fs);
    if (!code)
        code = ext2fs_read_bitmaps(image->fs);
    if (!code)
        return 0;
    if (image->fs)
        ext2fs_free(image->fs);
    image->fs = NULL;
    return image_error(image, err, code, "open what is");
}

int image_close(struct ext2_image *image, bool write, struct error *err)
{
    errcode_t code = 0;

    if (write)
        code = ext2fs_flush(image->fs);
    ext2fs_free(image->fs);
    image->fs = NULL;
    return code ? image_error(image, err, code, "write the last changes") : 0;
}
