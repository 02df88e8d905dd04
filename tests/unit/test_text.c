/* Buffers with a maximum, escaping, numbers and sizes.
 * Boundaries: text
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/escape.h"
#include "common/text.h"
#include "common/utf8.h"

static void buffer_grows_to_its_maximum(void **state)
{
    auto_buffer struct buffer b = BUFFER_INIT(4);

    (void)state;
    assert_string_equal(buffer_text(&b), "");
    assert_true(buffer_add(&b, "abc", 3));
    assert_true(buffer_add_text(&b, "d"));
    assert_false(b.full);
    assert_true(buffer_add_text(&b, ""));
    assert_false(buffer_add_text(&b, "e"));
    assert_true(b.full);
    assert_string_equal(buffer_text(&b), "abcd");
    assert_int_equal(b.length, 4);
}

static void buffer_refuses_whole(void **state)
{
    auto_buffer struct buffer b = BUFFER_INIT(4);

    (void)state;
    assert_true(buffer_add_text(&b, "ab"));
    assert_false(buffer_addf(&b, "%s", "cde"));
    assert_string_equal(buffer_text(&b), "ab");
    /* What came too late must not follow on what was refused. */
    assert_false(buffer_add_text(&b, "c"));
    buffer_clear(&b);
    assert_true(buffer_add_text(&b, "c"));
    assert_string_equal(buffer_text(&b), "c");
}

static void buffer_of_size_max_does_not_overflow(void **state)
{
    auto_buffer struct buffer b = BUFFER_INIT(16);

    (void)state;
    assert_true(buffer_add(&b, "a\0b", 3));
    assert_false(buffer_add(&b, "x", SIZE_MAX));
    assert_int_equal(b.length, 3);
    assert_memory_equal(b.data, "a\0b", 4);
}

static void buffer_is_taken_once(void **state)
{
    auto_buffer struct buffer b = BUFFER_INIT(100000);

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_true(buffer_addf(&b, "%03d,", i));
    auto_free char *text = buffer_take(&b);
    assert_int_equal(strlen(text), 4000);
    assert_memory_equal(text + 3996, "999,", 5);
    auto_free char *nothing = buffer_take(&b);
    assert_string_equal(nothing, "");
}

static void escapes_to(const char *text, size_t length, const char *expected)
{
    auto_free char *escaped = text_escape_bytes(text, length, 100);

    assert_string_equal(escaped, expected);
}

static void what_prints_is_kept(void **state)
{
    (void)state;
    escapes_to("", 0, "");
    escapes_to("a b~", 4, "a b~");
    escapes_to("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7", 11,
               "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7");
}

static void what_does_not_print_is_escaped(void **state)
{
    (void)state;
    escapes_to("a\nb\0c\x7f\x1b[2J\\", 11, "a\\x0ab\\x00c\\x7f\\x1b[2J\\\\");
    escapes_to("\xc2\x9b", 2, "\\xc2\\x9b");          /* a C1 control: CSI */
    escapes_to("\xe2\x80\xae", 3, "\\xe2\\x80\\xae"); /* U+202E right-to-left override */
    escapes_to("\xe2\x81\xa6", 3, "\\xe2\\x81\\xa6"); /* U+2066 isolate */
    escapes_to("\xef\xbb\xbf", 3, "\\xef\\xbb\\xbf"); /* U+FEFF */
    escapes_to("\xe2\x80\xa8", 3, "\\xe2\\x80\\xa8"); /* U+2028 line separator */
}

static void json_escapes_to(const char *json, const char *expected)
{
    auto_free char *escaped = text_escape_json(json);

    assert_string_equal(escaped, expected);
}

static void json_for_people(void **state)
{
    (void)state;
    json_escapes_to("", "");
    json_escapes_to("{\n  \"a\\n\": \"\xc3\xa9 \\\\ \xf0\x9f\x90\xa7\"\n}",
                    "{\n  \"a\\n\": \"\xc3\xa9 \\\\ \xf0\x9f\x90\xa7\"\n}");
    json_escapes_to("\"\x7f\xc2\x80\xc2\x9b\xc2\x9f\"", "\"\\u007f\\u0080\\u009b\\u009f\"");
    json_escapes_to("\"\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf\"", "\"\\u202e\\u2066\\ufeff\"");
    /* U+E0001 is a pair of surrogates, and U+10FFFF the last */
    json_escapes_to("\"\xf3\xa0\x80\x81\xf4\x8f\xbf\xbf\"", "\"\\udb40\\udc01\\udbff\\udfff\"");
}

static void bad_utf8_is_escaped(void **state)
{
    (void)state;
    escapes_to("\xff\x80", 2, "\\xff\\x80");
    escapes_to("\xc0\xaf", 2, "\\xc0\\xaf");                   /* overlong "/" */
    escapes_to("\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf");          /* overlong "/" */
    escapes_to("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80"); /* U+110000 */
    escapes_to("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");          /* a surrogate */
    escapes_to("\xe2\x82", 2, "\\xe2\\x82");                   /* cut */
    escapes_to("\xe2\x82g", 3, "\\xe2\\x82g");
}

