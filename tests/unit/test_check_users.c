/* Whose users meet those of runs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader/check/users.h"

/* Of the 100 users from 1000 on. */
static void check(const char *text, bool passwd, const char *wanted, int line)
{
    auto_free char *copy = xstrdup(text);
    const char *name = check_users_meet(copy, passwd, 1000, 100);

    if (wanted ? !name || strcmp(name, wanted) != 0 : !!name)
        fail_msg("line %d: %s meets %s", line, text, name ? name : "nobody");
}
#define CHECK(text, passwd, wanted) check(text, passwd, wanted, __LINE__)

static void test_passwd(void **state)
{
    (void)state;
    CHECK("a:x:999:1::/:\nb:x:1100:1::/:\n", true, NULL);
    CHECK("a:x:999:1::/:\nb:x:1000:1::/:\n", true, "b");
    CHECK("c:x:1099:1::/:", true, "c");
    CHECK("", true, NULL);
    CHECK("a:x:1000\nb", true, "a");
    CHECK("a:1000\nb:x:-1000\nc:x:1000x:\n::\n", true, NULL);
}

static void test_subuid(void **state)
{
    (void)state;
    CHECK("a:900:100\nb:1100:1\n", false, NULL);
    CHECK("a:900:101\n", false, "a");
    CHECK("a:1099:1\n", false, "a");
    CHECK("a:0:4294967295\n", false, "a");
    CHECK("a:1000:0\n", false, NULL);
    CHECK("a:1000:18446744073709551615\nb:1000\n:\nc:x:y\n", false, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passwd),
        cmocka_unit_test(test_subuid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
