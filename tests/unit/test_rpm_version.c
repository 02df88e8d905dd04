/* Tests of the order of versions and packages by rpm's rule.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/memory.h"
#include "fsprobe/config/rpm_version.h"

/* In each row both compare to ORDER, and the other way round to the opposite. */
struct row {
    const char *a, *b;
    int order;
};

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void versions(void **state)
{
    static const struct row rows[] = {
        {"1.0", "1.0", 0},
        {"1.0", "2.0", -1},
        {"2.0.1", "2.0", 1},
        {"2.0", "2.0.1a", -1},
        {"5.5p1", "5.5p2", -1},
        {"5.5p10", "5.5p2", 1},
        {"10xyz", "10.1xyz", -1},
        {"xyz10", "xyz10.1", -1},
        {"xyz.4", "8", -1},
        {"6.0.rc1", "6.0", 1},
        {"1.0~rc1", "1.0", -1},
        {"1.0~rc1", "1.0~rc2", -1},
        {"1.0~", "1.0", -1},
        {"~", "", -1},
        {"a", "", 1},
        {"001", "1", 0},
        {"1_0", "1.0", 0},
        {"1.", "1", 0},
        {"10", "9", 1},
        {"fc4", "fc.4", 0},
        {"1a", "1", 1},
        {"99999999999999999999", "100000000000000000000", -1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(sign(rpm_version_compare(rows[i].a, rows[i].b)), rows[i].order);
        assert_int_equal(sign(rpm_version_compare(rows[i].b, rows[i].a)), -rows[i].order);
    }
}

static void packages(void **state)
{
    static const struct row rows[] = {
        {"0ab-6.7.9-200.fc39.x86_64", "0ab-6.5.6-300.fc39.x86_64", 1},
        {"0ab-6.7.9-200.fc39.x86_64", "0ab-6.7.9-199.fc39.x86_64", 1},
        /* One dash more: the name is longer. */
        {"0ab-6.1.0-rc3-mytest", "0ab-6.7.9-200.fc39.x86_64", 1},
        {"0ab-0-rescue", "0ab-6.7.9-200.fc39.x86_64", -1},
        {"ostree-2-fedora", "ostree-1-fedora", 1},
        {"a-1", "a-2", -1},
        {"a-1", "a-1-0", -1},
        {"a", "a-1", -1},
        {"b", "a-1-1", 1},
        {"a-1-1", "a-1-1", 0},
        {"", "", 0},
        {"-", "", 0},
        {"--", "", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(sign(rpm_package_compare(rows[i].a, rows[i].b)), rows[i].order);
        assert_int_equal(sign(rpm_package_compare(rows[i].b, rows[i].a)), -rows[i].order);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions),
        cmocka_unit_test(packages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
