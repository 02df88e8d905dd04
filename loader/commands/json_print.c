/* JSON for people. See json_print.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/json_print.h"

#include <stdio.h>

#include "common/escape.h"
#include "common/text.h"

int json_print(const json_t *json, struct error *err)
{
    auto_free char *text = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

    if (!text)
        return error_set(err, ERROR_INTERNAL, "what was found cannot be written as JSON");
    auto_free char *shown = text_escape_json(text);
    if (puts(shown) == EOF || fflush(stdout) == EOF)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write to stdout");
    return 0;
}
