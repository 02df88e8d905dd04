/* Which system calls a confined helper may make.
 *
 * A helper that reads disks or archives is ended at the first call that is not listed: its
 * own code needs no other, so somebody else is speaking. One that uses the resolver runs
 * modules of the host's choice (dynamic), which may try things that they can do without:
 * there an unlisted call fails with EPERM, and only starting programs and reaching into
 * other processes ends it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/confine_seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Descriptors that are open already, memory without execution, time, its own end. */
static const int calls_always[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(preadv),
    SCMP_SYS(pwritev),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fadvise64),
    SCMP_SYS(copy_file_range),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list),
};

static const int calls_threads[] = {
    SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),      SCMP_SYS(pipe2),     SCMP_SYS(pipe),       SCMP_SYS(membarrier),
};

static const int calls_network[] = {
    SCMP_SYS(connect),    SCMP_SYS(sendto),      SCMP_SYS(recvfrom),    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),    SCMP_SYS(sendmmsg),    SCMP_SYS(recvmmsg),    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(bind),
    SCMP_SYS(shutdown),
};

/* Reading by path; what may be reached is Landlock's and the user's business. */
static const int calls_paths[] = {
    SCMP_SYS(stat),       SCMP_SYS(lstat),      SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(access),     SCMP_SYS(faccessat),  SCMP_SYS(faccessat2), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(getcwd),     SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
};

/* Ends the process even where other unlisted calls only fail. */
static const int calls_deadly[] = {
    SCMP_SYS(execve),           SCMP_SYS(execveat),          SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(mount),
    SCMP_SYS(init_module),      SCMP_SYS(finit_module),      SCMP_SYS(bpf),
};

static const unsigned long ioctls[] = {FIONREAD, FIONBIO, BLKGETSIZE64, BLKSSZGET, BLKIOMIN};

static struct scmp_arg_cmp argument_is(unsigned number, scmp_datum_t value)
{
    return (struct scmp_arg_cmp){number, SCMP_CMP_EQ, value, 0};
}

/* The bits of MASK in the argument are exactly VALUE. */
static struct scmp_arg_cmp argument_masked(unsigned number, scmp_datum_t mask, scmp_datum_t value)
{
    return (struct scmp_arg_cmp){number, SCMP_CMP_MASKED_EQ, mask, value};
}

static int allow_all(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t count)
{
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++)
        if (calls[i] >= 0) /* negative: not a call of this architecture */
            result = seccomp_rule_add(ctx, action, calls[i], 0);
    return result;
}

/* Memory that can be executed is a shared library of the host's, from a file, or nothing. */
static int allow_memory(scmp_filter_ctx ctx, const struct confine *policy)
{
    int result =
        seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, argument_masked(2, PROT_EXEC, 0));

    if (result == 0)
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                  argument_masked(2, PROT_EXEC, 0));
    if (result == 0 && policy->dynamic)
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                                  argument_masked(2, PROT_EXEC | PROT_WRITE, PROT_EXEC),
                                  argument_masked(3, MAP_ANONYMOUS, 0));
    return result;
}

static int allow_descriptors(scmp_filter_ctx ctx)
{
    static const int commands[] = {F_GETFL, F_SETFL, F_GETFD, F_SETFD, F_DUPFD_CLOEXEC};
    int result = 0;

    for (size_t i = 0; i < ARRAY_SIZE(commands) && result == 0; i++)
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                                  argument_is(1, (scmp_datum_t)commands[i]));
    for (size_t i = 0; i < ARRAY_SIZE(ioctls) && result == 0; i++)
        result =
            seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, argument_is(1, ioctls[i]));
    /* glibc's fstat(3) */
    if (result == 0)
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                  argument_masked(3, AT_EMPTY_PATH, AT_EMPTY_PATH));
    if (result == 0) /* limits may be read */
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, argument_is(2, 0));
    /* abort(3), of itself only */
    if (result == 0)
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                  argument_is(0, (scmp_datum_t)getpid()));
    return result;
}

static int allow_threads(scmp_filter_ctx ctx)
{
    const scmp_datum_t thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
    int result = allow_all(ctx, SCMP_ACT_ALLOW, calls_threads, ARRAY_SIZE(calls_threads));

    if (result == 0)
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                  argument_masked(0, thread, thread));
    /* Its flags are behind a pointer, where no filter can look: libc falls back on clone. */
    if (result == 0)
        result = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (result == 0)
        result =
            seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, argument_is(0, PR_SET_NAME));
    return result;
}

static int allow_network(scmp_filter_ctx ctx)
{
    static const int families[] = {AF_INET, AF_INET6, AF_NETLINK, AF_UNIX};
    int result = allow_all(ctx, SCMP_ACT_ALLOW, calls_network, ARRAY_SIZE(calls_network));

    for (size_t i = 0; i < ARRAY_SIZE(families) && result == 0; i++)
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                  argument_is(0, (scmp_datum_t)families[i]));
    if (result == 0)
        result =
            seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1, argument_is(0, AF_UNIX));
    return result;
}

static int allow_paths(scmp_filter_ctx ctx)
{
    const scmp_datum_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
    int result = allow_all(ctx, SCMP_ACT_ALLOW, calls_paths, ARRAY_SIZE(calls_paths));

    if (result == 0)
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                  argument_masked(2, writing, 0));
    if (result == 0 && SCMP_SYS(open) >= 0)
        result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
                                  argument_masked(1, writing, 0));
    return result;
}

int confine_seccomp(const struct confine *policy, struct buffer *missing, struct error *err)
{
    /* Kernels before 4.14 can only end the thread. */
    uint32_t deadly = seccomp_api_get() >= 3 ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_KILL;
    scmp_filter_ctx ctx;
    int result;

    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) {
        (void)buffer_addf(missing, "%sseccomp", missing->length ? " " : "");
        return 0;
    }
    ctx = seccomp_init(policy->dynamic ? SCMP_ACT_ERRNO(EPERM) : deadly);
    if (!ctx)
        return error_set(err, ERROR_INTERNAL, "cannot make a seccomp filter: out of memory");
    /* A binary tree of calls instead of a list of up to a hundred comparisons. */
    (void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    result = allow_all(ctx, SCMP_ACT_ALLOW, calls_always, ARRAY_SIZE(calls_always));
    if (result == 0)
        result = allow_memory(ctx, policy);
    if (result == 0)
        result = allow_descriptors(ctx);
    if (result == 0 && policy->dynamic)
        result = allow_all(ctx, deadly, calls_deadly, ARRAY_SIZE(calls_deadly));
    if (result == 0 && policy->threads)
        result = allow_threads(ctx);
    if (result == 0 && policy->network)
        result = allow_network(ctx);
    if (result == 0 && policy->read_paths)
        result = allow_paths(ctx);
    if (result == 0)
        result = seccomp_load(ctx);
    seccomp_release(ctx);
    if (result < 0) {
        errno = -result;
        return error_set_errno(err, ERROR_INTERNAL, "cannot set the seccomp filter");
    }
    return 0;
}
