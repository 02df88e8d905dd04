/* Tests of patterns with '*' and '?'.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/memory.h"
#include "fsprobe/config/wildcard.h"

static bool matches(const char *pattern, const char *text)
{
    return wildcard_match(pattern, strlen(pattern), text, false);
}

static bool in_sets(const char *pattern, const char *text)
{
    return wildcard_match(pattern, strlen(pattern), text, true);
}

static void stars(void **state)
{
    (void)state;
    assert_true(matches("", ""));
    assert_false(matches("", "a"));
    assert_false(matches("?", ""));
    assert_true(matches("*", ""));
    assert_true(matches("**", "abc"));
    assert_true(matches("a*c", "abcabc"));
    assert_false(matches("a*c", "abcab"));
    assert_true(matches("vmlinuz-*", "vmlinuz-"));
    assert_false(matches("vmlinuz-?", "vmlinuz-"));
    assert_true(matches("*-*-?", "a-b-c-d"));
    assert_false(matches("*aab", "aaaba"));
    assert_true(matches("*aab", "aaab"));
    assert_false(matches("[ab]", "a"));
    assert_true(matches("[ab]", "[ab]"));
}

static void escapes(void **state)
{
    (void)state;
    assert_true(matches("a\\*", "a*"));
    assert_false(matches("a\\*", "ab"));
    assert_true(matches("\\?\\\\", "?\\"));
    assert_true(matches("a\\", "a\\"));
    /* Only so much of the pattern counts. */
    assert_true(wildcard_match("a*b", 2, "axy", false));
    assert_true(wildcard_match("a\\*", 2, "a\\", false));
}

static void sets(void **state)
{
    (void)state;
    assert_true(in_sets("x-[0-9]", "x-7"));
    assert_false(in_sets("x-[0-9]", "x-a"));
    assert_true(in_sets("[!0-9]*", "a"));
    assert_false(in_sets("[^a]", "a"));
    assert_true(in_sets("[]]", "]"));
    assert_true(in_sets("[a-]", "-"));
    assert_true(in_sets("[ab", "[ab"));
    assert_false(in_sets("[ab", "a"));
    assert_true(in_sets("*[b-d]?", "zzcz"));
}

static void many_stars_end_soon(void **state)
{
    char pattern[401], text[4001];

    (void)state;
    for (size_t i = 0; i < 400; i++)
        pattern[i] = i % 2 ? 'a' : '*';
    pattern[399] = 'b';
    pattern[400] = '\0';
    memset(text, 'a', 4000);
    text[4000] = '\0';
    assert_false(matches(pattern, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stars),
        cmocka_unit_test(escapes),
        cmocka_unit_test(sets),
        cmocka_unit_test(many_stars_end_soon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
