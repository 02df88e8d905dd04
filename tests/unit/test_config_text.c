/* Lines, words and paths of boot configurations, with every bound.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/menu_fixture.h"

/* The lines of the LENGTH bytes, "NUMBER:TEXT|" each. The caller frees. */
static char *all_lines(struct fixture *f, const char *text, size_t length, bool continues)
{
    struct buffer out = BUFFER_INIT(4 * 1024 * 1024);
    struct config_lines lines;
    const char *line;

    menu_free(&f->menu);
    config_lines_start(&lines, "/file", text, length, &f->menu);
    lines.continues = continues;
    while ((line = config_lines_next(&lines)))
        buffer_addf(&out, "%zu:%s|", lines.number, line);
    assert_null(config_lines_next(&lines));
    config_lines_free(&lines);
    return buffer_take(&out);
}

static void check_lines(struct fixture *f, const char *text, bool continues, const char *expected,
                        int line)
{
    auto_free char *found = all_lines(f, text, strlen(text), continues);

    _assert_string_equal(found, expected, __FILE__, line);
}

static void lines(void **state)
{
    check_lines(*state, "", false, "", __LINE__);
    check_lines(*state, "\n\r\n \t\n", false, "", __LINE__);
    check_lines(*state, "a\n\n  b c \t\r\nd", false, "1:a|3:b c|4:d|", __LINE__);
    check_lines(*state,
                "\xef\xbb\xbf"
                "a\n\xef\xbb\xbf"
                "b",
                false,
                "1:a|2:\xef\xbb\xbf"
                "b|",
                __LINE__);
    check_lines(*state, "\xef\xbb", false, "1:\xef\xbb|", __LINE__);
}

static void joined_lines(void **state)
{
    check_lines(*state, "a \\\n b\\\r\nc\nd", true, "3:a   b c|4:d|", __LINE__);
    check_lines(*state, "a\\\nb", false, "1:a\\|2:b|", __LINE__);
    check_lines(*state, "a\\", true, "1:a\\|", __LINE__);
    check_lines(*state, "a\\\n", true, "1:a|", __LINE__);
    check_lines(*state, "\\\n\\\n\nb", true, "4:b|", __LINE__);
}

static void nul_ends_a_line(void **state)
{
    struct fixture *f = *state;
    static const char bytes[] = "a\0b\\\nc\n\0\nd\0";
    auto_free char *found = all_lines(f, bytes, sizeof bytes - 1, true);

    assert_string_equal(found, "1:a|2:c|4:d|");
    assert_true(has_problem(&f->menu, "/file line 1: a NUL byte"));
    assert_true(has_problem(&f->menu, "/file line 3: a NUL byte"));
}

static void length_of_a_line(void **state)
{
    struct fixture *f = *state;

    for (size_t length = CONFIG_LINE_MAX - 1; length <= CONFIG_LINE_MAX + 1; length++) {
        auto_free char *x = repeat("x", length), *text = xasprintf("a\n%s\nb\n", x);
        auto_free char *found = all_lines(f, text, strlen(text), false);
        size_t kept = length <= CONFIG_LINE_MAX ? length + strlen("2:|") : 0;

        assert_int_equal(strlen(found), strlen("1:a|3:b|") + kept);
        assert_int_equal(has_problem(&f->menu, "/file line 2 is longer than 8192 bytes"),
                         length > CONFIG_LINE_MAX);
    }
}

static void length_of_joined_lines(void **state)
{
    struct fixture *f = *state;

    for (size_t length = CONFIG_LINE_MAX - 1; length <= CONFIG_LINE_MAX + 1; length++) {
        /* A space takes the backslash's place. */
        auto_free char *x = repeat("x", length - 4), *text = xasprintf("%s\\\nabc\nb\n", x);
        auto_free char *found = all_lines(f, text, strlen(text), true);
        size_t kept = length <= CONFIG_LINE_MAX ? length + strlen("2:|") : 0;

        assert_int_equal(strlen(found), strlen("3:b|") + kept);
    }
}

static void number_of_lines(void **state)
{
    struct fixture *f = *state;

    for (size_t count = CONFIG_LINES_MAX - 1; count <= CONFIG_LINES_MAX + 1; count++) {
        auto_free char *blank = repeat("\n", count - 1), *text = xasprintf("%sx\n", blank);
        auto_free char *found = all_lines(f, text, strlen(text), false);

        assert_int_equal(*found != '\0', count <= CONFIG_LINES_MAX);
        assert_int_equal(has_problem(&f->menu, "more than 20000 lines"), count > CONFIG_LINES_MAX);
    }
}

static void words(void **state)
{
    char text[] = "\tone  two\t ", *at = text;

    (void)state;
    assert_string_equal(config_cut_word(&at), "one");
    assert_string_equal(at, "two\t ");
    assert_string_equal(config_cut_word(&at), "two");
    assert_string_equal(at, "");
    assert_string_equal(config_cut_word(&at), "");
}

static void check_joined(const char *text, const char *expected, int line)
{
    auto_free char *found = config_join_words(text);

    _assert_string_equal(found, expected, __FILE__, line);
}

