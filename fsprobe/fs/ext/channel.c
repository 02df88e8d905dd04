/* An io_manager of libext2fs. See channel.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/channel.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* What libext2fs holds: its own struct comes first, and one piece of memory is freed. */
struct opened {
    struct struct_io_channel io;
    const struct ext_channel *channel;
    void *context;
};

/* ext2fs_open() hands a name to its io_manager and nothing else; a name is a poor place for a
 * pointer, so it waits here for the length of that one call. */
static const struct opened *being_opened;

static struct struct_io_manager manager;

static const struct opened *opened_of(io_channel io)
{
    return (const struct opened *)io;
}

static errcode_t io_open(const char *name, int flags, io_channel *io)
{
    struct opened *made = NULL;
    errcode_t code;

    (void)flags;
    if (!being_opened)
        return EXT2_ET_BAD_DEVICE_NAME;
    /* libext2fs has its own allocator for both. */
    code = ext2fs_get_memzero(sizeof *made, &made);
    if (code)
        return code;
    *made = *being_opened;
    code = ext2fs_get_mem(strlen(name) + 1, &made->io.name);
    if (code) {
        ext2fs_free_mem(&made);
        return code;
    }
    memcpy(made->io.name, name, strlen(name) + 1);
    made->io.magic = EXT2_ET_MAGIC_IO_CHANNEL;
    made->io.manager = &manager;
    made->io.block_size = 1024;
    made->io.refcount = 1;
    *io = &made->io;
    return 0;
}

static errcode_t io_close(io_channel io)
{
    if (--io->refcount > 0)
        return 0;
    ext2fs_free_mem(&io->name);
    ext2fs_free_mem(&io);
    return 0;
}

static errcode_t io_set_blksize(io_channel io, int block_size)
{
    if (block_size <= 0)
        return EXT2_ET_INVALID_ARGUMENT;
    io->block_size = block_size;
    return 0;
}

/* COUNT is in blocks; or, when it is negative, in bytes. False when no number holds its end. */
static bool extent(io_channel io, uint64_t block, int count, uint64_t *at, uint64_t *length)
{
    uint64_t end;

    if (count < 0)
        *length = (uint64_t) - (int64_t)count;
    else
        *length = (uint64_t)count * (uint64_t)io->block_size;
    return !__builtin_mul_overflow(block, (uint64_t)io->block_size, at) &&
           !__builtin_add_overflow(*at, *length, &end);
}

static errcode_t io_read_blk64(io_channel io, unsigned long long block, int count, void *data)
{
    const struct opened *opened = opened_of(io);
    uint64_t at, length;

    if (!extent(io, block, count, &at, &length))
        return EXT2_ET_SHORT_READ;
    return opened->channel->read(opened->context, at, length, data);
}

static errcode_t io_read_blk(io_channel io, unsigned long block, int count, void *data)
{
    return io_read_blk64(io, block, count, data);
}

static errcode_t io_write_blk64(io_channel io, unsigned long long block, int count,
                                const void *data)
{
    const struct opened *opened = opened_of(io);
    uint64_t at, length;

    if (!opened->channel->write)
        return EROFS;
    if (!extent(io, block, count, &at, &length))
        return EXT2_ET_SHORT_WRITE;
    return opened->channel->write(opened->context, at, length, data);
}

static errcode_t io_write_blk(io_channel io, unsigned long block, int count, const void *data)
{
    return io_write_blk64(io, block, count, data);
}

static errcode_t io_flush(io_channel io)
{
    (void)io;
    return 0;
}

static struct struct_io_manager manager = {
    .magic = EXT2_ET_MAGIC_IO_MANAGER,
    .name = "eliloader",
    .open = io_open,
    .close = io_close,
    .set_blksize = io_set_blksize,
    .read_blk = io_read_blk,
    .write_blk = io_write_blk,
    .flush = io_flush,
    .read_blk64 = io_read_blk64,
    .write_blk64 = io_write_blk64,
};

errcode_t ext_channel_open(const struct ext_channel *channel, void *context, int flags,
                           ext2_filsys *fs)
{
    const struct opened opened = {.channel = channel, .context = context};

    being_opened = &opened;
    /* The name is for libext2fs's own messages, which nobody sees. */
    errcode_t code = ext2fs_open("image", flags, 0, 0, &manager, fs);
    being_opened = NULL;
    return code;
}
