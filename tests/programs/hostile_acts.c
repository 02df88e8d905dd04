/* Attempts on files, memory and processes that take more than one call. See hostile.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/child.h"
#include "common/memory.h"
#include "tests/programs/hostile.h"

#define MADE "/tmp/eliloader-hostile"
/* Past what any helper may have: bytes of a file, of memory, threads, descriptors. */
#define MUCH_FILE    (INT64_C(8) << 30)
#define MUCH_MEMORY  ((size_t)1 << 30)
#define MANY_THREADS 500
#define MANY_FDS     2000
#define CALL_CLONE3  435
#define KEEP_SIZE    1 /* FALLOC_FL_KEEP_SIZE (linux/falloc.h) */

static char byte = 'x', place[4096];

/* --- files ----------------------------------------------------------------------------------- */

static bool nothing(void)
{
    return true;
}

static bool create(void)
{
    bool made = open(MADE, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;

    (void)unlink(MADE);
    return made;
}

static bool make_folder(void)
{
    bool made = mkdir(MADE, 0700) == 0;

    (void)rmdir(MADE);
    return made;
}

static bool make_link(void)
{
    bool made = symlink("/etc/passwd", MADE) == 0;

    (void)unlink(MADE);
    return made;
}

static bool make_pipe(void)
{
    bool made = mknod(MADE, S_IFIFO | 0600, 0) == 0;

    (void)unlink(MADE);
    return made;
}

static bool open_again(int fd, int flags)
{
    char path[32];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, flags | O_CLOEXEC) >= 0;
}

static bool open_input_to_write(void)
{
    return open_again(hostile_input, O_RDWR);
}

static bool open_output_to_read(void)
{
    return open_again(hostile_output, O_RDONLY);
}

static bool read_input(void)
{
    return pread(hostile_input, place, 1, 0) == 1;
}

static bool write_input(void)
{
    return pwrite(hostile_input, &byte, 1, 0) == 1 || write(hostile_input, &byte, 1) == 1;
}

static bool write_request(void)
{
    return pwrite(STDIN_FILENO, &byte, 1, 0) == 1 || ftruncate(STDIN_FILENO, MUCH_FILE) == 0;
}

static bool run_request(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, STDIN_FILENO, 0) != MAP_FAILED;
}

static bool run_input(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, hostile_input, 0) != MAP_FAILED;
}

static bool write_output(void)
{
    return pwrite(hostile_output, &byte, 1, 0) == 1;
}

static bool empty_output(void)
{
    return ftruncate(hostile_output, 0) == 0;
}

static bool save_output(void)
{
    return fsync(hostile_output) == 0;
}

static bool make_room(void)
{
    return fallocate(hostile_output, 0, 0, 4096) == 0;
}

static bool make_hidden_room(void)
{
    return fallocate(hostile_output, KEEP_SIZE, 0, 4096) == 0;
}

static bool make_much_room(void)
{
    return fallocate(hostile_output, 0, 0, MUCH_FILE) == 0;
}

static bool write_far(void)
{
    return pwrite(hostile_output, &byte, 1, MUCH_FILE) == 1;
}

static bool make_long(void)
{
    return ftruncate(hostile_output, MUCH_FILE) == 0;
}

static bool copy_far(void)
{
    off_t from = 0, to = MUCH_FILE;

    return copy_file_range(hostile_input, &from, hostile_output, &to, 1, 0) == 1;
}

static bool send_file(void)
{
    off_t from = 0;

    return sendfile(hostile_output, hostile_input, &from, 1) == 1;
}

static bool send_pages(void)
{
    struct iovec piece = {&byte, 1};

    return vmsplice(CHILD_ANSWER_FD, &piece, 1, 0) >= 0 || errno == EBADF;
}

static bool set_output_mode(void)
{
    return fchmod(hostile_output, 0666) == 0;
}

static bool set_output_owner(void)
{
    return fchown(hostile_output, (uid_t)-1, (gid_t)-1) == 0;
}

static bool set_output_times(void)
{
    return futimens(hostile_output, NULL) == 0;
}

static bool name_output(void)
{
    bool named = linkat(hostile_output, "", AT_FDCWD, MADE, AT_EMPTY_PATH) == 0;

    (void)unlink(MADE);
    return named;
}

