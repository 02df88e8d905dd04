/* What the host's administrator reads: syslog, one line a step, ident "eliloader".
 *
 * A library function either returns an error or logs it, never both; steps and warnings
 * are logged where they happen. All of it is escaped here (text_escape()), so callers may
 * pass foreign text. Nothing secret (passwords in URLs, install-vncpasswd) is passed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>

/* IDENT for syslog and for messages on stderr; DEBUG copies everything to stderr. Without
 * a call, nothing goes to syslog, and warnings go to stderr. */
void log_open(const char *ident, bool debug);
/* Warnings are kept from stderr too (they still go to syslog). */
void log_set_quiet(bool quiet);

enum log_kind { LOG_KIND_STEP, LOG_KIND_NOTICE, LOG_KIND_WARNING };
/* From here on what the functions below say, as it came, goes to HEAR, and neither to syslog nor to
 * stderr: for whoever tries what a run would do. NULL ends that. */
void log_divert(void (*hear)(void *context, enum log_kind kind, const char *text), void *context);

/* A step that was done: LOG_INFO. */
void log_step(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Something a person should know though the program goes on: LOG_WARNING, and stderr. */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What a person has to know, quiet or not, though nothing is wrong: LOG_NOTICE, and stderr. */
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* For whoever looks for a fault: LOG_DEBUG, only with debug. */
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The error that ends the program: LOG_ERR, to syslog only; the program prints it itself. */
void log_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
