/* fsprobe as it would be when a guest's disk had taken it over: its own main(), which confines
 * it as ever, and then, in place of the look at the disks, whatever the disk's first line says.
 * (Linked with --wrap=probe_run; see confinement.t.)
 *
 * An attack that is let through says so in the answer; one that fails ends with FAILED.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/protocol/fsprobe.h"
#include "fsprobe/answer.h"
#include "fsprobe/probe.h"

#define FAILED     77
#define DESCRIPTOR 1023 /* the highest that is looked for */

void __wrap_probe_run(struct probe *probe, const struct probe_request *request);

static bool open_path(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool open_descriptor(void)
{
    return open("/proc/self/fd/4", O_RDWR | O_CLOEXEC) >= 0;
}

static bool create_path(void)
{
    return open("/tmp/eliloader-hostile", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;
}

static bool make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool make_unix_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool fork_process(void)
{
    return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) >= 0;
}

static bool execute(void)
{
    /* Should it go through, the loader sees a helper that ends well, without an answer. */
    execl("/bin/sh", "sh", "-c", "echo '{\"error\":{\"text\":\"ESCAPED\"}}' >&3", (char *)NULL);
    return false;
}

static bool map_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) != MAP_FAILED;
}

static bool protect_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool write_disk(void)
{
    return write(CHILD_FIRST_FD, "x", 1) == 1;
}

static bool write_disk_at(void)
{
    return pwrite(CHILD_FIRST_FD, "x", 1, 0) == 1;
}

static bool signal_parent(void)
{
    return kill(getppid(), SIGKILL) == 0;
}

static bool signal_group(void)
{
    return kill(-1, SIGTERM) == 0;
}

static bool trace_parent(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

static bool become_root(void)
{
    return setuid(0) == 0;
}

/* More than the limit, piece by piece. */
static bool take_memory(void)
{
    for (size_t taken = 0; taken < (size_t)300 << 20; taken += 1 << 20) {
        char *piece =
            mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (piece == MAP_FAILED)
            return false;
        memset(piece, 1, 1 << 20);
    }
    return true;
}

static bool loop(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
    return true;
}

/* What eliloader or its caller had open besides. */
static bool use_descriptors(void)
{
    char byte;

    for (int fd = CHILD_FIRST_FD + 1; fd <= DESCRIPTOR; fd++)
        if (pread(fd, &byte, 1, 0) >= 0 || errno != EBADF)
            return true;
    return false;
}

/* No attack: the test's own check that an answer arrives. */
static bool nothing(void)
{
    return true;
}

static const struct {
    const char *name;
    bool (*attack)(void);
} attacks[] = {
    {"open a path", open_path},
    {"open the disk again for writing", open_descriptor},
    {"create a file", create_path},
    {"make a socket", make_socket},
    {"make a Unix socket", make_unix_socket},
    {"fork", fork_process},
    {"execute a program", execute},
    {"map executable memory", map_code},
    {"make memory executable", protect_code},
    {"write to the disk", write_disk},
    {"write into the disk", write_disk_at},
    {"signal the parent", signal_parent},
    {"signal everybody", signal_group},
    {"trace the parent", trace_parent},
    {"become root", become_root},
    {"exceed the memory", take_memory},
    {"loop for ever", loop},
    {"use other descriptors", use_descriptors},
    {"nothing", nothing},
};

/* Says TEXT as an error of fsprobe, and ends. */
static _Noreturn void say(const char *text)
{
    auto_error struct error err = ERROR_INIT;

    error_set(&err, ERROR_INTERNAL, "%s", text);
    const struct report report = {.fd = CHILD_ANSWER_FD};
    _exit(answer_error(&report, &err, COPY_NONE) < 0 ? FAILED : 0);
}

void __wrap_probe_run(struct probe *probe, const struct probe_request *request)
{
    char line[128] = "";
    ssize_t length = pread(CHILD_FIRST_FD, line, sizeof line - 1, 0);

    (void)probe, (void)request;
    line[length < 0 ? 0 : strcspn(line, "\n")] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(attacks); i++)
        if (strcmp(attacks[i].name, line) == 0) {
            if (attacks[i].attack())
                say("ESCAPED");
            _exit(FAILED);
        }
    say("there is no such attack");
}
