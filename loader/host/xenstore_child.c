/* One conversation with xenstored, held by a child. See xenstore_child.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/host/xenstore_child.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/child.h"
#include "common/clock.h"
#include "common/io.h"

/* How often a signal that ends the run is looked for, in milliseconds. */
#define SIGNAL_POLL_MS 50
#ifndef SYS_close_range /* headers of before 5.9 */
#define SYS_close_range 436
#endif

/* What the child's answer begins with: WORK's bytes follow, or the sentence of an error. */
enum verdict { VERDICT_DONE = '0', VERDICT_FAILED = '1', VERDICT_NO_LIBRARY = '2' };

/* --- where xenstored is --------------------------------------------------------------------- */

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

bool xenstore_is_here(void)
{
    const char *path = getenv("XENSTORED_PATH"), *directory = getenv("XENSTORED_RUNDIR");

    if (path)
        return is_there(path);
    auto_free char *socket = xasprintf("%s/socket", directory ? directory : "/var/run/xenstored");
    return is_there(socket) || is_there("/dev/xen/xenbus") || is_there("/proc/xen/xenbus");
}

/* --- the child ------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    size_t place; /* in struct xenstore */
} functions[] = {
    {"xs_open", offsetof(struct xenstore, open)},
    {"xs_read", offsetof(struct xenstore, read)},
    {"xs_write", offsetof(struct xenstore, write)},
    {"xs_set_permissions", offsetof(struct xenstore, set_permissions)},
    {"xs_transaction_start", offsetof(struct xenstore, transaction_start)},
    {"xs_transaction_end", offsetof(struct xenstore, transaction_end)},
};

static bool load_library(struct xenstore *store, struct error *err)
{
    /* Of Xen 4.15 and later; of those before. */
    static const char *const names[] = {"libxenstore.so.4", "libxenstore.so.3.0"};
    void *library = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(names) && !library; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        error_set(err, ERROR_INTERNAL,
                  "the library %s cannot be loaded; install it (Debian: libxenstore4)", names[0]);
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
        void *function = dlsym(library, functions[i].name);
        if (!function) {
            error_set(err, ERROR_INTERNAL,
                      "the library libxenstore of this host has no %s, which it had since Xen 4.1",
                      functions[i].name);
            return false;
        }
        memcpy((char *)store + functions[i].place, &function, sizeof function);
    }
    return true;
}

static enum verdict converse(xenstore_work *work, const void *context, struct buffer *answer,
                             struct error *err)
{
    struct xenstore store = {.handle = NULL};

    if (!load_library(&store, err))
        return VERDICT_NO_LIBRARY;
    store.handle = store.open(0);
    if (!store.handle) {
        error_set_errno(err, ERROR_INTERNAL, "cannot connect to xenstored");
        error_hint(err, "is it running?");
        return VERDICT_FAILED;
    }
    return work(&store, context, answer, err) < 0 ? VERDICT_FAILED : VERDICT_DONE;
}

/* Gives up all descriptors but FD: locks and pipes of the run must end when its process does,
 * whatever this one waits for. */
static void keep_only(int fd)
{
    if (fd > STDERR_FILENO + 1)
        (void)syscall(SYS_close_range, STDERR_FILENO + 1u, (unsigned)fd - 1, 0);
    if (syscall(SYS_close_range, (unsigned)fd + 1, ~0u, 0) == 0)
        return;
    for (int other = STDERR_FILENO + 1; other < 1024; other++)
        if (other != fd)
            close(other);
}

static _Noreturn void be_child(int fd, pid_t parent, xenstore_work *work, const void *context)
{
    struct buffer answer = BUFFER_INIT(XENSTORE_ANSWER_MAX);
    struct error err = ERROR_INIT;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    keep_only(fd);
    signal(SIGPIPE, SIG_IGN);
    char verdict = (char)converse(work, context, &answer, &err);
    if (verdict != VERDICT_DONE) {
        buffer_clear(&answer);
        (void)buffer_addf(&answer, "%s", err.text);
    }
    /* The end of the process closes the connection, and frees what was allocated. */
    _exit(write_all(fd, &verdict, 1) < 0 || write_all(fd, buffer_text(&answer), answer.length) < 0);
}

/* --- the parent ----------------------------------------------------------------------------- */

/* All that the child says, into ANSWER, within the deadline. */
static int listen_to(int fd, struct buffer *answer, struct error *err)
{
    int64_t deadline = clock_ms() + XENSTORE_SECONDS * INT64_C(1000);
    char chunk[4096];

    while (clock_ms() < deadline) {
        struct pollfd readable = {fd, POLLIN, 0};
        int ready = poll(&readable, 1, SIGNAL_POLL_MS);
        if (signals_pending())
            return error_set(err, ERROR_INTERRUPTED, "stopped by a signal while xenstored worked");
        if (ready <= 0)
            continue;
        ssize_t count = read(fd, chunk, sizeof chunk);
        if (count == 0)
            return 0;
        if (count > 0 && !buffer_add(answer, chunk, (size_t)count))
            return error_set(err, ERROR_INTERNAL, "xenstored answered more than %d bytes",
                             XENSTORE_ANSWER_MAX);
    }
    return error_set(err, ERROR_INTERNAL, "xenstored did not answer within %d seconds; is it well?",
                     XENSTORE_SECONDS);
}

static int judge(const struct buffer *said, int status, struct buffer *answer, struct error *err)
{
    if (WIFSIGNALED(status))
        return error_set(err, ERROR_INTERNAL,
                         "the conversation with xenstored was ended by signal %d (%s)",
                         WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (said->length == 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return error_set(err, ERROR_INTERNAL, "the conversation with xenstored broke off");
    if (said->data[0] != VERDICT_DONE) {
        error_set(err, ERROR_INTERNAL, "%s", said->data + 1);
        return said->data[0] == VERDICT_NO_LIBRARY ? 1 : -1;
    }
    if (!buffer_add(answer, said->data + 1, said->length - 1))
        return error_set(err, ERROR_INTERNAL, "xenstored answered more than %zu bytes",
                         answer->maximum);
    return 0;
}

int xenstore_converse(xenstore_work *work, const void *context, struct buffer *answer,
                      struct error *err)
{
    auto_buffer struct buffer said = BUFFER_INIT(XENSTORE_ANSWER_MAX + 1);
    int ends[2], status = 0;
    pid_t self = getpid();

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot prepare to ask xenstored");
    pid_t child = fork();
    if (child == 0)
        be_child(ends[1], self, work, context);
    close_fd(&ends[1]);
    int result = child < 0 ? error_set_errno(err, ERROR_INTERNAL, "cannot start to ask xenstored")
                           : listen_to(ends[0], &said, err);
    close_fd(&ends[0]);
    if (child > 0 && result < 0)
        kill(child, SIGKILL);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return result == 0 ? judge(&said, status, answer, err) : -1;
}
