/* Children: start, listen, end, reap. See child.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/child_start.h"
#include "common/clock.h"
#include "common/io.h"
#include "common/libc.h"
#include "common/log.h"

/* Bytes of a child's last words that an error repeats. */
#define QUOTED_MAX     512
#define REQUEST_NOEXEC 0x0008U /* MFD_NOEXEC_SEAL, which older headers lack */

struct child {
    const struct child_spec *spec;
    pid_t pid;
    int answer, complaint; /* our ends of the pipes; -1 when the child has closed its own */
    struct buffer line, stderr_text;
    size_t said;                   /* bytes of answers, and on stderr, so far */
    int64_t silent_since, started; /* milliseconds */
};

/* --- signals ----------------------------------------------------------------------------- */

static volatile sig_atomic_t signal_seen;
static sigset_t signals_outside; /* the mask from before signals_hold() */
static sigset_t signals_later;   /* the same, with those that we hold, but for SIGCHLD */
static bool signals_are_held;

static void note_signal(int number)
{
    if (number != SIGCHLD)
        signal_seen = number;
}

void signals_hold(void)
{
    static const int held[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    struct sigaction action = {.sa_handler = note_signal};
    sigset_t mask;

    if (signals_are_held)
        return;
    signals_are_held = true;
    sigemptyset(&mask);
    for (size_t i = 0; i < ARRAY_SIZE(held); i++)
        sigaddset(&mask, held[i]);
    sigprocmask(SIG_BLOCK, &mask, &signals_outside);
    sigorset(&signals_later, &signals_outside, &mask);
    sigdelset(&signals_later, SIGCHLD);
    for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
        struct sigaction old;
        /* One that was ignored when we came (nohup) stays ignored. */
        if (sigaction(held[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN && held[i] != SIGCHLD)
            continue;
        sigaction(held[i], &action, NULL);
        sigdelset(&signals_outside, held[i]);
    }
    signal(SIGPIPE, SIG_IGN);
}

int signals_pending(void)
{
    struct timespec now = {0, 0};

    if (signals_are_held && !signal_seen)
        ppoll(NULL, 0, &now, &signals_outside);
    return signal_seen;
}

/* --- start ------------------------------------------------------------------------------- */

/* Memory for a request, which will be sealed: who reads it can neither change it, nor keep more in
 * it, nor run it. The last is known from Linux 6.3 on. */
static int request_file(void)
{
    int fd = memfd_create("request", MFD_CLOEXEC | MFD_ALLOW_SEALING | REQUEST_NOEXEC);

    return fd >= 0 || errno != EINVAL ? fd
                                      : memfd_create("request", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

/* A descriptor with the request, to be read from its start. */
static int open_input(const struct child_spec *spec)
{
    if (spec->terminal)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    if (!spec->input)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    auto_fd int fd = request_file();
    char path[32];
    if (fd < 0 || write_all(fd, spec->input, strlen(spec->input)) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) < 0)
        return -1;
    /* Without /proc it stays one that could be written to, were it not sealed. */
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_RDONLY | O_CLOEXEC);
    if (again >= 0)
        return again;
    return lseek(fd, 0, SEEK_SET) < 0 ? -1 : take_fd(&fd);
}

static int child_start(struct child *child, struct error *err)
{
    const struct child_spec *spec = child->spec;
    int answer[2] = {-1, -1}, complaint[2] = {-1, -1};
    auto_fd int input = open_input(spec);
    auto_fd int output = spec->terminal ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                                        : open("/dev/null", O_WRONLY | O_CLOEXEC);
    auto_free int *sources = xcalloc(CHILD_FIRST_FD + spec->fd_count, sizeof *sources);

    if (input < 0 || output < 0 || pipe2(answer, O_CLOEXEC) < 0 ||
        pipe2(complaint, O_CLOEXEC) < 0) {
        close_fd(&answer[0]);
        close_fd(&answer[1]);
        return error_set_errno(err, ERROR_INTERNAL, "cannot prepare to start %s", spec->path);
    }
    sources[0] = input;
    sources[1] = spec->on_stdout ? answer[1] : output;
    sources[2] = complaint[1];
    sources[CHILD_ANSWER_FD] = answer[1];
    for (size_t i = 0; i < spec->fd_count; i++)
        sources[(size_t)CHILD_FIRST_FD + i] = spec->fds[i];
    int count = spec->on_stdout ? CHILD_ANSWER_FD : CHILD_FIRST_FD + (int)spec->fd_count;

    child->pid = child_start_program(spec, sources, count, &signals_outside);
    if (child->pid < 0)
        error_set_errno(err, ERROR_INTERNAL, "cannot start %s", spec->path);
    else if (!child_in_our_group(spec))
        setpgid(child->pid, child->pid); /* here too: whoever comes first */
    close_fd(&answer[1]);
    close_fd(&complaint[1]);
    child->answer = answer[0];
    child->complaint = complaint[0];
    child->started = child->silent_since = clock_ms();
    return child->pid < 0 ? -1 : 0;
}

/* --- listen ------------------------------------------------------------------------------ */

static int hand_over_line(struct child *child, struct error *err)
{
    int result =
        child->spec->line(child->spec->context, buffer_text(&child->line), child->line.length, err);

    buffer_clear(&child->line);
    return result;
}

static int take_answer(struct child *child, const char *bytes, size_t length, struct error *err)
{
    while (length && child->spec->line) {
        const char *end =
            child->spec->on_stdout ? NULL : memchr(bytes, child->spec->separator, length);
        size_t part = end ? (size_t)(end - bytes) : length;

        if (!buffer_add(&child->line, bytes, part))
            return error_set(err, ERROR_INTERNAL, "the program %s answered more than %d bytes%s",
                             child->spec->name, CHILD_LINE_MAX,
                             child->spec->on_stdout ? "" : " in one line");
        if (end && hand_over_line(child, err) < 0)
            return -1;
        part += end != NULL;
        bytes += part;
        length -= part;
    }
    return 0;
}

/* Reads once from *FD. 1: something came; 0: nothing now, or the end (*FD is -1 then);
 * -1: ERR is set. */
static int take_from(struct child *child, int *fd, struct error *err)
{
    char chunk[16 * 1024];
    ssize_t count = read(*fd, chunk, sizeof chunk);

    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (count <= 0) {
        close_fd(fd);
        return 0;
    }
    child->said += (size_t)count;
    if (child->said > CHILD_ANSWERS_MAX)
        return error_set(err, ERROR_INTERNAL, "the program %s answered more than %d bytes",
                         child->spec->name, CHILD_ANSWERS_MAX);
    if (fd == &child->answer) {
        child->silent_since = clock_ms();
        return take_answer(child, chunk, (size_t)count, err) < 0 ? -1 : 1;
    }
    size_t room = child->stderr_text.maximum - child->stderr_text.length;
    (void)buffer_add(&child->stderr_text, chunk, (size_t)count < room ? (size_t)count : room);
    return 1;
}

/* Milliseconds until a deadline passes, -1 for none; 0 when one has passed, with ERR set. */
static int until_deadline(const struct child *child, struct error *err)
{
    const struct child_spec *spec = child->spec;
    int64_t now = clock_ms(), left = INT_MAX;

    if (spec->silence_seconds &&
        child->silent_since + spec->silence_seconds * INT64_C(1000) - now < left)
        left = child->silent_since + spec->silence_seconds * INT64_C(1000) - now;
    if (left <= 0) {
        error_set(err, ERROR_INTERNAL, "the program %s said nothing for %d seconds and was ended",
                  spec->name, spec->silence_seconds);
        return 0;
    }
    if (spec->total_seconds && child->started + spec->total_seconds * INT64_C(1000) - now < left)
        left = child->started + spec->total_seconds * INT64_C(1000) - now;
    if (left <= 0) {
        error_set(err, ERROR_INTERNAL, "the program %s took longer than %d seconds and was ended",
                  spec->name, spec->total_seconds);
        if (spec->total_setting)
            error_hint(err, "allow more time with %s", spec->total_setting);
        return 0;
    }
    return left == INT_MAX ? -1 : (int)left;
}

/* Listens until the child has ended: 0 with its wait status, or -1 with ERR set and the child
 * still to be ended. */
static int child_listen(struct child *child, int *wait_status, struct error *err)
{
    bool ended = false, uninterrupted = child->spec->uninterrupted;
    const sigset_t *mask = uninterrupted ? &signals_later : &signals_outside;

    for (;;) {
        struct pollfd fds[2] = {{child->answer, POLLIN, 0}, {child->complaint, POLLIN, 0}};
        int left = until_deadline(child, err);
        struct timespec wait = {left / 1000, left % 1000 * INT64_C(1000000)}, none = {0, 0};

        if (left == 0)
            return -1;
        /* Both pipes closed leaves only SIGCHLD to wait for; once ended, only what is left. */
        int ready = ppoll(fds, 2, ended ? &none : left < 0 ? NULL : &wait, mask);
        if (signal_seen && !uninterrupted)
            return error_set(err, ERROR_INTERRUPTED, "stopped by signal %d (%s)", (int)signal_seen,
                             strsignal(signal_seen));
        int came = 0;
        if (ready > 0 && fds[0].revents && (came = take_from(child, &child->answer, err)) < 0)
            return -1;
        int more = 0;
        if (ready > 0 && fds[1].revents && (more = take_from(child, &child->complaint, err)) < 0)
            return -1;
        if (ended && !came && !more)
            break;
        if (!ended && waitpid(child->pid, wait_status, WNOHANG) == child->pid) {
            ended = true;
            child->pid = 0;
        }
    }
    if (child->line.length)
        return hand_over_line(child, err);
    return 0;
}

/* --- end --------------------------------------------------------------------------------- */

static void log_stderr(const struct child *child)
{
    const char *text = buffer_text(&child->stderr_text), *end;

    for (; *text; text = *end ? end + 1 : end) {
        end = strchrnul(text, '\n');
        if (end > text)
            log_step("%s: %.*s", child->spec->name, (int)(end - text), text);
    }
}

/* The last line of TEXT that is not empty: where *LINE begins, and its length, which is bounded.
 * A Python program says there what its traceback is about, and names a class that means
 * something else to our own caller. */
static int last_line(const char *text, const char **line)
{
    static const char class[] = "RuntimeError: ";
    const char *end = text + strlen(text);

    while (end > text && (end[-1] == '\n' || end[-1] == ' '))
        end--;
    *line = end;
    while (*line > text && (*line)[-1] != '\n')
        (*line)--;
    if ((size_t)(end - *line) > sizeof class - 1 && text_starts(*line, class))
        *line += sizeof class - 1;
    return end - *line > QUOTED_MAX ? QUOTED_MAX : (int)(end - *line);
}

static int describe_end(const struct child *child, int status, struct error *err)
{
    const char *name = child->spec->name;

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM)
        error_set(err, ERROR_INTERNAL, "cannot start the program %s (%s)", name, child->spec->path);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_CAGE && child->spec->cage)
        error_set(err, ERROR_INTERNAL, "cannot confine the program %s (%s)", name,
                  child->spec->path);
    else if (WIFEXITED(status))
        error_set(err, ERROR_INTERNAL, "the program %s ended with status %d", name,
                  WEXITSTATUS(status));
    else
        error_set(err, ERROR_INTERNAL, "the program %s was ended by signal %d (%s)", name,
                  WTERMSIG(status), strsignal(WTERMSIG(status)));
    const char *said;
    int length = last_line(buffer_text(&child->stderr_text), &said);
    if (length)
        error_hint(err, "it said: %.*s", length, said);
    return -1;
}

