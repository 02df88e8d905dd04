/* Which system calls a confined helper may make.
 *
 * A helper that reads disks or archives is ended at the first call that is not listed: its
 * own code needs no other, so somebody else is speaking. One that is `lenient` runs libraries that
 * may try things which they can do without: there an unlisted call fails with EPERM, and only
 * starting programs and reaching into other processes ends it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/confine_seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Calls that an architecture or the headers of an older distribution lack: passed over. */
#ifndef __NR_access
#define __NR_access -1
#endif
#ifndef __NR_clone3
#define __NR_clone3 -1
#endif
#ifndef __NR_epoll_wait
#define __NR_epoll_wait -1
#endif
#ifndef __NR_faccessat2
#define __NR_faccessat2 -1
#endif
#ifndef __NR_fstatfs64
#define __NR_fstatfs64 (-1)
#endif
#ifndef __NR_lstat
#define __NR_lstat -1
#endif
#ifndef __NR_open
#define __NR_open -1
#endif
#ifndef __NR_pipe
#define __NR_pipe -1
#endif
#ifndef __NR_poll
#define __NR_poll -1
#endif
#ifndef __NR_readlink
#define __NR_readlink -1
#endif
#ifndef __NR_rseq
#define __NR_rseq -1
#endif
#ifndef __NR_select
#define __NR_select -1
#endif
#ifndef __NR_stat
#define __NR_stat -1
#endif
#ifndef __NR_statx
#define __NR_statx -1
#endif
#ifndef __NR_time
#define __NR_time -1
#endif
/* i386 has these by other names, and an older mmap whose arguments a filter cannot see. */
#ifdef __NR_mmap2
#undef __NR_mmap
#define __NR_mmap __NR_mmap2
#endif
#ifndef __NR_newfstatat
#define __NR_newfstatat __NR_fstatat64
#endif

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000u
#endif

/* Descriptors that are open already, memory without execution, time, its own end. */
static const int calls_always[] = {
    __NR_read,
    __NR_write,
    __NR_readv,
    __NR_writev,
    __NR_pread64,
    __NR_pwrite64,
    __NR_preadv,
    __NR_pwritev,
    __NR_lseek,
    __NR_fstat,
    __NR_fstatfs,
    __NR_fstatfs64,
    __NR_close,
    __NR_ftruncate,
    __NR_fadvise64,
    __NR_copy_file_range,
    __NR_fsync,
    __NR_fdatasync,
    __NR_munmap,
    __NR_mremap,
    __NR_madvise,
    __NR_brk,
    __NR_futex,
    __NR_clock_gettime,
    __NR_clock_getres,
    __NR_clock_nanosleep,
    __NR_nanosleep,
    __NR_gettimeofday,
    __NR_time,
    __NR_getrandom,
    __NR_exit,
    __NR_exit_group,
    __NR_rt_sigaction,
    __NR_rt_sigprocmask,
    __NR_rt_sigreturn,
    __NR_sigaltstack,
    __NR_getpid,
    __NR_gettid,
    __NR_poll,
    __NR_ppoll,
    __NR_select,
    __NR_pselect6,
    __NR_restart_syscall,
    __NR_sched_yield,
    __NR_sched_getaffinity,
    __NR_getcpu,
    __NR_uname,
    __NR_sysinfo,
    __NR_getrusage,
    __NR_getuid,
    __NR_geteuid,
    __NR_getgid,
    __NR_getegid,
    __NR_rseq,
    __NR_set_robust_list,
};

static const int calls_threads[] = {
    __NR_epoll_create1, __NR_epoll_ctl, __NR_epoll_wait, __NR_epoll_pwait,
    __NR_eventfd2,      __NR_pipe2,     __NR_pipe,       __NR_membarrier,
};

static const int calls_network[] = {
    __NR_connect, __NR_recvfrom, __NR_getsockopt, __NR_getsockname, __NR_getpeername, __NR_shutdown,
};

/* There is no listen(2): nobody connects to a port that was chosen. Landlock says which of TCP. */
static const int calls_bind[] = {__NR_bind};

