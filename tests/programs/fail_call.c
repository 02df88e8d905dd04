/* Runs a program, and makes one of its system calls fail with EIO:
 *
 *   fail_call NUMBER MARK PROGRAM ARGUMENT…
 *
 * The calls of its first thread are counted from 1, once the dynamic loader is done (it ends by
 * giving up its cache), without those that cannot fail and those that end the process. The first
 * byte of the file MARK becomes '1' when the call has failed, and the call's number follows. A
 * call of close(2) is made all the same, as the kernel does. Ends as the program does, with 128
 * and the signal when it is killed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory.h"

#define CANNOT_RUN 99

#ifdef __x86_64__

static const long unfailing[] = {
    SYS_exit,
    SYS_exit_group,
    SYS_rt_sigreturn,
    SYS_execve,
    SYS_rt_sigprocmask,
    SYS_rt_sigaction,
    SYS_brk,
    SYS_munmap,
    SYS_futex,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_wait4,
    SYS_kill,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_umask,
    SYS_set_tid_address,
    SYS_sched_yield,
};

static bool can_fail(long call)
{
    for (size_t i = 0; i < ARRAY_SIZE(unfailing); i++)
        if (unfailing[i] == call)
            return false;
    return true;
}

struct run {
    pid_t pid;
    unsigned long fail_at, seen;
    bool own;     /* the loader is done */
    bool inside;  /* between a call's two stops */
    bool failing; /* this call is the one */
    int mark;
};

static void note(const struct run *run, long call)
{
    char text[32];
    int length = snprintf(text, sizeof text, "1 %ld\n", call);

    if (pwrite(run->mark, text, (size_t)length, 0) != length)
        exit(CANNOT_RUN);
}

/* At one of the two stops of a call. */
static void at_call(struct run *run)
{
    struct user_regs_struct registers;

    if (ptrace(PTRACE_GETREGS, run->pid, NULL, &registers) < 0)
        exit(CANNOT_RUN);
    long call = (long)registers.orig_rax;
    run->inside = !run->inside;
    if (run->inside) {
        run->own = run->own || call == SYS_munmap;
        run->failing = run->own && can_fail(call) && ++run->seen == run->fail_at;
        if (!run->failing)
            return;
        note(run, call);
        if (call == SYS_close)
            return;
        registers.orig_rax = SYS_getpid; /* which every confined program may call */
    } else {
        if (!run->failing)
            return;
        run->failing = false;
        registers.rax = (unsigned long long)-EIO;
    }
    if (ptrace(PTRACE_SETREGS, run->pid, NULL, &registers) < 0)
        exit(CANNOT_RUN);
}

static int follow(struct run *run)
{
    int status, signal_number = 0;

    if (waitpid(run->pid, &status, 0) != run->pid ||
        ptrace(PTRACE_SETOPTIONS, run->pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
        return CANNOT_RUN;
    for (;;) {
        if (ptrace(PTRACE_SYSCALL, run->pid, NULL, signal_number) < 0 && errno != ESRCH)
            return CANNOT_RUN;
        if (waitpid(run->pid, &status, 0) != run->pid)
            return CANNOT_RUN;
        if (WIFEXITED(status))
            return WEXITSTATUS(status);
        if (WIFSIGNALED(status))
            return 128 + WTERMSIG(status);
        signal_number = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
        if (!signal_number)
            at_call(run);
        else if (signal_number == SIGTRAP)
            signal_number = 0; /* of execve(2) */
    }
}

int main(int argc, char **argv)
{
    struct run run = {.mark = -1};

    if (argc < 4)
        return CANNOT_RUN;
    run.fail_at = strtoul(argv[1], NULL, 10);
    run.mark = open(argv[2], O_WRONLY | O_CLOEXEC);
    if (run.mark < 0 || (run.pid = fork()) < 0)
        return CANNOT_RUN;
    if (run.pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
            _exit(CANNOT_RUN);
        execv(argv[3], argv + 3);
        _exit(CANNOT_RUN);
    }
    return follow(&run);
}

#else

int main(void)
{
    return CANNOT_RUN; /* registers are another's business */
}

#endif
