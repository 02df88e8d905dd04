/* syslog, and stderr for whoever watches. See log.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "common/error.h"
#include "common/escape.h"
#include "common/text.h"

static const char *log_ident; /* NULL: nothing goes to syslog */
static bool log_to_stderr;
static bool log_quiet;
static void (*log_hear)(void *context, enum log_kind kind, const char *text);
static void *log_context;

void log_open(const char *ident, bool debug)
{
    log_ident = ident;
    log_to_stderr = debug;
    openlog(ident, LOG_PID, LOG_DAEMON);
}

void log_set_quiet(bool quiet)
{
    log_quiet = quiet;
}

void log_divert(void (*hear)(void *context, enum log_kind kind, const char *text), void *context)
{
    log_hear = hear;
    log_context = context;
}

static void emit(int priority, bool to_stderr, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void emit(int priority, bool to_stderr, const char *format, va_list args)
{
    /* Without memory to be had: what is logged is done, and a want of memory would undo it. Each
     * byte of a text is one at least of what is shown, so that no more of it is needed. */
    char text[TEXT_ESCAPED_MAX + 2], escaped[TEXT_ESCAPED_MAX + 1];

    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): callers have begun it */
    vsnprintf(text, sizeof text, format, args);
    if (log_hear) {
        log_hear(log_context,
                 priority == LOG_WARNING  ? LOG_KIND_WARNING
                 : priority == LOG_NOTICE ? LOG_KIND_NOTICE
                                          : LOG_KIND_STEP,
                 text);
        return;
    }
    text_escape_into(text, escaped);
    if (log_ident)
        syslog(priority, "%s", escaped);
    error_disarm(escaped);
    if (to_stderr)
        fprintf(stderr, "%s: %s%s\n", log_ident ? log_ident : "eliloader",
                priority == LOG_WARNING  ? "warning: "
                : priority == LOG_NOTICE ? "note: "
                                         : "",
                escaped);
}

void log_step(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit(LOG_INFO, log_to_stderr, format, args);
    va_end(args);
}

void log_warning(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit(LOG_WARNING, log_to_stderr || !log_quiet, format, args);
    va_end(args);
}

void log_notice(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit(LOG_NOTICE, true, format, args);
    va_end(args);
}

void log_debug(const char *format, ...)
{
    va_list args;

    if (!log_to_stderr)
        return;
    va_start(args, format);
    emit(LOG_DEBUG, true, format, args);
    va_end(args);
}

void log_failure(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit(LOG_ERR, false, format, args);
    va_end(args);
}
