/* The answer's three forms, and the values that none of them takes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "loader/output/answer.h"

static const struct answer plain = {"/b/k", "/b/r", "a=1 b"};

static void renders(struct answer answer, enum answer_format format, const char *expected,
                    size_t length)
{
    auto_buffer struct buffer out = BUFFER_INIT(65536);
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(answer_render(&answer, format, &out, &err), 0);
    assert_int_equal(out.length, length);
    assert_memory_equal(out.data, expected, length);
}
#define RENDERS(answer, format, text) renders(answer, format, text, sizeof(text) - 1)

static void refuses(struct answer answer, enum answer_format format, const char *word)
{
    auto_buffer struct buffer out = BUFFER_INIT(65536);
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(answer_render(&answer, format, &out, &err), -1);
    assert_int_equal(out.length, 0);
    assert_int_equal(err.name, ERROR_INTERNAL);
    assert_non_null(strstr(err.text, word));
}

static void three_forms(void **state)
{
    (void)state;
    RENDERS(plain, ANSWER_SIMPLE, "kernel /b/k\nramdisk /b/r\nargs a=1 b\n\n");
    RENDERS(plain, ANSWER_SIMPLE0, "kernel /b/k\0ramdisk /b/r\0args a=1 b\0\0");
    RENDERS(plain, ANSWER_SXP, "linux (kernel /b/k)(ramdisk /b/r)(args \"a=1 b\")\n");
}

static void what_is_not_there_is_left_out(void **state)
{
    const struct answer kernel = {"/b/k", NULL, NULL}, empty = {"/b/k", NULL, ""};

    (void)state;
    RENDERS(kernel, ANSWER_SIMPLE, "kernel /b/k\n\n");
    RENDERS(empty, ANSWER_SIMPLE0, "kernel /b/k\0\0");
    RENDERS(empty, ANSWER_SXP, "linux (kernel /b/k)\n");
}

static void no_control_character_in_any_form(void **state)
{
    static const enum answer_format all[] = {ANSWER_SIMPLE, ANSWER_SIMPLE0, ANSWER_SXP};
    static const char *const bad[] = {"a\nb", "\r", "a\tb", "\x1b[2J", "\x7f", "\x01"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(bad); j++)
            refuses((struct answer){"/b/k", NULL, bad[j]}, all[i], "args");
        refuses((struct answer){"/b\n/k", NULL, NULL}, all[i], "kernel");
        refuses((struct answer){"/b/k", "/b/\nr", NULL}, all[i], "ramdisk");
        refuses((struct answer){"b/k", NULL, NULL}, all[i], "not absolute");
        refuses((struct answer){"/b/k", "", NULL}, all[i], "not absolute");
    }
}

static void sxp_has_no_quoting(void **state)
{
    static const char *const paths[] = {"/b(/k", "/b)/k", "/b \"/k", "/b /k", "/b'/k", "/b\\/k"};

    (void)state;
    refuses((struct answer){"/b/k", NULL, "a\"b"}, ANSWER_SXP, "as sxp");
    refuses((struct answer){"/b/k", NULL, "a\\"}, ANSWER_SXP, "as sxp");
    RENDERS(((struct answer){"/b/k", NULL, "a(b) 'c'"}), ANSWER_SXP,
            "linux (kernel /b/k)(args \"a(b) 'c'\")\n");
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        refuses((struct answer){paths[i], NULL, NULL}, ANSWER_SXP, "as sxp");
        refuses((struct answer){"/b/k", paths[i], NULL}, ANSWER_SXP, "as sxp");
    }
    RENDERS(((struct answer){"/b\"(/k", NULL, NULL}), ANSWER_SIMPLE, "kernel /b\"(/k\n\n");
}

/* libxl takes items of less than ANSWER_ITEM_MAX bytes. */
static void longest_item(void **state)
{
    char text[ANSWER_ITEM_MAX + 1];
    auto_buffer struct buffer out = BUFFER_INIT(65536);
    auto_error struct error err = ERROR_INIT;
    const struct answer answer = {"/b/k", NULL, text};

    (void)state;
    memset(text, 'x', sizeof text);
    text[ANSWER_ITEM_MAX - 1 - strlen("args ")] = '\0';
    assert_int_equal(answer_render(&answer, ANSWER_SIMPLE0, &out, &err), 0);
    text[strlen(text)] = 'x';
    text[ANSWER_ITEM_MAX - strlen("args ")] = '\0';
    refuses(answer, ANSWER_SIMPLE0, "they are 8187 bytes long");
    text[0] = '/';
    refuses((struct answer){text, NULL, NULL}, ANSWER_SIMPLE, "kernel");
}

static void names_of_forms(void **state)
{
    enum answer_format format = ANSWER_DEFAULT;

    (void)state;
    assert_true(answer_format_from_name("simple", &format) && format == ANSWER_SIMPLE);
    assert_true(answer_format_from_name("simple0", &format) && format == ANSWER_SIMPLE0);
    assert_true(answer_format_from_name("sxp", &format) && format == ANSWER_SXP);
    assert_false(answer_format_from_name("", &format));
    assert_false(answer_format_from_name("SIMPLE", &format));
    assert_false(answer_format_from_name("simple1", &format));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_forms),
        cmocka_unit_test(what_is_not_there_is_left_out),
        cmocka_unit_test(no_control_character_in_any_form),
        cmocka_unit_test(sxp_has_no_quoting),
        cmocka_unit_test(longest_item),
        cmocka_unit_test(names_of_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
