/* Confinement: children lock themselves in and try what they must not. Each attempt either ends
 * them or fails, as the policy says; what they need goes on working.
 * Boundaries: fetch fsprobe resources
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/confine.h"
#include "tests/unit/skip.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

#define MIB         (UINT64_C(1) << 20)
#define MEMORY_MAX  (256 * MIB)
#define FILE_MAX    (64 * UINT64_C(1024))
#define DESCRIPTORS 24

/* How an attempt ended. */
enum {
    DONE = 0,    /* it was let through */
    FAILED = 10, /* the call failed */
    UNCONFINED = 20,
    MISSING = 30, /* the attempt could not be made */
    NO_LANDLOCK = 40,
    SOME_PORT = 50, /* it has the port, and cannot listen on it */
    KILLED = 100,
};

/* What the children inherit. */
static int readable = -1, writable = -1;
static char folder[64], path[96];

typedef int attempt(void);

/* A reader of disks or archives: no paths, no network. */
static const struct confine strict = {.uid = CONFINE_DEFAULT_UID,
                                      .memory = MEMORY_MAX,
                                      .file_size = FILE_MAX,
                                      .descriptors = DESCRIPTORS};
/* As fetch is. */
static const char *const readables[] = {"/etc", "/nowhere", "/usr", "/lib", NULL};
static const struct confine network = {.uid = CONFINE_DEFAULT_UID,
                                       .memory = MEMORY_MAX,
                                       .file_size = FILE_MAX,
                                       .descriptors = DESCRIPTORS,
                                       .threads = true,
                                       .network = true,
                                       .lenient = true,
                                       .read_paths = readables};

static int result_of(long call)
{
    return call < 0 ? FAILED : DONE;
}

static int open_path(void)
{
    return result_of(open(path, O_RDONLY | O_CLOEXEC));
}

static int in_child(const struct confine *policy, attempt *try)
{
    auto_buffer struct buffer missing = BUFFER_INIT(64);
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        if (confine_enter(policy, &missing, NULL) < 0)
            _exit(UNCONFINED);
        if (missing.length && try == open_path)
            _exit(NO_LANDLOCK);
        _exit(try());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    int result = WIFEXITED(status) ? WEXITSTATUS(status) : KILLED + WTERMSIG(status);
    assert_int_not_equal(result, UNCONFINED);
    return result;
}

/* --- what must not be done ------------------------------------------------------------------ */

