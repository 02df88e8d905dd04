/* Attempts that are one system call each. See hostile.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>

#include "common/memory.h"
#include "tests/programs/hostile.h"

/* Numbers that every architecture has, and older headers lack. */
#define CALL_IO_URING_SETUP 425
#define CALL_OPEN_TREE      428
#define CALL_FSOPEN         430
#define CALL_PIDFD_OPEN     434
#define CALL_CLOSE_RANGE    436
#define CALL_EPOLL_PWAIT2   441
#define CALL_LANDLOCK       444
#define CALL_MEMFD_SECRET   447

#define P(pointer) ((unsigned long)(pointer))
#define HERE       P(AT_FDCWD)
#define A_FILE     P("/etc/passwd")
#define A_FOLDER   P("/etc")
#define NOWHERE    P("/tmp/eliloader-hostile")
/* A call that anyone may make, one for root, and one of which it is not known. */
#define ANY(name, call, ...)      \
    {                             \
        name, ANYONE, NULL, call, \
        {                         \
            __VA_ARGS__           \
        }                         \
    }
#define ROOTS(name, call, ...)  \
    {                           \
        name, ROOT, NULL, call, \
        {                       \
            __VA_ARGS__         \
        }                       \
    }
#define SOME(name, call, ...)    \
    {                            \
        name, MAYBE, NULL, call, \
        {                        \
            __VA_ARGS__          \
        }                        \
    }

static char place[4096], word[] = "x", comm[] = "hostile";
static unsigned long mask[16] = {~0ul}, signals = 1ul << (SIGUSR1 - 1), seconds[4];
static struct rlimit64 limit;
static struct sched_param parameters;
static struct timex clock_state;
static int timer, pair[2];

