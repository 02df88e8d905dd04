/* The URL of a file, taken apart, and shown without a password.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loader/helpers/digest.h"

static void splits(const char *url, const char *folder, const char *path)
{
    auto_free char *got_folder = NULL, *got_path = NULL;

    if (!path) {
        assert_false(sums_split_url(url, &got_folder, &got_path));
        return;
    }
    assert_true(sums_split_url(url, &got_folder, &got_path));
    assert_string_equal(got_folder, folder);
    assert_string_equal(got_path, path);
}

static void urls(void **state)
{
    (void)state;
    splits("http://h/a", "http://h/", "a");
    splits("http://u:p@h:1/a/b%20c", "http://u:p@h:1/a/", "b c");
    splits("http://h/a/b?x=/y#z", "http://h/a/?x=/y", "b");
    splits("http://h/a#b/c", "http://h/", "a");
    splits("http://h", NULL, NULL);
    splits("http://h/", NULL, NULL);
    splits("http://h/a/?x", NULL, NULL);
    splits("http://h/%", NULL, NULL);
    splits("http://h/%4", NULL, NULL);
    splits("http://h/%zz", NULL, NULL);
    splits("http://h/a%00b", NULL, NULL);
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
