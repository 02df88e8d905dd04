/* What a unit test does where it cannot run, as `needs` and `skip_all` of tests/lib.sh do it for
 * scripts. (cmocka's own skip() prints "not ok … # SKIP", which prove counts as a failure.)
 *
 *     if (!loop_devices()) {                                      in a test
 *         cannot_run("there are no loop devices");
 *         return;
 *     }
 *     if (geteuid() != 0)
 *         return skip_all("needs root");                          in main()
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_SKIP_H
#define TESTS_UNIT_SKIP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* For one test, or a part of it, that has nothing to say of this build or this user: says WHY on
 * stderr. The test returns then. */
static inline void pass_over(const char *why)
{
    fprintf(stderr, "# passed over: %s\n", why);
}

/* For one test that lacks a program or something of the kernel's here. As pass_over(); in CI (the
 * environment variable CI is set), which installs everything, the test fails. */
static inline void cannot_run(const char *why)
{
    const char *ci = getenv("CI");

    if (ci && *ci)
        fail_msg("%s", why);
    pass_over(why);
}

/* Whether this runs under an emulator of user programs alone (tests/arm64 sets EMULATED), whose
 * kernel is this host's: no seccomp filter, namespace, lease or limit of memory of it holds there.
 */
static inline bool emulated(void)
{
    const char *said = getenv("EMULATED");

    return said && *said;
}

/* The same two for a whole program, whose main() returns what they return. */
static inline int skip_all(const char *why)
{
    printf("1..0 # SKIP %s\n", why);
    return 0;
}
static inline int cannot_run_any(const char *why)
{
    const char *ci = getenv("CI");

    if (!ci || !*ci)
        return skip_all(why);
    printf("1..1\nnot ok 1 - %s\n", why);
    return 1;
}

#endif