/* Reading by path; what may be reached is Landlock's and the user's business. */
static const int calls_paths[] = {
    __NR_stat,      __NR_lstat,      __NR_newfstatat, __NR_statx,      __NR_access,
    __NR_faccessat, __NR_faccessat2, __NR_readlink,   __NR_readlinkat, __NR_getdents64,
    __NR_getcwd,    __NR_statfs,     __NR_fstatfs,
};

/* Ends the process even where other unlisted calls only fail. */
static const int calls_deadly[] = {
    __NR_execve,           __NR_execveat,          __NR_ptrace,
    __NR_process_vm_readv, __NR_process_vm_writev, __NR_mount,
    __NR_init_module,      __NR_finit_module,      __NR_bpf,
};

static const unsigned long ioctls[] = {FIONREAD,  FIONBIO,  BLKGETSIZE64,
                                       BLKSSZGET, BLKIOMIN, FICLONERANGE};

/* Argument ARGUMENT is VALUE. */
static void allow_value(struct filter *filter, int call, unsigned argument, uint64_t value)
{
    filter_allow_if(filter, (struct filter_rule){call, {{argument, UINT64_MAX, value}}});
}

/* The bits MASK of argument ARGUMENT are VALUE. */
static void allow_bits(struct filter *filter, int call, unsigned argument, uint64_t mask,
                       uint64_t value)
{
    filter_allow_if(filter, (struct filter_rule){call, {{argument, mask, value}}});
}

static void allow_calls(struct filter *filter, const int *calls, size_t count)
{
    filter_calls(filter, SECCOMP_RET_ALLOW, calls, count);
}

/* No memory that can be executed: what runs was mapped before. */
static void allow_memory(struct filter *filter)
{
    allow_bits(filter, __NR_mmap, 2, PROT_EXEC, 0);
    allow_bits(filter, __NR_mprotect, 2, PROT_EXEC, 0);
}

static void allow_descriptors(struct filter *filter)
{
    static const int commands[] = {F_GETFL, F_SETFL, F_GETFD, F_SETFD, F_DUPFD_CLOEXEC};

    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        allow_value(filter, __NR_fcntl, 1, (uint64_t)commands[i]);
    for (size_t i = 0; i < ARRAY_SIZE(ioctls); i++)
        allow_value(filter, __NR_ioctl, 1, ioctls[i]);
    /* glibc's fstat(3) */
    allow_bits(filter, __NR_newfstatat, 3, AT_EMPTY_PATH, AT_EMPTY_PATH);
    /* its own limits may be read */
    filter_allow_if(filter,
                    (struct filter_rule){__NR_prlimit64, {{0, UINT64_MAX, 0}, {2, UINT64_MAX, 0}}});
    /* FALLOC_FL_KEEP_SIZE would take room past the limit on a file's size */
    allow_value(filter, __NR_fallocate, 1, 0);
    /* abort(3), of itself only */
    allow_value(filter, __NR_tgkill, 0, (uint64_t)getpid());
}

static void allow_threads(struct filter *filter)
{
    static const int hidden[] = {__NR_clone3};
    /* As pthread_create(3) of glibc and musl has it, and in no other way. */
    const uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                            CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                            CLONE_CHILD_CLEARTID;

    allow_calls(filter, calls_threads, ARRAY_SIZE(calls_threads));
    allow_bits(filter, __NR_clone, 0, ~(uint64_t)CLONE_DETACHED, thread);
    /* Its flags are behind a pointer, where no filter can look: libc falls back on clone. */
    filter_calls(filter, SECCOMP_RET_ERRNO | ENOSYS, hidden, ARRAY_SIZE(hidden));
    allow_value(filter, __NR_prctl, 0, PR_SET_NAME);
}

/* A socket of FAMILY, TYPE (whatever its flags) and PROTOCOL, by socket(2) or socketpair(2). */
static void allow_socket(struct filter *filter, int call, int family, int type, int protocol)
{
    const uint64_t kind = ~(uint64_t)(SOCK_NONBLOCK | SOCK_CLOEXEC);

    filter_allow_if(filter, (struct filter_rule){call,
                                                 {{0, UINT64_MAX, (uint64_t)family},
                                                  {1, kind, (uint64_t)type},
                                                  {2, UINT64_MAX, (uint64_t)protocol}}});
}

