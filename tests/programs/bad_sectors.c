/* Runs a program, and its children, with a disc that has sectors that cannot be read:
 *
 *   bad_sectors FROM TO PROGRAM ARGUMENT…
 *
 * Of every process whose name is fsprobe, what reads bytes from FROM up to TO (in decimal, TO not
 * among them) of its first disk, descriptor 4, fails with EIO. A read that begins before FROM gives
 * what is in front of it, as a drive does; a mapping that has any of them fails. Ends as the
 * program does, with 128 and the signal when it is killed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory.h"

#define CANNOT_RUN  99
#define DISK_FD     4
#define PROCESS_MAX 64
#define OPTIONS                                                                             \
    (PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
     PTRACE_O_TRACECLONE)

#ifdef __x86_64__

/* A process that is followed. */
struct process {
    pid_t pid;   /* 0: a free place */
    bool inside; /* between a call's two stops */
    int failing; /* this call shall fail for that reason; or 0 */
};

static struct process processes[PROCESS_MAX];
static uint64_t bad_from, bad_to;

static struct process *find(pid_t pid)
{
    struct process *free_place = NULL;

    for (size_t i = 0; i < PROCESS_MAX; i++) {
        if (processes[i].pid == pid)
            return &processes[i];
        if (!processes[i].pid && !free_place)
            free_place = &processes[i];
    }
    if (!free_place)
        exit(CANNOT_RUN);
    *free_place = (struct process){.pid = pid};
    return free_place;
}

static bool is_fsprobe(pid_t pid)
{
    char path[64], name[32] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    FILE *file = fopen(path, "r");

    if (!file)
        return false;
    if (!fgets(name, sizeof name, file))
        name[0] = '\0';
    fclose(file);
    return strcmp(name, "fsprobe\n") == 0;
}

/* Why the call shall fail; 0: it shall not. One that begins before the bad bytes is shortened. */
static int spoil(struct user_regs_struct *registers)
{
    uint64_t at = registers->r10, length = registers->rdx;

    if (registers->orig_rax == SYS_copy_file_range)
        return EINVAL;
    if (registers->orig_rax != SYS_pread64 || at >= bad_to || at + length <= bad_from)
        return 0;
    if (at >= bad_from)
        return EIO;
    registers->rdx = bad_from - at;
    return 0;
}

static void at_call(struct process *process)
{
    struct user_regs_struct registers;

    if (ptrace(PTRACE_GETREGS, process->pid, NULL, &registers) < 0)
        return; /* it was killed */
    process->inside = !process->inside;
    if (process->inside) {
        if (registers.rdi != DISK_FD || !is_fsprobe(process->pid))
            return;
        process->failing = spoil(&registers);
        if (process->failing)
            registers.orig_rax = SYS_getpid; /* which every confined program may call */
    } else if (process->failing) {
        registers.rax = (unsigned long long)-process->failing;
        process->failing = 0;
    } else {
        return;
    }
    (void)ptrace(PTRACE_SETREGS, process->pid, NULL, &registers);
}

/* The signal to go on with. */
static int at_stop(struct process *process, int status)
{
    int number = WSTOPSIG(status);

    if (number == (SIGTRAP | 0x80)) {
        at_call(process);
        return 0;
    }
    /* A child that was just made, a fork that was, or the program that begins. */
    if (number == SIGSTOP || number == SIGTRAP)
        return 0;
    return number;
}

static int follow(pid_t first)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        struct process *process = find(pid);

        if (WIFSTOPPED(status)) {
            (void)ptrace(PTRACE_SYSCALL, pid, NULL, at_stop(process, status));
            continue;
        }
        process->pid = 0;
        if (pid == first)
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return CANNOT_RUN;
}

int main(int argc, char **argv)
{
    int status;

    if (argc < 4)
        return CANNOT_RUN;
    bad_from = strtoull(argv[1], NULL, 10);
    bad_to = strtoull(argv[2], NULL, 10);
    pid_t pid = fork();
    if (pid == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) != 0)
            _exit(CANNOT_RUN);
        execvp(argv[3], argv + 3);
        _exit(CANNOT_RUN);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, pid, NULL, OPTIONS) < 0 ||
        ptrace(PTRACE_SYSCALL, pid, NULL, 0) < 0)
        return CANNOT_RUN;
    return follow(pid);
}

#else

int main(void)
{
    return CANNOT_RUN;
}

#endif
