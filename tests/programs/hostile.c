/* A helper as it would be when its input had taken it over: its own main(), which confines it as
 * ever, and then, in the place of its work, an attempt. (Linked with --wrap=helper_confine into
 * each helper; see confinement.t.)
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/programs/hostile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/child.h"
#include "common/helper/start.h"

#define DESCRIPTOR_MAX (CHILD_FIRST_FD + 4) /* the highest that a helper of the tests has */

int __wrap_helper_confine(const char *name, const struct confine *policy, struct report *report,
                          struct error *err);
int __real_helper_confine(const char *name, const struct confine *policy, struct report *report,
                          struct error *err);

static const struct hostile_attempt *find(const char *name)
{
    const struct hostile_attempt *attempt;

    for (size_t i = 0; (attempt = hostile_at(i)); i++)
        if (strcmp(attempt->name, name) == 0)
            return attempt;
    return NULL;
}

static void find_descriptors(void)
{
    for (int fd = DESCRIPTOR_MAX; fd >= CHILD_FIRST_FD; fd--) {
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
            hostile_input = fd;
        else if (flags >= 0)
            hostile_output = fd;
    }
}

static bool go(const struct hostile_attempt *attempt)
{
    const unsigned long *a = attempt->arguments;

    errno = 0;
    if (attempt->try)
        return attempt->try();
    return syscall(attempt->call, a[0], a[1], a[2], a[3], a[4], a[5]) >= 0;
}

static void say(const char *line)
{
    if (write(CHILD_ANSWER_FD, line, strlen(line)) < 0)
        _exit(1);
}

_Noreturn void hostile_run(void)
{
    char name[128] = "", line[256];
    const char *chosen = getenv("HOSTILE");

    find_descriptors();
    if (!chosen) {
        ssize_t length = pread(hostile_input, name, sizeof name - 1, 0);
        name[length < 0 ? 0 : strcspn(name, "\n")] = '\0';
        chosen = name;
    }
    const struct hostile_attempt *attempt = find(chosen);
    if (!attempt) {
        say("{\"error\":{\"name\":\"INTERNAL\",\"text\":\"there is no such attempt\"}}\n");
        _exit(0);
    }
    if (go(attempt)) {
        say("{\"error\":{\"name\":\"INTERNAL\",\"text\":\"" HOSTILE_ESCAPED "\"}}\n");
        _exit(0);
    }
    snprintf(line, sizeof line, "{\"note\":\"failed: %s\"}\n", strerror(errno));
    say(line);
    _exit(HOSTILE_FAILED);
}

int __wrap_helper_confine(const char *name, const struct confine *policy, struct report *report,
                          struct error *err)
{
    if (__real_helper_confine(name, policy, report, err) < 0)
        return -1;
    hostile_run();
}
