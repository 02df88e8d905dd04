/* Which entries are the menu: see loader/boot/menu.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/boot/menu.h"

/* A probe's answer: entries of these numbers, ended by -1, and whether the last one is chosen. */
static struct probed answer(const int *numbers, bool boots)
{
    struct probed probed = {.boots = boots};

    while (numbers[probed.entry_count] >= 0)
        probed.entry_count++;
    probed.entries = xcalloc(probed.entry_count + 1, sizeof *probed.entries);
    for (size_t i = 0; i < probed.entry_count; i++)
        probed.entries[i] =
            (struct probed_entry){.number = (unsigned)numbers[i], .kernel = "/k", .args = ""};
    if (boots)
        probed.boot = probed.entries[probed.entry_count - 1];
    return probed;
}

static void check_range(const int *numbers, bool boots, size_t first, size_t end)
{
    auto_probed struct probed probed = answer(numbers, boots);
    size_t got_first = 77, got_end = 77;

    boot_menu_range(&probed, &got_first, &got_end);
    assert_int_equal(got_first, first);
    assert_int_equal(got_end, end);
}

static void test_range(void **state)
{
    (void)state;
    check_range((int[]){-1}, false, 0, 0);
    check_range((int[]){0, -1}, true, 0, 1);
    check_range((int[]){0, 1, 3, -1}, true, 0, 3);
    /* two configurations: the chosen is the last, the first where none is */
    check_range((int[]){0, 1, 0, 1, 2, -1}, true, 2, 5);
    check_range((int[]){0, 1, 0, 1, 2, -1}, false, 0, 2);
    check_range((int[]){0, 0, -1}, true, 1, 2);
    check_range((int[]){0, 0, -1}, false, 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