static bool lease_output(void)
{
    return fcntl(hostile_output, F_SETLEASE, F_WRLCK) == 0;
}

static bool lock_output(void)
{
    struct flock lock = {.l_type = F_WRLCK};

    return flock(hostile_output, LOCK_EX | LOCK_NB) == 0 ||
           fcntl(hostile_output, F_SETLK, &lock) == 0;
}

static bool notify_of_files(void)
{
    return fcntl(STDIN_FILENO, F_NOTIFY, DN_ACCESS) == 0 || errno == ENOTDIR;
}

static bool set_output_flags(void)
{
    int flags = 0;

    return ioctl(hostile_output, FS_IOC_SETFLAGS, &flags) == 0;
}

static bool clone_input(void)
{
    return ioctl(hostile_output, FICLONE, hostile_input) == 0;
}

static bool type_for_others(void)
{
    return ioctl(STDERR_FILENO, TIOCSTI, &byte) == 0;
}

static bool open_many(void)
{
    for (int i = 0; i < MANY_FDS; i++)
        if (fcntl(CHILD_ANSWER_FD, F_DUPFD_CLOEXEC, 0) < 0)
            return false;
    return true;
}

/* What eliloader or its caller had open besides: nothing is above the highest that it was given. */
static bool use_descriptors(void)
{
    int last = hostile_input > hostile_output ? hostile_input : hostile_output;

    for (int fd = last + 1; fd <= 1023; fd++)
        if (pread(fd, place, 1, 0) >= 0 || errno != EBADF)
            return true;
    return false;
}

/* --- memory ---------------------------------------------------------------------------------- */

