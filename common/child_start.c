/* From us to the program that a child becomes. See child_start.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/child_start.h"

#include <fcntl.h>
#include <sched.h>
#include <stdalign.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/child_cage.h"

/* Descriptors are moved up here before they are laid out from 0 on. */
#define SCRATCH_FD 64
#ifndef SYS_close_range /* headers of before 5.9 */
#define SYS_close_range 436
#endif
/* Bytes of stack for a child until it is the program: a page would do. */
#define CHILD_STACK (16 * 1024)

static void close_from(int first)
{
    /* Descriptors that the toolstack left open in us must not reach the child; ours are
     * close-on-exec already. Kernels before 5.9 have no close_range(2). */
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0)
        return;
    for (int fd = first; fd < 1024; fd++)
        close(fd);
}

struct start {
    const struct child_spec *spec;
    int *sources; /* what is to be descriptors 0…COUNT-1 */
    int count;
    const sigset_t *mask;
    pid_t parent;
    bool own_processes; /* it is the first in a process namespace, where the parent has no number */
};

/* The child: lays out its descriptors, closes all others, and becomes the program. It shares the
 * memory of the parent, who waits: it changes nothing there but SOURCES, and makes only
 * async-signal-safe calls. */
static int become_program(void *context)
{
    const struct start *start = context;
    const struct child_spec *spec = start->spec;
    int *sources = start->sources, count = start->count;
    static const char *const bare[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                                       NULL};

    for (int i = 0; i < count; i++) {
        sources[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, SCRATCH_FD);
        if (sources[i] < 0)
            _exit(EXIT_NO_PROGRAM);
    }
    for (int i = 0; i < count; i++)
        if (dup2(sources[i], i) < 0)
            _exit(EXIT_NO_PROGRAM);
    close_from(count);
    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP)
            signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, start->mask, NULL);
    /* A group of its own, to be ended with all that it starts. */
    if (!child_in_our_group(spec))
        setpgid(0, 0);
    if (spec->uninterrupted) {
        signal(SIGPIPE, SIG_IGN);
    } else {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!start->own_processes && getppid() != start->parent)
            _exit(EXIT_NO_PROGRAM);
    }
    if (spec->cage && child_cage_enter(spec->cage) < 0)
        _exit(EXIT_NO_CAGE);
    execve(spec->path, (char *const *)spec->argv, (char *const *)(spec->envp ? spec->envp : bare));
    _exit(EXIT_NO_PROGRAM);
}

pid_t child_start_program(const struct child_spec *spec, int *sources, int count,
                          const sigset_t *mask)
{
    alignas(16) char stack[CHILD_STACK];
    const int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
    struct start start = {spec, sources, count, mask, getpid(), spec->cage && geteuid() == 0};

    if (start.own_processes) {
        pid_t pid = clone(become_program, stack + sizeof stack, flags | CLONE_NEWPID, &start);
        if (pid >= 0 || spec->cage->complete)
            return pid;
        start.own_processes = false;
    }
    return clone(become_program, stack + sizeof stack, flags, &start);
}
