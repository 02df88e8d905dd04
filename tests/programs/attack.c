/* Makes every attempt of hostile.h in a hostile helper, one after the other, and says how each
 * ended: "NAME: ESCAPED", "NAME: failed: …" or "NAME: the program … was ended by signal …". The
 * first line is "it lacks …": what the kernel lacks, as the helper says.
 *
 *   attack KERNEL PROGRAM [REPOSITORY]
 *
 * PROGRAM is hostile_fsprobe, hostile_medium, hostile_ramdisk, hostile_menu or hostile_fetch, which
 * are started as eliloader starts them, with a request and the descriptors that each gets; or
 * hostile_free, where only the attempts are made that shall succeed where nothing confines them.
 * KERNEL is "this"; or "no-landlock", where the calls of Landlock fail as on a kernel without it;
 * or "4.19", where all calls that came later fail. REPOSITORY is what hostile_fetch is told to get
 * files from, and a web server otherwise. Files are made in the present folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/child.h"
#include "common/memory.h"
#include "tests/programs/hostile.h"

#define SECONDS_MAX     30 /* of one attempt */
#define LANDLOCK_FIRST  444
#define LANDLOCK_LAST   446
#define FIRST_AFTER_419 424 /* pidfd_send_signal; 4.19's last is below on every architecture */
#define INPUT           1
#define OUTPUT          2

#define TEXT(number) #number
#define UID(number)  "\"uid\":" TEXT(number) "}"
#define NOBODY       UID(65534)
#define REPOSITORY   "http://127.0.0.1/"

/* What each helper is given. */
static const struct helper {
    const char *name, *request;
    int files[3]; /* INPUT, OUTPUT; 0 ends them */
} helpers[] = {
    {"hostile_fsprobe",
     "{\"disks\":[\"disk\"],\"copy\":{\"kernel_max\":1048576,\"ramdisk_max\":1048576}," NOBODY,
     {INPUT, OUTPUT, OUTPUT}},
    {"hostile_medium", "{\"name\":\"disk\",\"verify\":false," NOBODY, {INPUT}},
    {"hostile_ramdisk",
     "{\"type\":\"cpio\",\"append\":false,\"limit\":1048576,\"vendor\":\"v\",\"overlay\":"
     "\"o\"," NOBODY,
     {INPUT, INPUT, OUTPUT}},
    {"hostile_menu",
     "{\"entries\":[{\"number\":0,\"title\":\"t\"}],\"default\":0,\"marks\":false," NOBODY,
     {INPUT}},
    {"hostile_fetch",
     "{\"repository\":\"" REPOSITORY "\",\"family\":\"auto\",\"arch\":\"x86_64\",\"agent\":\"a\","
     "\"kernel_max\":1048576,\"ramdisk_max\":1048576,\"connect_timeout\":1,\"stall_timeout\":"
     "1,\"total_timeout\":60,\"downgrade\":false," NOBODY,
     {OUTPUT, OUTPUT}},
    {"hostile_free", "{}", {INPUT, INPUT, OUTPUT}},
};

/* The calls FIRST to LAST fail with ENOSYS, here and in all that is started. */
static int without_calls(unsigned first, unsigned last)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {ARRAY_SIZE(code), code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
                   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0
               ? -1
               : 0;
}

/* What a program has said. */
struct said {
    char last[256], lacks[64];
};

static int take_line(void *context, const char *line, size_t length, struct error *err)
{
    struct said *said = context;
    const char *failed = strstr(line, "failed: "), *lacks = strstr(line, " lacks ");

    (void)length, (void)err;
    if (lacks)
        snprintf(said->lacks, sizeof said->lacks, "%.*s", (int)strcspn(lacks, ":"), lacks);
    if (strstr(line, HOSTILE_ESCAPED))
        failed = HOSTILE_ESCAPED;
    if (failed)
        snprintf(said->last, sizeof said->last, "%.*s", (int)strcspn(failed, "\"}"), failed);
    return 0;
}

static int open_files(const struct helper *helper, int fds[3], size_t *count)
{
    for (*count = 0; *count < ARRAY_SIZE(helper->files) && helper->files[*count]; (*count)++) {
        bool input = helper->files[*count] == INPUT;
        fds[*count] = input ? open("attack.input", O_RDONLY | O_CLOEXEC)
                            : open("attack.output", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fds[*count] < 0)
            return -1;
    }
    return 0;
}

/* What HELPER is asked, with OTHER for its repository, unless that is NULL. */
static char *make_request(const struct helper *helper, const char *other)
{
    const char *at = other ? strstr(helper->request, REPOSITORY) : NULL;

    if (!at)
        return xstrdup(helper->request);
    return xasprintf("%.*s%s%s", (int)(at - helper->request), helper->request, other,
                     at + strlen(REPOSITORY));
}

static int attack(const char *path, const struct helper *helper, const char *repository,
                  const struct hostile_attempt *attempt)
{
    auto_free char *request = make_request(helper, repository);
    auto_error struct error err = ERROR_INIT;
    auto_free char *chosen = xasprintf("HOSTILE=%s", attempt->name);
    struct said said = {"", " lacks nothing"};
    const char *const words[] = {helper->name, NULL};
    const char *const environment[] = {chosen, "LC_ALL=C.UTF-8", NULL};
    int fds[3], exit_status = -1;
    struct child_spec spec = {.name = helper->name,
                              .path = path,
                              .argv = words,
                              .envp = environment,
                              .input = request,
                              .separator = '\n',
                              .fds = fds,
                              .silence_seconds = SECONDS_MAX,
                              .line = take_line,
                              .exit_status = &exit_status,
                              .context = &said};

    if (open_files(helper, fds, &spec.fd_count) < 0)
        return -1;
    int result = child_run(&spec, &err);
    /* One that was killed after it had said so is through all the same. */
    bool told = strcmp(said.last, HOSTILE_ESCAPED) == 0 || exit_status == HOSTILE_FAILED;
    if (attempt == hostile_at(0))
        printf("it%s\n", said.lacks);
    printf("%s: %s\n", attempt->name, told ? said.last : result < 0 ? err.text : "it said nothing");
    for (size_t i = 0; i < spec.fd_count; i++)
        close(fds[i]);
    return 0;
}

static const struct helper *find_helper(const char *path)
{
    const char *slash = strrchr(path, '/');

    for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
        if (strcmp(helpers[i].name, slash ? slash + 1 : path) == 0)
            return &helpers[i];
    return NULL;
}

static bool to_be_made(const struct hostile_attempt *attempt, bool free)
{
    if (strcmp(attempt->name, "loop for ever") == 0)
        return false; /* that takes the CPU time that each may have */
    return !free || attempt->who == ANYONE || (attempt->who == ROOT && geteuid() == 0);
}

int main(int argc, char **argv)
{
    const struct helper *helper = argc == 3 || argc == 4 ? find_helper(argv[2]) : NULL;
    const struct hostile_attempt *attempt;
    const struct rlimit core = {0, RLIM_INFINITY};

    if (!helper || setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        return 2;
    (void)setrlimit(RLIMIT_CORE, &core);
    if ((strcmp(argv[1], "no-landlock") == 0 && without_calls(LANDLOCK_FIRST, LANDLOCK_LAST) < 0) ||
        (strcmp(argv[1], "4.19") == 0 && without_calls(FIRST_AFTER_419, 511) < 0))
        return 3;
    for (size_t i = 0; (attempt = hostile_at(i)); i++)
        if (to_be_made(attempt, strcmp(helper->name, "hostile_free") == 0) &&
            attack(argv[2], helper, argv[3], attempt) < 0)
            return 4;
    return 0;
}
