/* The progress line, at widths and amounts that are not the usual ones.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/memory.h"
#include "loader/host/progress.h"

#define MIB (UINT64_C(1) << 20)

static void line_is(uint64_t received, uint64_t total, int64_t elapsed, const char *expected)
{
    char out[101];

    progress_line(out, 100, "fetching", received, total, elapsed);
    assert_string_equal(out, expected);
}

static void amounts(void **state)
{
    (void)state;
    line_is(0, 0, 0, "fetching 0 bytes");
    line_is(100 * MIB, 0, 1000, "fetching 100 MiB, 100 MiB/s");
    line_is(100 * MIB, 400 * MIB, 1000, "fetching 100 MiB of 400 MiB, 100 MiB/s, 0:03 left");
    line_is(100 * MIB, 700 * MIB, 10000, "fetching 100 MiB of 700 MiB, 10 MiB/s, 1:00 left");
    line_is(0, 400 * MIB, 1000, "fetching 0 bytes of 400 MiB");
    line_is(400 * MIB, 400 * MIB, 2000, "fetching 400 MiB of 400 MiB, 200 MiB/s, 0:00 left");
}

static void amounts_of_a_liar(void **state)
{
    char out[101];

    (void)state;
    /* More than announced; a clock that went back; numbers of any size. */
    line_is(400 * MIB, 100 * MIB, 1000, "fetching 400 MiB of 100 MiB, 400 MiB/s");
    line_is(400 * MIB, 800 * MIB, -5, "fetching 400 MiB of 800 MiB");
    progress_line(out, 100, "fetching", UINT64_MAX, UINT64_MAX, 1);
    progress_line(out, 100, "fetching", 1, UINT64_MAX, INT64_MAX);
    assert_true(strlen(out) <= 100);
}

static void never_wider_than_asked(void **state)
{
    (void)state;
    for (unsigned width = 0; width <= 200; width++) {
        char out[202];
        memset(out, 'X', sizeof out);
        progress_line(out, width, "fetching", 100 * MIB, 400 * MIB, 1000);
        assert_true(strlen(out) <= width);
        assert_int_equal(out[width + 1], 'X');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts),
        cmocka_unit_test(amounts_of_a_liar),
        cmocka_unit_test(never_wider_than_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
