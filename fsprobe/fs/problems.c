/* A bounded list of sentences. See problems.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/problems.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

static bool is_there(const struct problems *problems, const char *text)
{
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(problems->texts[i], text) == 0)
            return true;
    return false;
}

void problems_add_list(struct problems *problems, const char *format, va_list args)
{
    char *text = xvasprintf(format, args);

    /* The same sentence twice tells nobody anything, and a loop may say one a thousand times. */
    if (is_there(problems, text)) {
        free(text);
        return;
    }
    if (problems->count == PROBLEMS_MAX)
        free(problems->texts[--problems->count]);
    problems->texts[problems->count++] = text;
}

void problems_add(struct problems *problems, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    problems_add_list(problems, format, args);
    va_end(args);
}

void problems_free(struct problems *problems)
{
    while (problems->count)
        free(problems->texts[--problems->count]);
}
