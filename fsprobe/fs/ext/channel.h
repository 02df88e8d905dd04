/* libext2fs reading and writing where its caller says: an io_manager over two functions.
 *
 * libext2fs opens no path then, and each of its accesses can be counted and kept inside of what
 * it was given.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_CHANNEL_H
#define FSPROBE_FS_EXT_CHANNEL_H

#include <ext2fs/ext2fs.h>
#include <stdint.h>

#include "common/memory.h"

/* Where the bytes are. AT and LENGTH are in bytes and come from an image: AT + LENGTH does not
 * overflow, but may lie past every end. Both return 0, or an error number of libext2fs or of the
 * system. */
struct ext_channel {
    errcode_t (*read)(void *context, uint64_t at, uint64_t length, void *out);
    errcode_t (*write)(void *context, uint64_t at, uint64_t length, const void *data);
};

/* ext2fs_open() with FLAGS, on CHANNEL and CONTEXT, which are not owned and must outlive *FS.
 * CHANNEL->write NULL: it is read only. 0, or an error number of libext2fs; *FS may be there
 * nevertheless, as ext2fs_open() has it. */
errcode_t ext_channel_open(const struct ext_channel *channel, void *context, int flags,
                           ext2_filsys *fs) must_check;

#endif
