/* The bounds of a foreign program, as the program meets them. It is a shell, and does with its own
 * commands what it can: who is not root may start nothing. Some of it is for root only, some for
 * others.
 * Boundaries: pygrub
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/capability.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"
#include "common/io.h"
#include "tests/unit/skip.h"

static const struct child_cage cage = {.memory = UINT64_C(64) << 20,
                                       .file_size = 10,
                                       .file_size_most = 20,
                                       .cpu_seconds = 7,
                                       .capabilities = CHILD_CAPABILITY(CAP_SETUID) |
                                                       CHILD_CAPABILITY(CAP_DAC_READ_SEARCH)};

static int take_line(void *context, const char *line, size_t length, struct error *err)
{
    (void)err;
    buffer_add(context, line, length);
    buffer_add_text(context, "|");
    return 0;
}

/* What SCRIPT writes to descriptor 3, its lines joined by '|', is ANSWER. FD is its descriptor 4;
 * -1: none. */
static void answers(const char *script, int fd, const char *answer)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    auto_buffer struct buffer lines = BUFFER_INIT(4096);
    auto_error struct error err = ERROR_INIT;
    const struct child_spec spec = {.name = "shell",
                                    .path = "/bin/sh",
                                    .argv = argv,
                                    .separator = '\n',
                                    .fds = &fd,
                                    .fd_count = fd >= 0,
                                    .total_seconds = 60,
                                    .cage = &cage,
                                    .line = take_line,
                                    .context = &lines};

    if (child_run(&spec, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(buffer_text(&lines), answer);
}

/* A field of /proc/self/status, by the shell's own commands. */
#define STATUS(field)                                                                        \
    "while read -r name value; do [ \"$name\" != " field ": ] || echo \"$value\" >&3; done " \
    "</proc/self/status; "

static void limits_hold(void **state)
{
    (void)state;
    if (emulated())
        return pass_over("an emulator does not pass on the limit of memory");
    answers("ulimit -v >&3; ulimit -c >&3; ulimit -t >&3", -1, "65536|0|7|");
    answers(STATUS("NoNewPrivs"), -1, "1|");
}

/* One byte below, at the limit, one above. */
static void files_end_at_their_limit(void **state)
{
    char name[] = "/tmp/eliloader-unit.XXXXXX";
    auto_fd int fd = mkstemp(name);

    (void)state;
    assert_true(fd >= 0 && unlink(name) == 0);
    answers("trap '' XFSZ; printf 123456789 >&4 && echo 9 >&3; printf x >&4 && echo 10 >&3; "
            "printf y >&4 2>/dev/null || echo none >&3",
            fd, "9|10|none|");
    assert_int_equal(lseek(fd, 0, SEEK_END), 10);
}

static void who_is_not_root_starts_nothing(void **state)
{
    (void)state;
    if (geteuid() == 0)
        return;
    /* The shell ends where it cannot. */
    answers("trap 'exit 0' EXIT; echo before >&3; (exit 0); echo started >&3", -1, "before|");
}

static void capabilities_are_those_named(void **state)
{
    (void)state;
    if (geteuid() != 0)
        return;
    answers(STATUS("CapBnd") STATUS("CapPrm") STATUS("CapInh"), -1,
            "0000000000000084|0000000000000084|0000000000000000|");
    /* Nor has what it starts any other. */
    answers("/bin/sh -c '" STATUS("CapEff") "'", -1, "0000000000000084|");
}

/* A pipe tells: whoever still lives holds its other end. */
static void nothing_outlives_it(void **state)
{
    int ends[2];
    char byte;

    (void)state;
    if (geteuid() != 0)
        return;
    if (emulated())
        return pass_over("an emulator makes no namespaces");
    assert_int_equal(pipe(ends), 0);
    answers("setsid sleep 1000 >/dev/null 2>&1 </dev/null 3>&- & echo $$ >&3", ends[1], "1|");
    close(ends[1]);
    struct pollfd end = {ends[0], POLLIN, 0};
    assert_int_equal(poll(&end, 1, 60000), 1);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(files_end_at_their_limit),
        cmocka_unit_test(who_is_not_root_starts_nothing),
        cmocka_unit_test(capabilities_are_those_named),
        cmocka_unit_test(nothing_outlives_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
