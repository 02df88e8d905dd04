/* Who may keep something: only those that were used last.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/memory.h"
#include "fsprobe/fs/recent.h"

static unsigned dropped; /* how many, and the last one */
static void *last;

static void drop(void *user)
{
    dropped++;
    last = user;
}

static void those_of_last_use_keep(void **state)
{
    struct recent recent = {.drop = drop};
    char users[RECENT_MAX + 2];

    (void)state;
    for (size_t i = 0; i < RECENT_MAX; i++)
        recent_use(&recent, &users[i]);
    recent_use(&recent, &users[0]);
    recent_use(&recent, &users[0]);
    assert_int_equal(dropped, 0);
    /* one more: the second is the one that was not used for longest */
    recent_use(&recent, &users[RECENT_MAX]);
    assert_int_equal(dropped, 1);
    assert_ptr_equal(last, &users[1]);
    /* there is room again, and nobody is dropped who has gone */
    recent_forget(&recent, &users[2]);
    recent_forget(&recent, &users[2]);
    recent_use(&recent, &users[1]);
    assert_int_equal(dropped, 1);
    recent_use(&recent, &users[RECENT_MAX + 1]);
    assert_int_equal(dropped, 2);
    assert_ptr_equal(last, &users[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(those_of_last_use_keep)};

    return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