static void escaping_is_cut_at_its_maximum(void **state)
{
    (void)state;
    auto_free char *fits = text_escape_bytes("abcdef", 6, 6);
    assert_string_equal(fits, "abcdef");
    auto_free char *cut = text_escape_bytes("abcdefg", 7, 6);
    assert_string_equal(cut, "abc\xe2\x80\xa6");
    auto_free char *whole = text_escape_bytes("ab\xc3\xa9\xc3\xa9", 6, 5);
    assert_string_equal(whole, "ab\xe2\x80\xa6");
    auto_free char *none = text_escape(NULL);
    assert_string_equal(none, "(none)");
    char longer[5000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    auto_free char *string = text_escape(longer);
    assert_int_equal(strlen(string), 4096);
}

static void clean_and_words(void **state)
{
    (void)state;
    assert_true(text_is_clean(""));
    assert_true(text_is_clean("a b \xc3\xa9\xff"));
    assert_false(text_is_clean("a\nb"));
    assert_false(text_is_clean("a\tb"));
    assert_false(text_is_clean("\x7f"));
    /* C1 controls, of which terminals obey some and Python parts lines at one. */
    assert_false(text_is_clean("a \xc2\x80"));
    assert_false(text_is_clean("\xc2\x85kernel /etc/shadow"));
    assert_false(text_is_clean("\xc2\x9b"
                               "31m"));
    assert_false(text_is_clean("\xc2\x9f"));
    assert_true(text_is_clean("\xc2\xa0\xc2\x7e\xc2"));
    assert_false(text_is_clean("\xe2\x80\xa8"));
    assert_false(text_is_clean("\xe2\x80\xa9"));
    assert_true(text_is_clean("\xe2\x80\xa7\xe2\x80\xaa\xe2"));
    /* Bare bytes of C1: alone, behind what begins a character, in an overlong one. As a part of a
     * character they are none. */
    assert_false(text_is_clean("a \x80"));
    assert_false(text_is_clean("\x9b"
                               "31mred"));
    assert_false(text_is_clean("\x9f"));
    assert_true(text_is_clean("\xa0 \x7e \xfe"));
    assert_false(text_is_clean("\xe2\x80"));
    assert_false(text_is_clean("\xe9\x85 \xc3\xa9"));
    assert_false(text_is_clean("\xe0\x82\x9b"));
    assert_false(text_is_clean("\xf0\x80\x82\x9b"));
    assert_true(text_is_clean("\xc4\x80 \xe2\x82\x9f \xf0\x9f\x98\x80"));
    assert_false(text_is_word(""));
    assert_true(text_is_word("a=b"));
    assert_false(text_is_word("a b"));
    assert_false(text_is_word("a\t"));
    assert_true(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("ab", "abc"));
    assert_true(text_ends("abc", "bc") && text_ends("abc", "") && !text_ends("bc", "abc"));
    assert_true(text_is_hex("09af", 4) && text_is_hex("", 0));
    assert_false(text_is_hex("09af", 3) || text_is_hex("09af", 5) || text_is_hex("09aF", 4));
    assert_false(text_is_hex("09ag", 4) || text_is_hex("09 a", 4));
}

static void decodes_to(const char *encoded, const char *expected)
{
    auto_free char *text = xstrdup(encoded);

    assert_int_equal(text_decode_percent(text), expected != NULL);
    if (expected)
        assert_string_equal(text, expected);
}

static void percent_signs(void **state)
{
    (void)state;
    decodes_to("", "");
    decodes_to("a+b", "a+b");
    decodes_to("%41%5a%5A%c3%a9%2541", "AZZ\xc3\xa9%41");
    static const char *const bad[] = {"%", "a%", "%4", "%4g", "%g4", "%%41", "%00", "a%00b", "%-1"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        decodes_to(bad[i], NULL);
}

static void number_is(const char *text, uint64_t max, bool valid, uint64_t expected)
{
    uint64_t number = 7;

    assert_int_equal(text_to_number(text, max, &number), valid);
    assert_true(number == (valid ? expected : 7));
}

static void numbers(void **state)
{
    (void)state;
    number_is("0", 10, true, 0);
    number_is("10", 10, true, 10);
    number_is("11", 10, false, 0);
    number_is("0010", 10, true, 10);
    number_is("18446744073709551615", UINT64_MAX, true, UINT64_MAX);
    number_is("18446744073709551616", UINT64_MAX, false, 0);
    number_is("99999999999999999999999", UINT64_MAX, false, 0);
    static const char *const bad[] = {"", " 1", "1 ", "+1", "-1", "0x1", "1e3", "1.0", "one"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        number_is(bad[i], UINT64_MAX, false, 0);
}

static void size_is(const char *text, uint64_t max, bool valid, uint64_t expected)
{
    uint64_t size = 7;

    assert_int_equal(text_to_size(text, max, &size), valid);
    assert_true(size == (valid ? expected : 7));
}

static void sizes(void **state)
{
    const uint64_t mib = UINT64_C(1) << 20;

    (void)state;
    size_is("1", mib, true, 1);
    size_is("1K", mib, true, 1024);
    size_is("1k", mib, true, 1024);
    size_is("1KiB", mib, true, 1024);
    size_is("1M", mib, true, mib);
    size_is("1M", mib - 1, false, 0);
    size_is("1048577", mib, false, 0);
    size_is("2G", UINT64_MAX, true, UINT64_C(2) << 30);
    size_is("16777215T", UINT64_MAX, true, UINT64_C(16777215) << 40);
    size_is("16777216T", UINT64_MAX, false, 0);
    static const char *const bad[] = {"",      "K",  "1KB", "1 K",  "1Ki",
                                      "1KiBx", "1P", "-1",  "1.5M", "1B"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        size_is(bad[i], UINT64_MAX, false, 0);
}

static void bools(void **state)
{
    static const char *const yes[] = {"true", "TRUE", "yes", "1", "on"};
    static const char *const no[] = {"false", "False", "no", "0", "off"};
    bool value;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
        value = false;
        assert_true(text_to_bool(yes[i], &value) && value);
        assert_true(text_to_bool(no[i], &value) && !value);
    }
    assert_false(text_to_bool("", &value));
    assert_false(text_to_bool("2", &value));
    assert_false(text_to_bool("tru", &value));
}

static void sizes_for_people(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 bytes"},
        {1023, "1023 bytes"},
        {1024, "1 KiB"},
        {1536, "1.50 KiB"},
        {10 * 1024 + 512, "10.5 KiB"},
        {(1 << 20) - 1, "1.00 MiB"},
        {UINT64_C(512) << 20, "512 MiB"},
        {UINT64_MAX, "16 EiB"},
    };
    char out[TEXT_SIZE_LENGTH];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(text_from_size(cases[i].bytes, out), cases[i].text);
}

static void check_again(const char *text, size_t max, const char *shown)
{
    auto_free char *got = text_escape_again(text, max);

    assert_string_equal(got, shown);
}

static void escaped_again(void **state)
{
    (void)state;
    check_again("", 4, "");
    check_again("Linux é", 200, "Linux é");
    check_again("a\033[2Jb\r\n", 200, "a\\x1b[2Jb\\x0d\\x0a");
    check_again("\xc2\x9b\xe2\x80\xae", 200, "\\xc2\\x9b\\xe2\\x80\\xae");
    /* what the helper has escaped stays as it is */
    check_again("a\\x1b[2J", 200, "a\\x1b[2J");
    check_again("\\", 1, "\\");
    check_again("abc", 4, "abc");
    check_again("abcd", 4, "abcd");
    check_again("abcde", 4, "abcd…");
    check_again("\033\033\033\033", 4, "\\x1b\\x1b\\x1b\\x1b");
    check_again("\\\\\\\\\\", 4, "\\\\\\\\…");
    /* a character is whole, or not there */
    check_again("ab\xe5\xad\x97", 5, "ab\xe5\xad\x97");
    check_again("ab\xe5\xad\x97", 4, "ab…");
    check_again("ab\xe5\xad\x97x", 5, "ab\xe5\xad\x97…");
}

static void columns(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } texts[] = {
        {"", 0},
        {"abc", 3},
        {"\xc3\xa9", 1},
        {"e\xcc\x81", 1},                /* and a combining accent */
        {"\xe5\xad\x97\xe5\xad\x97", 4}, /* two of China's */
        {"\xf0\x9f\x90\xa7", 2},         /* a penguin */
        {"\xef\xbd\xb1", 1},             /* half-width katakana */
        {"\xe1\x84\x92\xe1\x85\xa1", 2}, /* a Hangul syllable of two letters */
        {"\xcc\x80", 0},
        {"\xcb\xbf", 1}, /* the first mark, and what is before it */
        {"\xff", 1},
    };
    size_t width;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        assert_int_equal(utf8_columns(texts[i].text), texts[i].columns);
    assert_int_equal(utf8_fit("a\xe5\xad\x97"
                              "b",
                              5, 2, &width),
                     1);
    assert_int_equal(width, 1);
    assert_int_equal(utf8_fit("a\xe5\xad\x97"
                              "b",
                              5, 3, &width),
                     4);
    assert_int_equal(width, 3);
    assert_int_equal(utf8_fit("e\xcc\x81"
                              "b",
                              4, 1, &width),
                     3);
    assert_int_equal(utf8_fit("ab", 2, 0, &width), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_grows_to_its_maximum),
        cmocka_unit_test(buffer_refuses_whole),
        cmocka_unit_test(buffer_of_size_max_does_not_overflow),
        cmocka_unit_test(buffer_is_taken_once),
        cmocka_unit_test(what_prints_is_kept),
        cmocka_unit_test(what_does_not_print_is_escaped),
        cmocka_unit_test(json_for_people),
        cmocka_unit_test(bad_utf8_is_escaped),
        cmocka_unit_test(escaped_again),
        cmocka_unit_test(columns),
        cmocka_unit_test(escaping_is_cut_at_its_maximum),
        cmocka_unit_test(clean_and_words),
        cmocka_unit_test(percent_signs),
        cmocka_unit_test(numbers),
        cmocka_unit_test(sizes),
        cmocka_unit_test(bools),
        cmocka_unit_test(sizes_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
