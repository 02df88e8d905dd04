/* Opening files and devices that somebody named. See open_file.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/host/open_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

int disk_open(const char *path, const char *kind, bool devices, enum error_name name,
              struct error *err)
{
    struct stat status;
    /* Not blocking: a fifo is refused below, and not waited for. */
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return error_set_errno(err, name, "cannot open the %s %s", kind, path);
    if (fstat(fd, &status) < 0)
        return error_set_errno(err, name, "cannot look at the %s %s", kind, path);
    if (S_ISREG(status.st_mode) || (devices && S_ISBLK(status.st_mode)))
        return take_fd(&fd);
    return error_set(err, name, "cannot read the %s %s: it is %s", kind, path,
                     devices ? "neither a file nor a block device" : "not a regular file");
}
