/* What pygrub answers, item by item: see loader/helpers/pygrub.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/pygrub.h"
#include "tests/unit/answer_fixture.h"

static int hear(struct pygrub_answer *answer, const char *item)
{
    auto_error struct error err = ERROR_INIT;
    int result = pygrub_hear(answer, item, strlen(item), &err);

    assert_int_equal(err.name, result < 0 ? ERROR_HANDOFF : ERROR_NONE);
    return result;
}

static void test_good(void **state)
{
    auto_pygrub_answer struct pygrub_answer answer = {NULL, NULL, NULL};

    (void)state;
    assert_int_equal(hear(&answer, "kernel /d/boot_kernel.x"), 0);
    assert_int_equal(hear(&answer, "ramdisk "), 0);
    assert_int_equal(hear(&answer, ""), 0);
    assert_int_equal(hear(&answer, "args root=/dev/xvda1 ro"), 0);
    assert_string_equal(answer.kernel, "/d/boot_kernel.x");
    assert_string_equal(answer.ramdisk, "");
    assert_string_equal(answer.args, "root=/dev/xvda1 ro");
}

static void test_lies(void **state)
{
    static const char *const lies[] = {"kernel",     "Kernel /k", " kernel /k",
                                       "kernel\t/k", "x",         "{\"answer\":{}}",
                                       "\n",         "\033[2J",   "kernel /other"};
    auto_pygrub_answer struct pygrub_answer answer = {NULL, NULL, NULL};

    (void)state;
    assert_int_equal(hear(&answer, "kernel /k"), 0);
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
        assert_int_equal(hear(&answer, lies[i]), -1);
    assert_string_equal(answer.kernel, "/k");
    assert_null(answer.args);
}

/* However long what it says is, its error is a sentence. */
static void test_long(void **state)
{
    auto_pygrub_answer struct pygrub_answer answer = {NULL, NULL, NULL};
    auto_error struct error err = ERROR_INIT;
    auto_free char *item = xcalloc(CHILD_LINE_MAX + 1, 1);

    (void)state;
    memset(item, 'x', CHILD_LINE_MAX);
    assert_int_equal(pygrub_hear(&answer, item, CHILD_LINE_MAX, &err), -1);
    assert_in_range(strlen(err.text), 512, 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
