/* Errors as values: sentences, names, exit statuses.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/error.h"
#include "common/memory.h"

static void sentence_grows_at_both_ends(void **state)
{
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(error_set(&err, ERROR_LIMITS, "%d bytes", 7), -1);
    assert_int_equal(error_prefix(&err, "the %s", "kernel"), -1);
    assert_int_equal(error_hint(&err, "raise it with %s", "--x"), -1);
    assert_string_equal(err.text, "the kernel: 7 bytes; raise it with --x");
    assert_int_equal(err.name, ERROR_LIMITS);
}

static void later_error_replaces_the_earlier(void **state)
{
    auto_error struct error err = ERROR_INIT;

    (void)state;
    error_set(&err, ERROR_USAGE, "first");
    /* The earlier sentence may be part of the new one. */
    error_set(&err, ERROR_INTERNAL, "second after %s", err.text);
    assert_string_equal(err.text, "second after first");
    assert_int_equal(err.name, ERROR_INTERNAL);
    error_clear(&err);
    assert_null(err.text);
    assert_int_equal(err.name, ERROR_NONE);
}

static void errno_is_that_of_the_call(void **state)
{
    auto_error struct error err = ERROR_INIT;

    (void)state;
    errno = ENOSPC;
    error_set_errno(&err, ERROR_INTERNAL, "cannot write %s", "x");
    assert_string_equal(err.text, "cannot write x: No space left on device");
}

static void errors_nobody_wants_are_no_crash(void **state)
{
    auto_error struct error empty = ERROR_INIT;

    (void)state;
    assert_int_equal(error_set(NULL, ERROR_INTERNAL, "x"), -1);
    assert_int_equal(error_set_errno(NULL, ERROR_INTERNAL, "x"), -1);
    assert_int_equal(error_prefix(NULL, "x"), -1);
    assert_int_equal(error_hint(NULL, "x"), -1);
    error_prefix(&empty, "where");
    assert_string_equal(empty.text, "where: failed");
}

static void names_and_statuses(void **state)
{
    static const struct {
        enum error_name name;
        const char *toolstack;
        int status;
    } all[] = {
        {ERROR_INTERNAL, "INTERNAL_ERROR", 1},
        {ERROR_UNSUPPORTED_METHOD, "UNSUPPORTED_INSTALL_METHOD", 1},
        {ERROR_INVALID_SOURCE, "INVALID_SOURCE", 1},
        {ERROR_SUPPORT_PACKAGE, "SUPPORT_PACKAGE_MISSING", 1},
        {ERROR_LIMITS, "LIMITS", 1},
        {ERROR_USAGE, "INTERNAL_ERROR", 2},
        {ERROR_HANDOFF, "INTERNAL_ERROR", 3},
        {ERROR_INTERRUPTED, "INTERNAL_ERROR", 1},
    };

    (void)state;
    assert_int_equal(error_exit_status(ERROR_NONE), 0);
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        assert_string_equal(error_toolstack_name(all[i].name), all[i].toolstack);
        assert_int_equal(error_exit_status(all[i].name), all[i].status);
        enum error_name back = error_from_toolstack_name(all[i].toolstack);
        assert_string_equal(error_toolstack_name(back), all[i].toolstack);
    }
    assert_int_equal(error_from_toolstack_name(""), ERROR_INTERNAL);
    assert_int_equal(error_from_toolstack_name("limits"), ERROR_INTERNAL);
}

static void only_ours_is_for_the_toolstack(void **state)
{
    char text[] = "RuntimeError: a RuntimeError: RuntimeError:b";

    (void)state;
    error_disarm(text);
    assert_string_equal(text, "RuntimeError, a RuntimeError, RuntimeError:b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentence_grows_at_both_ends),
        cmocka_unit_test(later_error_replaces_the_earlier),
        cmocka_unit_test(errno_is_that_of_the_call),
        cmocka_unit_test(errors_nobody_wants_are_no_crash),
        cmocka_unit_test(names_and_statuses),
        cmocka_unit_test(only_ours_is_for_the_toolstack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
