/* What a ramdisk is named after: a URL without its password, or a path as it is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loader/helpers/digest.h"

static void urls(void **state)
{
    (void)state;
    assert_string_equal(sums_shown("http://u:p@h/a"), "h/a");
    assert_string_equal(sums_shown("http://h/a@b"), "h/a@b");
    assert_string_equal(sums_shown("u:p@h"), "u:p@h");
    assert_false(sums_is_url("file"));
    assert_true(sums_is_url("HTTPS://h/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(urls)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
