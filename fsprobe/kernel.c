/* A kernel, by its first bytes. See kernel.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/kernel.h"

#include "common/kernel_magic.h"
#include "fsprobe/unreadable.h"

int kernel_check(struct guest *guest, const struct boot_file *file, struct error *err)
{
    auto_buffer struct buffer head = BUFFER_INIT(KERNEL_HEAD);
    struct file_status status;
    int result = boot_file_status(guest, file, &status, err);

    if (result < 0)
        return -1;
    auto_free char *unread = file->volume < guest->volume_count
                                 ? unreadable_file(guest, file->volume, file->path)
                                 : NULL;
    if (unread)
        return error_set(err, ERROR_INVALID_SOURCE, "%s", unread);
    if (result == 0)
        return error_set(err, ERROR_INVALID_SOURCE, "%s is not there", file->path);
    if (!status.regular)
        return error_set(err, ERROR_INVALID_SOURCE, "%s is not a regular file", file->path);
    result = boot_file_read(guest, file, KERNEL_HEAD, &head, err);
    if (result < 0)
        return -1;
    if (result == 0 || !kernel_magic((const unsigned char *)buffer_text(&head), head.length))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s is not a kernel: it is none of " KERNEL_FORMS, file->path);
    return 0;
}
