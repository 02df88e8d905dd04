/* From a file that others have too to one of the run's own. See own_copy.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/output/own_copy.h"

#include <sys/stat.h>

#include "common/io.h"

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
    int result = copy_file(file->fd, own.fd);
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