const struct hostile_attempt hostile_calls[] = {
    /* paths */
    ANY("open a path", SYS_openat, HERE, A_FILE, O_RDONLY),
    ANY("open the root", SYS_openat, HERE, P("/"), O_RDONLY),
    ANY("open a program", SYS_openat, HERE, P("/usr/bin/env"), O_RDONLY),
    ANY("open a system's state", SYS_openat, HERE, P("/proc/version"), O_RDONLY),
    ANY("open a device to write", SYS_openat, HERE, P("/dev/null"), O_WRONLY),
    ANY("open the memory", SYS_openat, HERE, P("/proc/self/mem"), O_RDWR),
    ANY("open the environment", SYS_openat, HERE, P("/proc/self/environ"), O_RDONLY),
    ROOTS("open root's secrets", SYS_openat, HERE, P("/etc/shadow"), O_RDONLY),
    SOME("open the first process", SYS_openat, HERE, P("/proc/1/environ"), O_RDONLY),
    ROOTS("open a kernel's setting", SYS_openat, HERE, P("/proc/sys/kernel/core_pattern"),
          O_WRONLY),
    ANY("open a handle of a path", SYS_openat, HERE, P("/"), O_PATH),
    ANY("make a nameless file", SYS_openat, HERE, P("/tmp"), O_TMPFILE | O_RDWR, 0600),
    ANY("look at a path", SYS_newfstatat, HERE, A_FILE, P(place), 0),
    ANY("look at a path more", SYS_statx, HERE, A_FILE, 0, 0xfff, P(place)),
    ANY("ask for access", SYS_faccessat, HERE, A_FILE, 4),
    ANY("read a link", SYS_readlinkat, HERE, P("/proc/self/exe"), P(place), sizeof place),
    ANY("ask for the folder", SYS_getcwd, P(place), sizeof place),
    ANY("look at a filesystem", SYS_statfs, A_FOLDER, P(place)),
    ANY("change the folder", SYS_chdir, P("/tmp")),
    ROOTS("change the root", SYS_chroot, P("/")),
    ANY("set the mask of modes", SYS_umask, 0),
    ANY("watch files", SYS_inotify_init1, 0),
    ROOTS("watch all files", SYS_fanotify_init, 0, O_RDONLY),
    ANY("read attributes", SYS_llistxattr, P("/"), P(place), sizeof place),
    ANY("write all to disks", SYS_sync),
    /* descriptors */
    ANY("ask for the request", SYS_lseek, 0, 0, SEEK_SET),
    ANY("double a descriptor", SYS_dup, 3),
    ANY("double it to a place", SYS_dup3, 3, 40, O_CLOEXEC),
    ANY("double it by fcntl", SYS_fcntl, 3, F_DUPFD, 40),
    ANY("double it closed at exec", SYS_fcntl, 3, F_DUPFD_CLOEXEC, 0),
    ANY("close many", CALL_CLOSE_RANGE, 50, 60, 0),
    ANY("make a pipe", SYS_pipe2, P(pair), O_CLOEXEC),
    ANY("wait on many", SYS_epoll_create1, EPOLL_CLOEXEC),
    ANY("make a counter", SYS_eventfd2, 0, EFD_CLOEXEC),
    ANY("get signals by descriptor", SYS_signalfd4, P(-1), P(&signals), sizeof signals, 0),
    ANY("get time by descriptor", SYS_timerfd_create, CLOCK_MONOTONIC, 0),
    ANY("own a pipe's signals", SYS_fcntl, 3, F_SETOWN, 0),
    ANY("choose a pipe's signal", SYS_fcntl, 3, F_SETSIG, SIGUSR1),
    ANY("enlarge a pipe", SYS_fcntl, 3, F_SETPIPE_SZ, 65536),
    ANY("set a pipe's flags", SYS_fcntl, 3, F_SETFL, 0),
    /* memory */
    ANY("map memory", SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, P(-1),
        0),
    ANY("map executable memory", SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
        MAP_PRIVATE | MAP_ANONYMOUS, P(-1), 0),
    ANY("make a memory's file", SYS_memfd_create, P(word), 0),
    SOME("make secret memory", CALL_MEMFD_SECRET, 0),
    ANY("lock memory", SYS_mlock, P(place), sizeof place),
    ANY("lock all memory", SYS_munlockall),
    ANY("share memory", SYS_shmget, IPC_PRIVATE, 4096, 0600),
    ANY("share a semaphore", SYS_semget, IPC_PRIVATE, 1, 0600),
    ANY("share messages", SYS_msgget, IPC_PRIVATE, 0600),
    SOME("handle own faults", SYS_userfaultfd, 0),
    ANY("bar its processors", SYS_membarrier, 0, 0, 0),
    /* processes */
    ANY("ask who it is", SYS_getuid),
    ANY("ask for its parent", SYS_getppid),
    ANY("ask for its session", SYS_getsid, 0),
    ANY("ask for its group", SYS_getpgid, 0),
    ANY("be traced", SYS_ptrace, 0, 0, 0, 0),
    ANY("change its kind", SYS_personality, 0x0040000 /* ADDR_NO_RANDOMIZE */),
    ANY("choose processors", SYS_sched_setaffinity, 0, sizeof mask, P(mask)),
    ANY("choose a policy", SYS_sched_setscheduler, 0, SCHED_BATCH, P(&parameters)),
    ANY("be nicer", SYS_setpriority, PRIO_PROCESS, 0, 19),
    ANY("be nicer on disks", SYS_ioprio_set, 1, 0, 3 << 13),
    ANY("set its own limits", SYS_setrlimit, RLIMIT_CORE, P(&limit)),
    ANY("ask for its own limits", SYS_prlimit64, 0, RLIMIT_CORE, 0, P(&limit)),
    ANY("set a timer", SYS_timer_create, CLOCK_MONOTONIC, 0, P(&timer)),
    ANY("set an alarm", SYS_setitimer, ITIMER_REAL, P(seconds), 0),
    ANY("ask for its locks", SYS_get_robust_list, 0, P(place), P(place + 8)),
    ANY("get a handle of a process", CALL_PIDFD_OPEN, 1, 0),
    /* power */
    ANY("take no other privileges", SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    ANY("be called something", SYS_prctl, PR_SET_NAME, P(comm)),
    ANY("be dumped", SYS_prctl, PR_SET_DUMPABLE, 1),
    ANY("outlive its parent", SYS_prctl, PR_SET_PDEATHSIG, 0),
    ANY("gather orphans", SYS_prctl, PR_SET_CHILD_SUBREAPER, 1),
    ANY("ask whether it is dumped", SYS_prctl, PR_GET_DUMPABLE),
    ROOTS("become root", SYS_setuid, 0),
    ROOTS("become root's group", SYS_setgid, 0),
    ROOTS("become all of root", SYS_setresuid, 0, 0, 0),
    ROOTS("take groups", SYS_setgroups, 0, 0),
    ROOTS("drop a capability", SYS_prctl, PR_CAPBSET_DROP, 0, 0, 0, 0),
    SOME("make a user namespace", SYS_unshare, CLONE_NEWUSER),
    ROOTS("make a mount namespace", SYS_unshare, CLONE_NEWNS),
    ROOTS("make a network", SYS_unshare, CLONE_NEWNET),
    ROOTS("own its folder", SYS_unshare, CLONE_FS),
    SOME("mount", SYS_mount, P("none"), NOWHERE, P("tmpfs"), 0, 0),
    SOME("unmount", SYS_umount2, NOWHERE, 0),
    SOME("move the root", SYS_pivot_root, P("."), P(".")),
    ROOTS("open a filesystem", CALL_FSOPEN, P("tmpfs"), 0),
    ANY("open a tree", CALL_OPEN_TREE, HERE, P("/"), 0),
    SOME("quotas", SYS_quotactl, 0, 0, 0, 0),
    SOME("swap", SYS_swapoff, NOWHERE),
    SOME("account", SYS_acct, NOWHERE),
    SOME("load a module", SYS_delete_module, P("eliloader-none"), O_NONBLOCK),
    SOME("reboot", SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0),
    ANY("ask for the clock's state", SYS_adjtimex, P(&clock_state)),
    SOME("read the kernel's log", SYS_syslog, 10, 0, 0),
    SOME("make rings", CALL_IO_URING_SETUP, 1, P(place)),
    SOME("load into the kernel", SYS_bpf, 0, 0, 0),
    SOME("measure", SYS_perf_event_open, P(place), 0, P(-1), P(-1), 0),
    SOME("keys", SYS_keyctl, 0, P(-2), 1),
    SOME("add a key", SYS_add_key, P("user"), P(word), P(word), 1, P(-2)),
    SOME("rules of its own", CALL_LANDLOCK, 0, 0, 1),
    /* signals */
    ANY("signal everybody", SYS_kill, P(-1), 0),
    ANY("signal its group", SYS_kill, 0, 0),
};
const size_t hostile_call_count = ARRAY_SIZE(hostile_calls);