/* What the caller wants to know of the end beyond the error. STATUS is a wait status, or -1. */
static void tell_end(const struct child *child, int status)
{
    const struct child_spec *spec = child->spec;
    const char *said;
    int length = last_line(buffer_text(&child->stderr_text), &said);

    if (spec->exit_status)
        *spec->exit_status = status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (spec->last_words)
        *spec->last_words = length ? xstrndup(said, (size_t)length) : NULL;
}

int child_run(const struct child_spec *spec, struct error *err)
{
    struct child child = {.spec = spec,
                          .answer = -1,
                          .complaint = -1,
                          .line = BUFFER_INIT(CHILD_LINE_MAX),
                          .stderr_text = BUFFER_INIT(CHILD_STDERR_MAX)};
    int status = -1;

    signals_hold();
    int result = child_start(&child, err);
    if (result == 0)
        result = spec->meanwhile ? spec->meanwhile(spec->context, err) : 0;
    if (result == 0)
        result = child_listen(&child, &status, err);
    if (child.pid > 0) {
        kill(child_in_our_group(spec) ? child.pid : -child.pid, SIGKILL);
        while (waitpid(child.pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    log_stderr(&child);
    tell_end(&child, status);
    if (result == 0)
        result = describe_end(&child, status, err);
    close_fd(&child.answer);
    close_fd(&child.complaint);
    buffer_free(&child.line);
    buffer_free(&child.stderr_text);
    return result;
}
