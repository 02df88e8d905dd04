/* What the host's administrator reads: the journal or syslog, one line a step, ident "eliloader".
 *
 * Every line names the VM that it is about, or the disk ("VM web1: …", "guest7.img: …"): many
 * guests start at once. Where systemd's journal listens, a line is an entry there, with the fields
 * ELILOADER_VM, ELILOADER_DISK and, of a failure, ELILOADER_ERROR; else it goes to syslog.
 *
 * A library function either returns an error or logs it, never both; steps and warnings
 * are logged where they happen. All of it is escaped here (text_escape()), so callers may
 * pass foreign text. Nothing secret (passwords in URLs, install-vncpasswd) is passed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>

/* IDENT for the log and for messages on stderr; DEBUG copies everything to stderr. Without
 * a call, nothing goes to the log, and warnings go to stderr. */
void log_open(const char *ident, bool debug);
/* Warnings are kept from stderr too (they still go to the log). */
void log_set_quiet(bool quiet);

enum log_kind { LOG_KIND_STEP, LOG_KIND_NOTICE, LOG_KIND_WARNING };
/* From here on what the functions below say, as it came, goes to HEAR, and neither to the log nor
 * to stderr: for whoever tries what a run would do. NULL ends that. */
void log_divert(void (*hear)(void *context, enum log_kind kind, const char *text), void *context);

/* What this run is about, from here on: a VM, or a guest's disk; NULL: none that is known. Both are
 * copied; of more than LOG_ABOUT_MAX bytes the log has the first. */
void log_about(const char *vm, const char *disk);
#define LOG_ABOUT_MAX 4096

/* A step that was done: LOG_INFO. */
void log_step(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Something a person should know though the program goes on: LOG_WARNING, and stderr. */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What a person has to know, quiet or not, though nothing is wrong: LOG_NOTICE, and stderr. */
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* For whoever looks for a fault: LOG_DEBUG, only with debug. */
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The error NAME (as toolstacks know it) that ends the program: LOG_ERR, to the log only; the
 * program prints it itself. */
void log_failure(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