static int open_etc(void)
{
    return result_of(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}
static int create_path(void)
{
    return result_of(open("/tmp/eliloader-unit-created", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}
static int unlink_path(void)
{
    return result_of(unlink(path));
}
static int make_socket(void)
{
    return result_of(socket(AF_INET, SOCK_STREAM, 0));
}
static int make_packet_socket(void)
{
    return result_of(socket(AF_PACKET, SOCK_RAW, 0));
}
static int listen_on_socket(void)
{
    const struct sockaddr_in any = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0)
        return MISSING;
    (void)!bind(fd, (const struct sockaddr *)&any, sizeof any);
    return result_of(listen(fd, 1));
}
static int clone_process(void)
{
    return result_of(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
}
static int fork_process(void)
{
#ifdef SYS_fork
    return result_of(syscall(SYS_fork));
#else /* the architecture has another one */
    return clone_process();
#endif
}
static int execute(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return FAILED;
}
static int map_executable(void)
{
    void *memory =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? FAILED : DONE;
}
static int make_executable(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? MISSING
                                : result_of(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}
static int write_readable(void)
{
    return result_of(write(readable, "x", 1));
}
static int kill_parent(void)
{
    return result_of(kill(getppid(), SIGUSR2));
}
static int trace_parent(void)
{
    return result_of(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}
static int mount_something(void)
{
    return result_of(syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL));
}
static int become_root(void)
{
    return setuid(0) < 0 && geteuid() != 0 ? FAILED : DONE;
}
static int new_namespace(void)
{
    return result_of(syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */));
}
static int grow_file(void)
{
    static char bytes[4096];

    for (uint64_t size = 0; size < FILE_MAX; size += sizeof bytes)
        if (write(writable, bytes, sizeof bytes) != (ssize_t)sizeof bytes)
            return MISSING;
    return write(writable, bytes, 1) < 0 && errno == EFBIG ? FAILED : DONE;
}
static int truncate_far(void)
{
    if (ftruncate(writable, (off_t)FILE_MAX) < 0)
        return MISSING;
    return result_of(ftruncate(writable, (off_t)FILE_MAX + 1));
}
#ifndef WITH_ASAN /* where memory is not limited */
static int take_memory(void)
{
    return malloc(MEMORY_MAX) ? DONE : FAILED;
}
#endif
static int take_descriptors(void)
{
    for (int i = 0; i < DESCRIPTORS; i++)
        if (fcntl(readable, F_DUPFD_CLOEXEC, 0) < 0)
            return FAILED;
    return DONE;
}
static int raise_limit(void)
{
    const struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};

    return result_of(setrlimit(RLIMIT_FSIZE, &more));
}
static int dump_core(void)
{
    struct rlimit now;

    return getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_max == 0 ? FAILED : DONE;
}

struct trial {
    attempt *try;
    const char *name;
    int strict, network; /* KILLED: by SIGSYS; FAILED; DONE */
};

static const struct trial trials[] = {
    {open_path, "open", KILLED, FAILED},
    {open_etc, "open below /etc", KILLED, DONE},
    {create_path, "create", KILLED, FAILED},
    {unlink_path, "unlink", KILLED, FAILED},
    {make_socket, "socket", KILLED, DONE},
    {make_packet_socket, "packet socket", KILLED, FAILED},
    {listen_on_socket, "listen", KILLED, FAILED},
    {fork_process, "fork", KILLED, FAILED},
    {clone_process, "clone", KILLED, FAILED},
    {execute, "exec", KILLED, KILLED},
    {map_executable, "executable memory", KILLED, FAILED},
    {make_executable, "memory made executable", KILLED, FAILED},
    {write_readable, "write to a read-only descriptor", FAILED, FAILED},
    {kill_parent, "kill", KILLED, FAILED},
    {trace_parent, "ptrace", KILLED, KILLED},
    {mount_something, "mount", KILLED, KILLED},
    {become_root, "setuid", KILLED, FAILED},
    {new_namespace, "unshare", KILLED, FAILED},
    {grow_file, "a file past its limit", FAILED, FAILED},
    {truncate_far, "a file made long", FAILED, FAILED},
#ifndef WITH_ASAN
    {take_memory, "memory past its limit", FAILED, FAILED},
#endif
    {take_descriptors, "too many descriptors", FAILED, FAILED},
    {raise_limit, "a limit raised", KILLED, FAILED},
    {dump_core, "a core file", FAILED, FAILED},
};

static void expect(const char *name, const char *policy, int got, int expected)
{
    if (expected == KILLED)
        expected += SIGSYS;
    if (got == NO_LANDLOCK && expected == FAILED)
        cannot_run("this kernel has no Landlock");
    else if (got == MISSING)
        cannot_run(name);
    else if (got != expected)
        fail_msg("%s, %s: %d, not %d", policy, name, got, expected);
}

static void what_a_reader_must_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(trials); i++)
        expect(trials[i].name, "strict", in_child(&strict, trials[i].try), trials[i].strict);
    assert_int_equal(access(path, F_OK), 0);
}

static void what_the_network_helper_must_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(trials); i++)
        expect(trials[i].name, "network", in_child(&network, trials[i].try), trials[i].network);
    assert_int_equal(access(path, F_OK), 0);
}

/* --- what must go on working ---------------------------------------------------------------- */

static int ordinary_work(void)
{
    char byte;
    struct stat status;
    void *memory = malloc(16 * MIB);

    if (!memory || pread(readable, &byte, 1, 0) != 1 || write(writable, "x", 1) != 1 ||
        fstat(writable, &status) < 0 || ftruncate(writable, 0) < 0)
        return FAILED;
    memset(memory, 1, 16 * MIB);
    free(memory);
    return DONE;
}

static void *thread_body(void *argument)
{
    return argument;
}
static int start_thread(void)
{
    pthread_t thread;
    void *result = NULL;

    if (pthread_create(&thread, NULL, thread_body, folder) != 0)
        return FAILED;
    return pthread_join(thread, &result) == 0 && result ? DONE : FAILED;
}

