/* Helpers as children: start with the descriptors they may have, listen to what they
 * answer, end them past their deadline, reap them.
 *
 * A helper speaks JSON lines on the pipe that it finds as descriptor CHILD_ANSWER_FD: any
 * number of objects that are reports on the way, of which the last one is the answer; who
 * is silent for longer than the deadline is killed. What it prints on stderr is collected,
 * bounded, and handed to the caller to log, for a helper that was taken over by its
 * input must not speak to the toolstack or to a terminal.
 *
 * A program that is no helper (`on_stdout`) answers on its stdout instead, all of it at once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_CHILD_H
#define COMMON_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/child_cage.h"
#include "common/error.h"
#include "common/text.h"

/* Where a helper finds things: its request as JSON on stdin, its answer pipe, then the
 * descriptors that it was given, in their order. stdout is /dev/null. */
#define CHILD_ANSWER_FD 3
#define CHILD_FIRST_FD  4

/* All that a child may answer and say on stderr in one run, in bytes: one that goes on and on was
 * taken over. */
#define CHILD_ANSWERS_MAX (32 * 1024 * 1024)
/* Longest line that a child may send (it is handled and forgotten before the next), and
 * what is kept of its stderr, in bytes. */
#define CHILD_LINE_MAX   (1024 * 1024)
#define CHILD_STDERR_MAX (16 * 1024)

struct child_spec {
    const char *name;        /* for messages: "fetch" */
    const char *path;        /* program, absolute */
    const char *const *argv; /* NULL-terminated, argv[0] included */
    const char *const *envp; /* NULL-terminated; NULL: an empty environment but PATH and LC_ALL */
    const char *input;       /* the request: a string for its stdin; NULL: /dev/null */
    bool terminal;           /* its stdin and stdout are ours (INPUT is NULL), for a menu */
    /* It stays in our group of processes, which a terminal listens to, and tells of another size.
     */
    bool our_group;
    char separator; /* what ends a line: '\n' for helpers; a last one may lack it */
    const int *fds; /* descriptors it gets as CHILD_FIRST_FD… (not inherited otherwise) */
    size_t fd_count;
    int silence_seconds;       /* killed after so long without a line; 0: never */
    int total_seconds;         /* killed after so long in all; 0: never */
    const char *total_setting; /* which setting that is, for a hint; NULL: none */
    /* Its answer is what it prints on stdout, and is one line whatever bytes it holds, handed over
     * at its end. It has no descriptors beyond stderr (FD_COUNT is 0). */
    bool on_stdout;
    /* Bounds of a program that is none of ours; NULL: it has none, or sets them itself. Where root
     * starts it, its processes have a world of their own, and whatever it leaves ends with it. */
    const struct child_cage *cage;
    /* What it does must not be cut in two: signals to us wait until it has ended, and it goes on
     * when we are killed, with SIGPIPE ignored because nobody reads its pipes then. Only a deadline
     * ends it. */
    bool uninterrupted;
    /* Both may be NULL. The status with which it exited, or -1 when it ended in another way or was
     * ended; and the last line that it wrote on stderr, bounded, which the caller frees, or NULL.
     * Both are set whatever child_run() returns. */
    int *exit_status;
    char **last_words;
    /* Called once, when the child has started: what can be done while it works; NULL: nothing.
     * Returns 0, or -1 with ERR set to end the child. */
    int (*meanwhile)(void *context, struct error *err);
    /* Called for every line (LENGTH bytes without the separator, then a NUL; may hold NULs). NULL:
     * lines are thrown away.
     * Returns 0, or -1 with ERR set to end the child. */
    int (*line)(void *context, const char *line, size_t length, struct error *err);
    void *context;
};

/* Runs a helper to its end. 0 when it exited with status 0; else -1 with an error that
 * says how it ended (exit status, signal by name, deadline, too much output), and with
 * the last line that it wrote on stderr. On SIGTERM, SIGINT or SIGHUP the child is killed
 * and the error is ERROR_INTERRUPTED. Never leaves a child behind. */
int child_run(const struct child_spec *spec, struct error *err) must_check;

/* From here on SIGTERM, SIGINT and SIGHUP are blocked and seen only while child_run() or
 * signal_pending() look for them, so that no step is cut in two. SIGPIPE is ignored. */
void signals_hold(void);
/* The signal that came since, or 0. */
int signals_pending(void);

/* The directory of the running program, absolute; "" is the root. The caller frees; NULL with an
 * error. */
char *program_directory(struct error *err) must_check;
/* Where helpers are: "../libexec/eliloader" as seen from the directory of the running program.
 * The caller frees; NULL with an error. */
char *helper_directory(struct error *err) must_check;
/* The path of a helper: "../libexec/eliloader/NAME" as seen from the directory of the
 * running program, so that a build tree, a staged and an installed tree all work. The
 * caller frees; NULL with an error when there is no such program. */
char *helper_path(const char *name, struct error *err) must_check;

#endif
