/* Errors as values.
 *
 * An error has a name that toolstacks know (those of the historical RuntimeError), and one
 * sentence that says what was being done to what, and why it failed, with a hint where there is
 * one. It is made where it is understood, passed up through `struct error *`, and printed once, at
 * the top, by the program.
 *
 * Sentences may hold foreign text (URLs, paths, server messages) as it came: whoever
 * prints one escapes it (text_escape()). They do not end with a full stop or a newline.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#include <stdbool.h>

enum error_name {
    ERROR_NONE = 0,
    ERROR_INTERNAL,           /* INTERNAL_ERROR: anything that is none of the others */
    ERROR_UNSUPPORTED_METHOD, /* UNSUPPORTED_INSTALL_METHOD: a family that is not known */
    ERROR_INVALID_SOURCE,     /* INVALID_SOURCE: the repository, or what came from it */
    ERROR_SUPPORT_PACKAGE,    /* SUPPORT_PACKAGE_MISSING: an overlay that is not there */
    ERROR_LIMITS,             /* LIMITS: larger than a configured limit */
    ERROR_USAGE,              /* the command line: exit status 2, no RuntimeError */
    ERROR_HANDOFF,            /* pygrub failed: exit status 3, INTERNAL_ERROR for toolstacks */
    ERROR_KERNEL,             /* a kernel that this guest cannot start with: likewise */
    ERROR_INTERRUPTED,        /* SIGTERM, SIGINT or SIGHUP */
};

/* Starts as `struct error err = ERROR_INIT;`. Owns `text`. */
struct error {
    enum error_name name;
    char *text;
};
#define ERROR_INIT       \
    (struct error)       \
    {                    \
        ERROR_NONE, NULL \
    }

/* Sets ERR (which may be NULL, and may hold an earlier error, which is freed).
 * Always returns -1, for `return error_set(…)`. */
int error_set(struct error *err, enum error_name name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set(), with ": " and strerror(errno) added. */
int error_set_errno(struct error *err, enum error_name name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "FORMAT: " in front of the sentence that ERR already holds. Returns -1. */
int error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds "; FORMAT" behind the sentence: a hint. Returns -1. */
int error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Frees the sentence; ERR is ERROR_INIT then. */
#ifdef __clang_analyzer__
/* What stands in another file an analyzer does not know: that these return -1. */
#define error_set(...)       (error_set(__VA_ARGS__), -1)
#define error_set_errno(...) (error_set_errno(__VA_ARGS__), -1)
#define error_prefix(...)    (error_prefix(__VA_ARGS__), -1)
#define error_hint(...)      (error_hint(__VA_ARGS__), -1)
#endif

void error_clear(struct error *err);
#define auto_error __attribute__((cleanup(error_clear)))

/* The name as toolstacks know it, e.g. "INVALID_SOURCE". Usage, handoff and interrupted
 * are INTERNAL_ERROR to them. */
const char *error_toolstack_name(enum error_name name);
/* The other way round, for a helper's JSON answer; ERROR_INTERNAL when unknown. */
enum error_name error_from_toolstack_name(const char *name);

/* xenopsd shows its user whatever follows the first "RuntimeError: " on stderr, so that only our
 * own may stand there: in TEXT, which may quote a guest or a server, the colon becomes a comma. */
void error_disarm(char *text);

/* Exit status: 0 none, 2 usage, 3 handoff, else 1; what a signal ended is for who saw the signal.
 */
int error_exit_status(enum error_name name);

#endif