static int abort_itself(void)
{
    abort();
}

static int user_is_another(void)
{
    return getuid() == CONFINE_DEFAULT_UID && getegid() == CONFINE_DEFAULT_UID ? DONE : FAILED;
}

static void what_goes_on_working(void **state)
{
    (void)state;
    assert_int_equal(in_child(&strict, ordinary_work), DONE);
    assert_int_equal(in_child(&network, ordinary_work), DONE);
    assert_int_equal(in_child(&network, start_thread), DONE);
    assert_int_equal(in_child(&strict, abort_itself), KILLED + SIGABRT);
    if (geteuid() == 0) {
        assert_int_equal(in_child(&strict, user_is_another), DONE);
        assert_int_equal(in_child(&network, user_is_another), DONE);
    }
}

static int keep_root(void)
{
    struct confine policy = strict;
    auto_buffer struct buffer missing = BUFFER_INIT(64);
    auto_error struct error err = ERROR_INIT;

    policy.uid = 0;
    if (confine_enter(&policy, &missing, &err) == 0)
        return DONE;
    return strstr(err.text, "cannot give up root") ? FAILED : UNCONFINED;
}

static void root_is_no_user_to_become(void **state)
{
    int status = -1;
    pid_t pid;

    (void)state;
    if (geteuid() != 0) /* whoever is not root cannot keep root's power */
        return;
    pid = fork();
    if (pid == 0)
        _exit(keep_root());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, FAILED << 8);
}

/* A limit of whoever started us stays when it is the stricter one. */
static void stricter_limits_stay(void **state)
{
    const struct rlimit low = {4096, 4096};
    struct rlimit now;
    auto_buffer struct buffer missing = BUFFER_INIT(64);
    int status = -1;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        if (setrlimit(RLIMIT_FSIZE, &low) < 0 || confine_enter(&strict, &missing, NULL) < 0 ||
            getrlimit(RLIMIT_FSIZE, &now) < 0)
            _exit(UNCONFINED);
        _exit(now.rlim_cur == 4096 && now.rlim_max == 4096 ? DONE : FAILED);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/eliloader-unit.XXXXXX");
    if (!mkdtemp(folder) || chmod(folder, 0755) < 0)
        return -1;
    strcpy(stpcpy(path, folder), "/file");
    writable = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    readable = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    return writable < 0 || readable < 0 ? -1 : 0;
}

/* Of root's powers one is left, and of that its half. */
static int use_reserved_ports(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    for (uint16_t port = 1023; port >= 1000; port--) {
        auto_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        at.sin_port = htons(port);
        if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0)
            return listen(fd, 1) == 0 ? DONE : SOME_PORT;
        if (errno != EADDRINUSE)
            return FAILED;
    }
    return MISSING;
}

static int use_a_service(void)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(511), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    auto_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return result_of(bind(fd, (struct sockaddr *)&at, sizeof at));
}

static void reserved_ports(void **state)
{
    (void)state;
    struct confine policy = network;
    bool by_landlock = syscall(444, NULL, 0, 1) >= 4;

    policy.privileged_ports = true;
    assert_int_equal(in_child(&policy, use_reserved_ports), geteuid() == 0 ? SOME_PORT : FAILED);
    if (by_landlock || geteuid() != 0)
        assert_int_equal(in_child(&policy, use_a_service), FAILED);
    assert_int_not_equal(in_child(&policy, become_root), DONE);
    policy.privileged_ports = false;
    assert_int_equal(in_child(&policy, use_reserved_ports), FAILED);
}

static int tear_down(void **state)
{
    (void)state;
    close_fd(&writable);
    close_fd(&readable);
    (void)unlink(path);
    return rmdir(folder);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* A filter that cannot be read is refused with EFAULT, and with EINVAL where there are none. */
static bool kernel_filters(void)
{
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) < 0 && errno == EFAULT;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_a_reader_must_not), IN_FOLDER(what_the_network_helper_must_not),
        IN_FOLDER(what_goes_on_working),   IN_FOLDER(root_is_no_user_to_become),
        IN_FOLDER(stricter_limits_stay),   IN_FOLDER(reserved_ports),
    };

    if (!kernel_filters())
        return cannot_run_any("this kernel has no seccomp filters");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
