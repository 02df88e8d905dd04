/* The two clocks of a transfer: silence, and too little.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/protocol/fetch.h"
#include "loader/fetch/source/pace.h"

#define STALL 5 /* seconds */
#define START 1000

/* At NOW the verdict is VERDICT and the next look NEXT milliseconds later. */
#define says(pace, now, verdict, next) check(pace, now, verdict, next, __LINE__)
static void check(struct pace *pace, int64_t now, enum pace_verdict verdict, int64_t next, int line)
{
    int64_t got = -1;

    _assert_int_equal(pace_judge(pace, STALL, now, &got), verdict, __FILE__, line);
    if (verdict == PACE_FINE)
        _assert_int_equal((unsigned long)got, (unsigned long)next, __FILE__, line);
}

static void silence(void **state)
{
    (void)state;
    struct pace pace;

    pace_start(&pace, START);
    says(&pace, START, PACE_FINE, 5000);
    says(&pace, START + 4999, PACE_FINE, 1);
    says(&pace, START + 5000, PACE_STALLED, 0);
    pace_sign(&pace, START + 4999, 0);
    says(&pace, START + 5000, PACE_FINE, 4999);
}

/* The least that a window must bring: one byte less, exactly, and then the next window. */
static void too_little(void **state)
{
    (void)state;
    struct pace pace;

    pace_start(&pace, START);
    pace_measure(&pace, START);
    pace_sign(&pace, START + 4000, STALL * FETCH_RATE_MIN - 1);
    says(&pace, START + 4999, PACE_FINE, 1);
    says(&pace, START + 5000, PACE_SLOW, 0);
    pace_sign(&pace, START + 5000, 1);
    says(&pace, START + 5000, PACE_FINE, 5000);
    pace_sign(&pace, START + 6000, STALL * FETCH_RATE_MIN - 1);
    says(&pace, START + 10000, PACE_SLOW, 0);
}

static void pardoned(void **state)
{
    (void)state;
    struct pace pace;

    pace_start(&pace, START);
    pace_measure(&pace, START);
    pace_pardon(&pace, START + 100, START + 9100);
    says(&pace, START + 9100, PACE_FINE, 4900);
    says(&pace, START + 13999, PACE_FINE, 1);
    says(&pace, START + 14000, PACE_SLOW, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence),
        cmocka_unit_test(too_little),
        cmocka_unit_test(pardoned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
