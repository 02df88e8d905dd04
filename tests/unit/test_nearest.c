/* Which known word somebody meant.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/nearest.h"

static const char *const names[] = {"vm",         "probe",         "fetch",  "identify",
                                    "debianlike", "sleslike",      "rhlike", "install-repository",
                                    "list",       "install-distro"};

static const char *meant(const char *word)
{
    struct nearest nearest = NEAREST(word);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        nearest_offer(&nearest, names[i]);
    return nearest.best ? nearest.best : "-";
}

static void test_mistypings(void **state)
{
    (void)state;
    assert_string_equal(meant("prob"), "probe");
    assert_string_equal(meant("porbe"), "probe");
    assert_string_equal(meant("probbe"), "probe");
    assert_string_equal(meant("fecth"), "fetch");
    assert_string_equal(meant("vn"), "vm");
    assert_string_equal(meant("install-repositry"), "install-repository");
    assert_string_equal(meant("install-ditsro"), "install-distro");
    assert_string_equal(meant("ident"), "identify");
    /* The beginning of a long name, mistyped. */
    assert_string_equal(meant("debain"), "debianlike");
    assert_string_equal(meant("debian"), "debianlike");
}

static void test_others(void **state)
{
    (void)state;
    assert_string_equal(meant(""), "-");
    assert_string_equal(meant("x"), "-");
    assert_string_equal(meant("xy"), "-");
    assert_string_equal(meant("guest7"), "-");
    assert_string_equal(meant("windows"), "-");
}

static void test_bounds(void **state)
{
    char word[NEAREST_MAX + 2], name[NEAREST_MAX + 2];

    (void)state;
    for (size_t length = NEAREST_MAX - 1; length <= NEAREST_MAX + 1; length++) {
        memset(word, 'a', length);
        memset(name, 'a', length);
        word[length] = name[length] = '\0';
        name[0] = 'b';
        struct nearest nearest = NEAREST(word);
        nearest_offer(&nearest, name);
        assert_ptr_equal(nearest.best, length <= NEAREST_MAX ? name : NULL);
        assert_int_equal(strlen(nearest_hint(&nearest)) > 0, length <= NEAREST_MAX);
    }
    /* A part of a word. */
    struct nearest part = NEAREST_PART("vmlinuz", 2);
    nearest_offer(&part, "vm");
    assert_string_equal(nearest_hint(&part), "; did you mean 'vm'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistypings),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