static void joined_words(void **state)
{
    (void)state;
    check_joined("", "", __LINE__);
    check_joined(" \t", "", __LINE__);
    check_joined(" a\t\tb \r", "a b", __LINE__);
    check_joined("a=\"b \t c\"  d", "a=\"b   c\" d", __LINE__);
    check_joined("a\n\nb\n", "a b", __LINE__);
    check_joined("a \"b  ", "a \"b", __LINE__);
    check_joined("\"  \" x", "\"  \" x", __LINE__);
}

static void joined_texts(void **state)
{
    static const char *const cases[][3] = {
        {"", "", ""}, {"a", "", "a"}, {"", "b", "b"}, {"a", "b", "a b"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_free char *found = config_join(cases[i][0], cases[i][1]);

        assert_string_equal(found, cases[i][2]);
    }
}

static void paths(void **state)
{
    static const char *const cases[][3] = {
        {"", "k", "/k"},
        {"/boot", "k", "/boot/k"},
        {"/boot", "/k", "/k"},
        {"/a/b", "../k", "/a/k"},
        {"/a/b", "../../../k", "/k"},
        {"/a", "./b//c/.", "/a/b/c"},
        {"", "", "/"},
        {"/a", "..", "/"},
        {"/a", "...", "/a/..."},
        {"/a", "/..", "/"},
        {"/a/", "b/", "/a/b"},
        {"", "//", "/"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_free char *found = config_absolute_path(cases[i][0], cases[i][1]);

        assert_string_equal(found, cases[i][2]);
    }
    auto_free char *directory = config_directory("/boot/grub/menu.lst");
    auto_free char *root = config_directory("/menu.lst");

    assert_string_equal(directory, "/boot/grub");
    assert_string_equal(root, "");
}

static void further_files(void **state)
{
    struct fixture *f = *state;
    struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);

    for (size_t size = GUEST_CONFIG_MAX - 1; size <= GUEST_CONFIG_MAX + 1; size++) {
        auto_free char *x = repeat("x", size);

        memory_file(&f->guest, 0, "/file", x);
        menu_free(&f->menu);
        assert_int_equal(config_read(&f->guest, 0, "/file", &text, &f->menu),
                         size <= GUEST_CONFIG_MAX);
        assert_int_equal(has_problem(&f->menu, "is larger than"), size > GUEST_CONFIG_MAX);
        assert_int_equal(f->menu.no_default != NULL, size > GUEST_CONFIG_MAX);
    }
    assert_false(config_read(&f->guest, 0, "/none", &text, &f->menu));
    assert_true(has_problem(&f->menu, "/none is not there"));
    assert_true(config_is_file(&f->guest, 0, "/file"));
    assert_false(config_is_file(&f->guest, 0, "/"));
    assert_false(config_is_file(&f->guest, 9, "/file"));
    buffer_free(&text);
}

static void length_of_an_entry(void **state)
{
    (void)state;
    for (size_t length = MENU_TEXT_MAX - 1; length <= MENU_TEXT_MAX + 1; length++) {
        auto_free char *x = repeat("x", length);
        struct entry path = {.kernel = {.path = x}}, ramdisk = {.ramdisk_count = 1};
        struct entry title = {.title = x}, args = {.args = x}, hypervisor = {.hypervisor = x};
        bool is = length > MENU_TEXT_MAX;

        ramdisk.ramdisks[0].path = x;
        assert_int_equal(config_entry_too_long(&path), is);
        assert_int_equal(config_entry_too_long(&ramdisk), is);
        assert_int_equal(config_entry_too_long(&title), is);
        assert_int_equal(config_entry_too_long(&args), is);
        assert_int_equal(config_entry_too_long(&hypervisor), is);
    }
}

static void quotes_and_letters(void **state)
{
    static const struct {
        const char *text, *unquoted;
    } cases[] = {{"\"a b\"", "a b"}, {"\"\"", ""},   {"\"", "\""},
                 {"\"a", "\"a"},     {"a\"", "a\""}, {"\"a\" \"b\"", "a\" \"b"},
                 {"", ""},           {"'a'", "'a'"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_free char *copy = xstrdup(cases[i].text);
        assert_string_equal(config_unquote(copy), cases[i].unquoted);
    }
    auto_free char *small = config_small_letters("A.Z[`{-\xc3\x84");
    assert_string_equal(small, "a.z[`{-\xc3\x84");
    assert_true(config_ends_in("x.EFI", ".efi") && config_ends_in(".efi", ".efi"));
    assert_false(config_ends_in("efi", ".efi") || config_ends_in("x.efi.", ".efi"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(lines),
        fixture_test(joined_lines),
        fixture_test(nul_ends_a_line),
        fixture_test(length_of_a_line),
        fixture_test(length_of_joined_lines),
        fixture_test(number_of_lines),
        fixture_test(words),
        fixture_test(joined_words),
        fixture_test(joined_texts),
        fixture_test(paths),
        fixture_test(further_files),
        fixture_test(length_of_an_entry),
        fixture_test(quotes_and_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
