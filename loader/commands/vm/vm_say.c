/* Output and complaints of the commands "eliloader vm …". See vm_say.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/vm/vm_say.h"

#include <stdio.h>

#include "common/escape.h"

int vm_print(const char *text, size_t length, struct error *err)
{
    if (fwrite(text, 1, length, stdout) != length || fflush(stdout) != 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write to stdout");
    return 0;
}

void vm_complain(const struct error *err)
{
    auto_free char *text = text_escape(err->text ? err->text : "failed");

    error_disarm(text);
    fprintf(stderr, "eliloader: %s\n", text);
}
