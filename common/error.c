/* Errors as values. See error.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#ifdef __clang_analyzer__
#undef error_set
#undef error_set_errno
#undef error_prefix
#undef error_hint
#endif

int error_set(struct error *err, enum error_name name, const char *format, ...)
{
    va_list args;

    if (!err)
        return -1;
    va_start(args, format);
    /* The earlier sentence may be one of the arguments: format first, free then. */
    char *text = xvasprintf(format, args);
    va_end(args);
    err->name = name;
    replace_string(&err->text, text);
    return -1;
}

int error_set_errno(struct error *err, enum error_name name, const char *format, ...)
{
    int saved = errno;
    va_list args;

    if (!err)
        return -1;
    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    return error_set(err, name, "%s: %s", text, strerror(saved));
}

int error_prefix(struct error *err, const char *format, ...)
{
    va_list args;

    if (!err)
        return -1;
    va_start(args, format);
    auto_free char *prefix = xvasprintf(format, args);
    va_end(args);
    replace_string(&err->text, xasprintf("%s: %s", prefix, err->text ? err->text : "failed"));
    return -1;
}

int error_hint(struct error *err, const char *format, ...)
{
    va_list args;

    if (!err)
        return -1;
    va_start(args, format);
    auto_free char *hint = xvasprintf(format, args);
    va_end(args);
    replace_string(&err->text, xasprintf("%s; %s", err->text ? err->text : "failed", hint));
    return -1;
}

void error_clear(struct error *err)
{
    err->name = ERROR_NONE;
    replace_string(&err->text, NULL);
}

static const char *const toolstack_names[] = {
    [ERROR_UNSUPPORTED_METHOD] = "UNSUPPORTED_INSTALL_METHOD",
    [ERROR_INVALID_SOURCE] = "INVALID_SOURCE",
    [ERROR_SUPPORT_PACKAGE] = "SUPPORT_PACKAGE_MISSING",
    [ERROR_LIMITS] = "LIMITS",
};

const char *error_toolstack_name(enum error_name name)
{
    const char *text = NULL;

    if ((size_t)name < ARRAY_SIZE(toolstack_names))
        text = toolstack_names[name];
    return text ? text : "INTERNAL_ERROR";
}

enum error_name error_from_toolstack_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(toolstack_names); i++)
        if (toolstack_names[i] && strcmp(toolstack_names[i], name) == 0)
            return (enum error_name)i;
    return ERROR_INTERNAL;
}

void error_disarm(char *text)
{
    static const char marker[] = "RuntimeError: ";

    for (char *found = text; (found = strstr(found, marker));)
        found[strlen("RuntimeError")] = ',';
}

int error_exit_status(enum error_name name)
{
    switch (name) {
    case ERROR_NONE:
        return 0;
    case ERROR_USAGE:
        return 2;
    case ERROR_HANDOFF:
    case ERROR_KERNEL:
        return 3;
    default:
        return 1;
    }
}
