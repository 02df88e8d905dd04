/* Reserving room. See reserve.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/reserve.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

bool reserve(int fd, uint64_t at, uint64_t length)
{
    struct statfs filesystem;

    /* A tmpfs looks for the pages twice then. */
    if (fstatfs(fd, &filesystem) < 0 || filesystem.f_type == TMPFS_MAGIC)
        return false;
    return fallocate(fd, 0, (off_t)at, (off_t)length) == 0;
}