/* TCP and UDP, and a pair for waking up one's own threads. Names are resolved by files and DNS
 * alone, which needs neither Unix sockets nor netlink. No descriptor leaves by any of them: there
 * is no sendmsg(2). */
static void allow_network(struct filter *filter)
{
    static const int families[] = {AF_INET, AF_INET6};
    static const int options[][2] = {
        {SOL_SOCKET, SO_KEEPALIVE},   {SOL_SOCKET, SO_RCVBUF},     {SOL_SOCKET, SO_SNDBUF},
        {SOL_SOCKET, SO_REUSEADDR},   {IPPROTO_TCP, TCP_NODELAY},  {IPPROTO_TCP, TCP_KEEPIDLE},
        {IPPROTO_TCP, TCP_KEEPINTVL}, {IPPROTO_TCP, TCP_KEEPCNT},  {IPPROTO_IP, IP_RECVERR},
        {IPPROTO_IPV6, IPV6_RECVERR}, {IPPROTO_IPV6, IPV6_V6ONLY},
    };

    allow_calls(filter, calls_network, ARRAY_SIZE(calls_network));
    /* A connection is made by connect(2) alone, which Landlock looks at. */
    allow_bits(filter, __NR_sendto, 3, MSG_FASTOPEN, 0);
    allow_bits(filter, __NR_sendmmsg, 3, MSG_FASTOPEN, 0);
    for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
        allow_socket(filter, __NR_socket, families[i], SOCK_STREAM, 0);
        allow_socket(filter, __NR_socket, families[i], SOCK_STREAM, IPPROTO_TCP);
        allow_socket(filter, __NR_socket, families[i], SOCK_DGRAM, 0);
        allow_socket(filter, __NR_socket, families[i], SOCK_DGRAM, IPPROTO_UDP);
    }
    allow_socket(filter, __NR_socketpair, AF_UNIX, SOCK_STREAM, 0);
    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        filter_allow_if(filter, (struct filter_rule){__NR_setsockopt,
                                                     {{1, UINT64_MAX, (uint64_t)options[i][0]},
                                                      {2, UINT64_MAX, (uint64_t)options[i][1]}}});
}

static void allow_paths(struct filter *filter)
{
    /* O_PATH too: Landlock does not look at a handle without a right. */
    const uint64_t refused =
        O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_PATH | (O_TMPFILE & ~O_DIRECTORY);

    allow_calls(filter, calls_paths, ARRAY_SIZE(calls_paths));
    allow_bits(filter, __NR_openat, 2, refused, 0);
    allow_bits(filter, __NR_open, 1, refused, 0);
}

void confine_filter(const struct confine *policy, struct filter *filter)
{
    /* Kernels before 4.14 do not look at its bit, and see SECCOMP_RET_KILL_THREAD. */
    const uint32_t deadly = SECCOMP_RET_KILL_PROCESS;

    filter_init(filter, policy->lenient ? SECCOMP_RET_ERRNO | EPERM : deadly, deadly);
    allow_calls(filter, calls_always, ARRAY_SIZE(calls_always));
    allow_memory(filter);
    allow_descriptors(filter);
    if (policy->terminal)
        allow_value(filter, __NR_ioctl, 1, TIOCGWINSZ);
    if (policy->lenient)
        filter_calls(filter, deadly, calls_deadly, ARRAY_SIZE(calls_deadly));
    if (policy->threads)
        allow_threads(filter);
    if (policy->network)
        allow_network(filter);
    if (policy->network && (policy->bind || policy->privileged_ports))
        allow_calls(filter, calls_bind, ARRAY_SIZE(calls_bind));
    if (policy->read_paths)
        allow_paths(filter);
}

int confine_seccomp(const struct confine *policy, struct buffer *missing, struct error *err)
{
    struct sock_filter instructions[FILTER_PROGRAM_MAX];
    struct sock_fprog program = {.filter = instructions};
    struct filter filter;

    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) {
        (void)buffer_addf(missing, "%sseccomp", missing->length ? " " : "");
        return 0;
    }
    confine_filter(policy, &filter);
    program.len = (unsigned short)filter_assemble(&filter, instructions);
    if (!program.len)
        return error_set(err, ERROR_INTERNAL, "cannot make the seccomp filter: it is too long");
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot set the seccomp filter");
    return 0;
}