static bool protect(int first, int later)
{
    void *page = mmap(NULL, 4096, first, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page != MAP_FAILED && mprotect(page, 4096, later) == 0;
}

static bool make_executable(void)
{
    return protect(PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC);
}

static bool make_writable(void)
{
    return protect(PROT_READ, PROT_READ | PROT_WRITE);
}

static bool make_executable_by_key(void)
{
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page != MAP_FAILED &&
           syscall(SYS_pkey_mprotect, page, 4096, PROT_READ | PROT_EXEC, -1) == 0;
}

static bool change_code(void)
{
    void *page = (void *)((size_t)nothing & ~(size_t)4095);

    return mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == 0;
}

static bool take_memory(void)
{
    return mmap(NULL, MUCH_MEMORY, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED;
}

static bool compute_for_ever(void)
{
    struct rlimit now;

    return getrlimit(RLIMIT_CPU, &now) == 0 && now.rlim_max == RLIM_INFINITY;
}

/* Not bounded here: the test that runs it ends it. */
static bool loop(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
    return true;
}

/* --- processes ------------------------------------------------------------------------------- */

/* Whoever is the new process ends at once. */
static bool born(long pid)
{
    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static bool fork_by_clone(void)
{
    return born(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
}

static bool fork_by_clone3(void)
{
    unsigned long long arguments[8] = {[4] = SIGCHLD};

    return born(syscall(CALL_CLONE3, arguments, sizeof arguments));
}

static bool fork_by_vfork(void)
{
    pid_t pid = vfork();

    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static int end_at_once(void *context)
{
    (void)context;
    return 0;
}

static bool clone_with(unsigned long flags)
{
    static char stack[65536];

    return clone(end_at_once, stack + sizeof stack - 64, (int)flags, NULL) > 0;
}

static bool clone_sharing(void)
{
    return clone_with(CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD);
}

static bool clone_sibling(void)
{
    return clone_with(CLONE_PARENT | CLONE_VM | SIGCHLD);
}

static bool clone_untraced(void)
{
    return clone_with(CLONE_UNTRACED | SIGCHLD);
}

static bool clone_user(void)
{
    return clone_with(CLONE_NEWUSER | SIGCHLD) || errno == EINVAL || errno == ENOSPC;
}

static bool thread_by_hand(void)
{
    return clone_with(CLONE_VM | CLONE_THREAD | CLONE_SIGHAND);
}

static void *thread_body(void *context)
{
    const struct timespec moment = {2, 0};

    if (context)
        nanosleep(&moment, NULL);
    return NULL;
}

static bool start_thread(void)
{
    pthread_t thread;

    return pthread_create(&thread, NULL, thread_body, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

/* As pthread_create() would, but on no memory of their own: what bounds memory does not bound
 * them. */
static bool start_many_threads(void)
{
    const unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                                CLONE_CHILD_CLEARTID;
    static char blocks[MANY_THREADS][1024], stacks[MANY_THREADS][4096];
    static int ids[MANY_THREADS];

    for (size_t i = 0; i < MANY_THREADS; i++)
        if (clone((int (*)(void *))(void (*)(void))thread_body, stacks[i] + sizeof stacks[i] - 64,
                  (int)flags, &byte, &ids[i], blocks[i] + 512, &ids[i]) < 0)
            return false;
    return true;
}

static bool execute(void)
{
    /* Should it go through, this is what the driver sees. */
    execl("/bin/sh", "sh", "-c",
          "echo '{\"error\":{\"name\":\"INTERNAL\",\"text\":\"" HOSTILE_ESCAPED "\"}}' >&3",
          (char *)NULL);
    return false;
}

static bool execute_request(void)
{
    static char *const words[] = {place, NULL};

    return syscall(SYS_execveat, STDIN_FILENO, "", words, words + 1, AT_EMPTY_PATH) == 0 ||
           errno == EACCES || errno == ENOEXEC;
}

static bool signal_parent(void)
{
    return kill(getppid(), 0) == 0;
}

static bool signal_parent_thread(void)
{
    return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0 ||
           syscall(SYS_tkill, getppid(), 0) == 0;
}

static bool signal_parent_with_value(void)
{
    siginfo_t info = {.si_signo = 0, .si_code = -1};

    return syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info) == 0;
}

static bool signal_by_handle(void)
{
    long handle = syscall(434 /* pidfd_open */, getppid(), 0);

    return handle >= 0 && syscall(424 /* pidfd_send_signal */, handle, 0, NULL, 0) == 0;
}

static bool trace_parent(void)
{
    return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0;
}

static bool read_itself(void)
{
    struct iovec to = {place, 1}, from = {&byte, 1};

    return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 1;
}

static bool write_itself(void)
{
    struct iovec from = {place, 1}, to = {&byte, 1};

    return process_vm_writev(getpid(), &from, 1, &to, 1, 0) == 1;
}

static bool ask_parents_limits(void)
{
    struct rlimit limit;

    return prlimit(getppid(), RLIMIT_CORE, NULL, &limit) == 0;
}

static bool raise_limits(void)
{
    struct rlimit limit;

    return prlimit(0, RLIMIT_CORE, NULL, &limit) == 0 && prlimit(0, RLIMIT_CORE, &limit, NULL) == 0;
}

static bool leave_group(void)
{
    return setsid() >= 0 || setpgid(0, getpgrp()) == 0;
}

static bool enter_namespace(void)
{
    int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

    return fd >= 0 && setns(fd, 0) == 0;
}

static bool name_host(void)
{
    char name[65];

    return gethostname(name, sizeof name) == 0 && sethostname(name, strlen(name)) == 0;
}

/* To a time that there is not: who may set the clock sees EINVAL. */
static bool set_clock(void)
{
    const long never[2] = {0, -1};

    return syscall(SYS_clock_settime, CLOCK_REALTIME, never) == 0 || errno == EINVAL;
}

static bool drop_capabilities(void)
{
    unsigned header[2] = {0x20080522, 0}, sets[6] = {0};

    return syscall(SYS_capset, header, sets) == 0;
}

static bool look_for_capabilities(void)
{
    unsigned header[2] = {0x20080522, 0}, sets[6] = {0};

    return syscall(SYS_capget, header, sets) == 0;
}

const struct hostile_attempt hostile_acts[] = {
    {"nothing", ANYONE, nothing, 0, {0}},
    {"create a file", ANYONE, create, 0, {0}},
    {"make a folder", ANYONE, make_folder, 0, {0}},
    {"make a link", ANYONE, make_link, 0, {0}},
    {"make a named pipe", ANYONE, make_pipe, 0, {0}},
    {"open the input to write", MAYBE, open_input_to_write, 0, {0}},
    {"open the output to read", MAYBE, open_output_to_read, 0, {0}},
    {"read the input", ANYONE, read_input, 0, {0}},
    {"write to the input", MAYBE, write_input, 0, {0}},
    {"write to the request", MAYBE, write_request, 0, {0}},
    {"run the request", MAYBE, run_request, 0, {0}},
    {"run the input", MAYBE, run_input, 0, {0}},
    {"write to the output", ANYONE, write_output, 0, {0}},
    {"empty the output", ANYONE, empty_output, 0, {0}},
    {"save the output", ANYONE, save_output, 0, {0}},
    {"make room in the output", MAYBE, make_room, 0, {0}},
    {"make hidden room in the output", MAYBE, make_hidden_room, 0, {0}},
    {"make much room in the output", MAYBE, make_much_room, 0, {0}},
    {"write far into the output", MAYBE, write_far, 0, {0}},
    {"make the output long", MAYBE, make_long, 0, {0}},
    {"copy far into the output", MAYBE, copy_far, 0, {0}},
    {"send a file", ANYONE, send_file, 0, {0}},
    {"send pages", ANYONE, send_pages, 0, {0}},
    {"set the output's mode", MAYBE, set_output_mode, 0, {0}},
    {"set the output's owner", MAYBE, set_output_owner, 0, {0}},
    {"set the output's times", ANYONE, set_output_times, 0, {0}},
    {"name the output", MAYBE, name_output, 0, {0}},
    {"lease the output", MAYBE, lease_output, 0, {0}},
    {"lock the output", ANYONE, lock_output, 0, {0}},
    {"be told of files", ANYONE, notify_of_files, 0, {0}},
    {"set the output's flags", MAYBE, set_output_flags, 0, {0}},
    {"make the output the input's clone", MAYBE, clone_input, 0, {0}},
    {"type for others", MAYBE, type_for_others, 0, {0}},
    {"open many descriptors", MAYBE, open_many, 0, {0}},
    {"use other descriptors", MAYBE, use_descriptors, 0, {0}},
    {"make memory executable", ANYONE, make_executable, 0, {0}},
    {"make memory writable", ANYONE, make_writable, 0, {0}},
    {"make memory executable by a key", ANYONE, make_executable_by_key, 0, {0}},
    {"change its code", ANYONE, change_code, 0, {0}},
    {"take much memory", ANYONE, take_memory, 0, {0}},
    {"compute for ever", ANYONE, compute_for_ever, 0, {0}},
    {"loop for ever", MAYBE, loop, 0, {0}},
    {"fork", ANYONE, fork_by_clone, 0, {0}},
    {"fork by clone3", ANYONE, fork_by_clone3, 0, {0}},
    {"fork by vfork", ANYONE, fork_by_vfork, 0, {0}},
    {"clone and share", ANYONE, clone_sharing, 0, {0}},
    {"clone a sibling", ANYONE, clone_sibling, 0, {0}},
    {"clone untraced", ANYONE, clone_untraced, 0, {0}},
    {"clone another user", MAYBE, clone_user, 0, {0}},
    {"make a thread by hand", ANYONE, thread_by_hand, 0, {0}},
    {"start a thread", ANYONE, start_thread, 0, {0}},
    {"start many threads", ANYONE, start_many_threads, 0, {0}},
    {"execute a program", ANYONE, execute, 0, {0}},
    {"execute the request", MAYBE, execute_request, 0, {0}},
    {"signal the parent", ANYONE, signal_parent, 0, {0}},
    {"signal the parent's thread", ANYONE, signal_parent_thread, 0, {0}},
    {"signal the parent with a value", MAYBE, signal_parent_with_value, 0, {0}},
    {"signal the parent by a handle", MAYBE, signal_by_handle, 0, {0}},
    {"trace the parent", ROOT, trace_parent, 0, {0}},
    {"read itself from outside", ANYONE, read_itself, 0, {0}},
    {"write itself from outside", ANYONE, write_itself, 0, {0}},
    {"ask for the parent's limits", ANYONE, ask_parents_limits, 0, {0}},
    {"set its own limits by another call", ANYONE, raise_limits, 0, {0}},
    {"leave its group", MAYBE, leave_group, 0, {0}},
    {"enter a namespace", ROOT, enter_namespace, 0, {0}},
    {"name the host", ROOT, name_host, 0, {0}},
    {"set the clock", MAYBE, set_clock, 0, {0}},
    {"set its capabilities", ANYONE, drop_capabilities, 0, {0}},
    {"ask for its capabilities", ANYONE, look_for_capabilities, 0, {0}},
};
const size_t hostile_act_count = ARRAY_SIZE(hostile_acts);
