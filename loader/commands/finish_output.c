/* The end of what a command prints. See finish_output.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/finish_output.h"

#include <stdio.h>

int finish_output(struct error *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    return error_set_errno(err, ERROR_INTERNAL, "cannot write to stdout");
}
