/* The journal or syslog, and stderr for whoever watches. See log.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "common/error.h"
#include "common/escape.h"
#include "common/journal.h"
#include "common/text.h"

static const char *log_ident; /* NULL: nothing goes to syslog */
static bool log_to_stderr;
static bool log_quiet;
static void (*log_hear)(void *context, enum log_kind kind, const char *text);
static void *log_context;
static char log_vm[LOG_ABOUT_MAX + 1], log_disk[LOG_ABOUT_MAX + 1]; /* empty: none */

/* Bytes of what a line begins with. */
#define PREFIX_MAX 256

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

/* Copies TEXT (NULL: none) up to LOG_ABOUT_MAX bytes. */
static void keep(char memory[LOG_ABOUT_MAX + 1], const char *text)
{
    size_t length = text ? strnlen(text, LOG_ABOUT_MAX) : 0;

    if (length)
        memcpy(memory, text, length);
    memory[length] = '\0';
}

void log_about(const char *vm, const char *disk)
{
    keep(log_vm, vm);
    keep(log_disk, disk);
}

/* How a line begins, into LINE; its length. Of a long path the end tells more. */
static size_t begin_line(char line[PREFIX_MAX + 1])
{
    const char *name = *log_vm ? log_vm : log_disk;
    size_t length = strlen(name), room = PREFIX_MAX - sizeof "VM …: ";
    bool cut = length > room;

    *line = '\0';
    if (!*name)
        return 0;
    return (size_t)snprintf(line, PREFIX_MAX + 1, "%s%s%s: ", *log_vm ? "VM " : "", cut ? "…" : "",
                            cut ? name + length - room : name);
}

/* TEXT, escaped, to whoever keeps the log of this host. */
static void record_line(int priority, const char *error, const char *text)
{
    char priority_text[sizeof "7"], facility[sizeof "23"], pid[sizeof "2147483647"];
    const struct journal_field fields[] = {
        {"MESSAGE", text},
        {"PRIORITY", priority_text},
        {"SYSLOG_FACILITY", facility},
        {"SYSLOG_IDENTIFIER", log_ident},
        {"SYSLOG_PID", pid},
        {"ELILOADER_ERROR", error},
        {"ELILOADER_VM", *log_vm ? log_vm : NULL},
        {"ELILOADER_DISK", *log_disk ? log_disk : NULL},
    };

    snprintf(priority_text, sizeof priority_text, "%u", (unsigned)priority & 7);
    snprintf(facility, sizeof facility, "%u", (unsigned)LOG_FAC(LOG_DAEMON) & 15);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    if (!journal_send(JOURNAL_SOCKET, fields, ARRAY_SIZE(fields)))
        syslog(priority, "%s", text);
}

static void emit(int priority, bool to_stderr, const char *error, const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));

static void emit(int priority, bool to_stderr, const char *error, const char *format, va_list args)
{
    /* Without memory to be had: what is logged is done, and a want of memory would undo it. Each
     * byte of a text is one at least of what is shown, so that no more of it is needed. */
    char line[PREFIX_MAX + TEXT_ESCAPED_MAX + 2], escaped[TEXT_ESCAPED_MAX + 1];
    size_t begin = begin_line(line);
    char *text = line + begin;

    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): callers have begun it */
    vsnprintf(text, TEXT_ESCAPED_MAX + 2, format, args);
    if (log_hear) {
        log_hear(log_context,
                 priority == LOG_WARNING  ? LOG_KIND_WARNING
                 : priority == LOG_NOTICE ? LOG_KIND_NOTICE
                                          : LOG_KIND_STEP,
                 text);
        return;
    }
    if (log_ident) {
        bool begun = strncmp(text, line, begin) == 0;
        text_escape_into(begun ? text : line, escaped);
        record_line(priority, error, escaped);
    }
    if (!to_stderr)
        return;
    text_escape_into(text, escaped);
    error_disarm(escaped);
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
    emit(LOG_INFO, log_to_stderr, NULL, format, args);
    va_end(args);
}

void log_warning(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit(LOG_WARNING, log_to_stderr || !log_quiet, NULL, format, args);
    va_end(args);
}

void log_notice(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit(LOG_NOTICE, true, NULL, format, args);
    va_end(args);
}

void log_debug(const char *format, ...)
{
    va_list args;

    if (!log_to_stderr)
        return;
    va_start(args, format);
    emit(LOG_DEBUG, true, NULL, format, args);
    va_end(args);
}

void log_failure(const char *name, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit(LOG_ERR, false, name, format, args);
    va_end(args);
}
