/* The lanes of the host's cache: which runs wait for which.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include <cmocka.h>

#include "common/io.h"
#include "common/text.h"
#include "loader/cache/lane.h"
#include "tests/unit/cache_directory.h"

#define REPOSITORY "http://mirror.example.com/rhel9"

static int enter(const char *repository, int operation)
{
    auto_error struct error err = ERROR_INIT;

    return cache_lane(&cache, repository, operation, 0, &err);
}

static void the_same_wait(void **state)
{
    (void)state;
    int one = enter(REPOSITORY, LOCK_EX);

    assert_true(one >= 0);
    assert_true(enter(REPOSITORY, LOCK_EX) < 0);
    assert_true(enter(REPOSITORY, LOCK_SH) < 0);
    close_fd(&one);
    auto_fd int first = enter(REPOSITORY, LOCK_SH), second = enter(REPOSITORY, LOCK_SH);
    assert_true(first >= 0 && second >= 0);
    assert_true(enter(REPOSITORY, LOCK_EX) < 0);
}

/* However many others are asked, by whoever chose their names. */
static void others_do_not_wait(void **state)
{
    (void)state;
    int held[600];

    for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
        auto_free char *other = xasprintf("http://evil.example.com/%zu", i);
        held[i] = enter(other, LOCK_EX);
        assert_true(held[i] >= 0);
    }
    auto_fd int one = enter(REPOSITORY, LOCK_EX);
    assert_true(one >= 0);
    for (size_t i = 0; i < ARRAY_SIZE(held); i++)
        close_fd(&held[i]);
}

/* Numbers by another implementation, which has the one of the paper. */
static void numbers_are_siphash(void **state)
{
    (void)state;
    unsigned char key[16];

    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)i;
    assert_true(cache_lane_hash(key, "") == 0x726fdb47dd0e0e31U);
    assert_true(cache_lane_hash(key, "12345678") == 0x02130609caea37ebU);
    assert_true(cache_lane_hash(key, REPOSITORY) == 0xd5c94201c34c6e56U);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(others_do_not_wait, set_up, tear_down),
        cmocka_unit_test(numbers_are_siphash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
