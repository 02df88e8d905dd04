/* libext2fs on a descriptor: bytes inside of the image, and no path is opened.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/text.h"
#include "fsprobe/fs/ext/ext.h"
#include "loader/ramdisk/ext2.h"

/* Features with which blocks and names can be added. What a journal holds would undo it, and an
 * initrd with inline data, encryption or its like was never made. */
#define WRITABLE_INCOMPAT                                             \
    (EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_EXTENTS | \
     EXT4_FEATURE_INCOMPAT_64BIT | EXT4_FEATURE_INCOMPAT_FLEX_BG)

/* ext2fs_open() hands a name to its io_manager and nothing else; a name is a poor place for a
 * pointer, so it waits here for the length of that one call. */
static struct ext2_image *being_opened;
static struct struct_io_manager manager;

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

static errcode_t io_open(const char *name, int flags, io_channel *channel)
{
    struct struct_io_channel *made = NULL;
    errcode_t code;

    (void)flags;
    if (!being_opened)
        return EXT2_ET_BAD_DEVICE_NAME;
    /* libext2fs frees both, and has its own allocator for it. */
    code = ext2fs_get_memzero(sizeof *made, &made);
    if (code)
        return code;
    code = ext2fs_get_mem(strlen(name) + 1, &made->name);
    if (code) {
        ext2fs_free_mem(&made);
        return code;
    }
    strcpy(made->name, name);
    made->magic = EXT2_ET_MAGIC_IO_CHANNEL;
    made->manager = &manager;
    made->block_size = 1024;
    made->refcount = 1;
    made->private_data = being_opened;
    *channel = made;
    return 0;
}

static errcode_t io_close(io_channel channel)
{
    if (--channel->refcount > 0)
        return 0;
    ext2fs_free_mem(&channel->name);
    ext2fs_free_mem(&channel);
    return 0;
}

static errcode_t io_set_blksize(io_channel channel, int block_size)
{
    if (block_size <= 0)
        return EXT2_ET_INVALID_ARGUMENT;
    channel->block_size = block_size;
    return 0;
}

/* COUNT is in blocks; or, when it is negative, in bytes. False when that is not all inside. */
static bool extent(io_channel channel, uint64_t block, int count, uint64_t *at, size_t *length)
{
    const struct ext2_image *image = channel->private_data;
    uint64_t end;

    if (count < 0)
        *length = (size_t) - (int64_t)count;
    else
        *length = (size_t)count * (size_t)channel->block_size;
    return !__builtin_mul_overflow(block, (uint64_t)channel->block_size, at) &&
           !__builtin_add_overflow(*at, *length, &end) && end <= image->size;
}

static errcode_t io_read_blk64(io_channel channel, unsigned long long block, int count, void *data)
{
    const struct ext2_image *image = channel->private_data;
    uint64_t at;
    size_t length;

    if (!extent(channel, block, count, &at, &length))
        return EXT2_ET_SHORT_READ;
    ssize_t got = pread_all(image->fd, data, length, (off_t)at);
    if (got < 0)
        return errno;
    return (size_t)got == length ? 0 : EXT2_ET_SHORT_READ;
}

static errcode_t io_read_blk(io_channel channel, unsigned long block, int count, void *data)
{
    return io_read_blk64(channel, block, count, data);
}

static errcode_t io_write_blk64(io_channel channel, unsigned long long block, int count,
                                const void *data)
{
    const struct ext2_image *image = channel->private_data;
    uint64_t at;
    size_t length;

    if (!extent(channel, block, count, &at, &length))
        return EXT2_ET_SHORT_WRITE;
    if (lseek(image->fd, (off_t)at, SEEK_SET) < 0 || write_all(image->fd, data, length) < 0)
        return errno;
    return 0;
}

static errcode_t io_write_blk(io_channel channel, unsigned long block, int count, const void *data)
{
    return io_write_blk64(channel, block, count, data);
}

static errcode_t io_flush(io_channel channel)
{
    (void)channel;
    return 0;
}

static struct struct_io_manager manager = {
    .magic = EXT2_ET_MAGIC_IO_MANAGER,
    .name = "eliloader-image",
    .open = io_open,
    .close = io_close,
    .set_blksize = io_set_blksize,
    .read_blk = io_read_blk,
    .write_blk = io_write_blk,
    .flush = io_flush,
    .read_blk64 = io_read_blk64,
    .write_blk64 = io_write_blk64,
};

/* The superblock, before libext2fs computes with it. */
static int check_super(const struct ext2_image *image, struct error *err)
{
    unsigned char bytes[SUPERBLOCK_SIZE];
    struct ext2_super_block super;
    unsigned block_size, inode_size;

    ssize_t got = pread_all(image->fd, bytes, sizeof bytes, SUPERBLOCK_OFFSET);
    if (got < (ssize_t)sizeof bytes)
        return error_set(err, image->blame, "%s is too small for an ext2 filesystem", image->name);
    if (ext_super_check(bytes, &block_size, &inode_size, err) < 0) {
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
    if ((uint64_t)le32toh(super.s_blocks_count) * block_size > image->size)
        return error_set(err, image->blame, "%s is cut off: its filesystem has %u blocks of %u",
                         image->name, le32toh(super.s_blocks_count), block_size);
    return 0;
}

int image_open(struct ext2_image *image, struct error *err)
{
    initialize_ext2_error_table();
    if (check_super(image, err) < 0)
        return -1;
    being_opened = image;
    errcode_t code =
        ext2fs_open("image", EXT2_FLAG_RW | EXT2_FLAG_64BITS, 0, 0, &manager, &image->fs);
    being_opened = NULL;
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
