/* From a file that others have too to one of the run's own. See own_copy.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/output/own_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "common/libc.h"

#define BLOCK ((size_t)256 * 1024)

/* From AT on. 0, or -1 with errno. */
static int copy_by_reading(int from, int to, off_t at)
{
    auto_free char *block = xmalloc(BLOCK);

    for (;;) {
        ssize_t count = pread_all(from, block, BLOCK, at);
        if (count <= 0)
            return (int)count;
        if (write_all(to, block, (size_t)count) < 0)
            return -1;
        at += count;
    }
}

/* Inside the kernel where that can, which shares the blocks where the filesystem can. */
static int copy(int from, int to)
{
    off_t at = 0;

    for (;;) {
        ssize_t count = copy_file_range(from, &at, to, NULL, 1 << 30, 0);
        if (count < 0 && errno != EINTR)
            return copy_by_reading(from, to, at);
        if (count == 0)
            return 0;
    }
}

int outputs_own_copy(struct outputs *outputs, struct output_file *file, struct error *err)
{
    struct output_file own = OUTPUT_FILE_INIT;
    struct stat status;

    if (fstat(file->fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look at a file of this run");
    if (status.st_nlink <= (file->name ? 1 : 0))
        return 0;
    if (outputs_make(outputs, &own, err) < 0)
        return -1;
    int result = copy(file->fd, own.fd);
    if (result < 0)
        error_set_errno(err, ERROR_INTERNAL, "cannot copy a file in the output directory %s",
                        outputs->directory);
    if (result < 0 || output_file_seal(&own, err) < 0) {
        outputs_drop(outputs, &own);
        return -1;
    }
    outputs_drop(outputs, file);
    *file = own;
    return 0;
}
