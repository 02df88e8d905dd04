/* The parts of the helper `menu` that need no terminal: keys, numbers, lines, which terminals,
 * rows, and its request. (tests/cli/menu.t has the whole.) SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/protocol/menu.h"
#include "common/text.h"
#include "loader/menu/command.h"
#include "loader/menu/edit.h"
#include "loader/menu/keys.h"
#include "loader/menu/line.h"
#include "loader/menu/number.h"
#include "loader/menu/request.h"
#include "loader/menu/screen.h"

#define ENDS 0xffffffffu /* no key any more */

/* --- keys -------------------------------------------------------------------------------- */

/* The bytes TEXT are these keys, with a pause behind the last. */
static void are_keys(const char *text, const uint32_t *expected)
{
    struct keys keys = {.length = 0};
    uint32_t key;

    for (size_t i = 0; text[i]; i++) {
        int taken = keys_take(&keys, (unsigned char)text[i], &key);
        if (taken)
            assert_int_equal(key, *expected++);
        i -= taken == 2;
    }
    if (keys_end(&keys, &key))
        assert_int_equal(key, *expected++);
    assert_int_equal(*expected, ENDS);
    assert_int_equal(keys_end(&keys, &key), 0);
}
#define are_keys(text, ...) (are_keys)(text, (const uint32_t[]){__VA_ARGS__, ENDS})

static void test_keys(void **state)
{
    (void)state;
    are_keys("a\n\r\x03\x7f", 'a', KEY_ENTER, KEY_ENTER, KEY_INTERRUPT, KEY_DELETE_BACK);
    are_keys("\033[A\033OB\033[C\033OD", KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT);
    are_keys("\033[H\033[1~\033OF\033[8~", KEY_HOME, KEY_HOME, KEY_END, KEY_END);
    are_keys("\033[5~\033[6~\033[3~\033OM", KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_DELETE, KEY_ENTER);
    are_keys("\033[1;5A\033[6;2~", KEY_UP, KEY_PAGE_DOWN);
    are_keys("\033[15~\033[Zx\033[2~\033[9~", KEY_OTHER, KEY_OTHER, 'x', KEY_OTHER, KEY_OTHER);
    are_keys("\033", KEY_ESCAPE);
    are_keys("\033\033[A", KEY_ESCAPE, KEY_UP);
    are_keys("\033x", KEY_ESCAPE, 'x');
    are_keys("\033[", KEY_OTHER);
    are_keys("\033[1\rx", KEY_OTHER, KEY_ENTER, 'x');
    are_keys("\033[99999999999999999999~", KEY_OTHER);
    are_keys("\xc3\xa9\xe5\xad\x97\xf0\x9f\x90\xa7", 0xe9, 0x5b57, 0x1f427);
    are_keys("\x80\xff\xc3x\xe5\xadx", KEY_OTHER, KEY_OTHER, KEY_OTHER, 'x', KEY_OTHER, 'x');
    are_keys("\xf4\x90\x80\x80\xc0\x80", KEY_OTHER, KEY_OTHER);
    are_keys("\xe5\xad", KEY_OTHER);
}

/* --- lines ------------------------------------------------------------------------------- */

static void line_is(const char *text, const char *keys, const char *expected, size_t at)
{
    struct line line;

    line_open(&line, text);
    for (; *keys; keys++)
        assert_true(line_take(&line, (unsigned char)*keys));
    assert_string_equal(line.text, expected);
    assert_int_equal(line.length, strlen(expected));
    assert_int_equal(line.at, at);
}

static void test_line(void **state)
{
    struct line line;

    (void)state;
    line_is("", "abc", "abc", 3);
    line_is("", "\x01\x02\x04\x05\x06\x08\x0b\x15\x17\x7f", "", 0);
    line_is("ab cd  ", "\x17", "ab ", 3);
    line_is("ab cd", "\x02\x02\x02\x17", " cd", 0);
    line_is("abc", "\x01x\x05y", "xabcy", 5);
    line_is("abcd", "\x02\x15", "d", 0);
    line_is("a\xe5\xad\x97"
            "b",
            "\x02\x7f", "ab", 1);
    line_is("a\xe5\xad\x97", "\x02\x04", "a", 1);
    /* what is no character is one each, and stays in the line */
    line_is("a\xad\x97", "\x02\x7f", "a\x97", 1);
    line_open(&line, "x");
    assert_false(line_take(&line, 0x1b));
    assert_false(line_take(&line, 0x85));   /* C1 */
    assert_false(line_take(&line, 0x2028)); /* parts lines */
    assert_false(line_take(&line, 0xd800));
    assert_false(line_take(&line, KEY_UP));
    assert_false(line_take(&line, KEY_OTHER));
    assert_string_equal(line.text, "x");
}

static void test_line_bounds(void **state)
{
    auto_free char *long_one = xmalloc(MENU_ARGS_MAX + 2);
    struct line line;

    (void)state;
    memset(long_one, 'x', MENU_ARGS_MAX + 1);
    long_one[MENU_ARGS_MAX + 1] = '\0';
    line_open(&line, long_one);
    assert_int_equal(line.length, MENU_ARGS_MAX);
    assert_true(line_take(&line, 'y'));
    assert_int_equal(line.length, MENU_ARGS_MAX);
    assert_true(line_take(&line, 0x7f));
    assert_true(line_take(&line, 0xe9)); /* has two bytes, and there is room for one */
    assert_int_equal(line.length, MENU_ARGS_MAX - 1);
    assert_true(line_take(&line, 'y'));
    assert_int_equal(line.length, MENU_ARGS_MAX);
    assert_int_equal(line.text[MENU_ARGS_MAX - 1], 'y');
}

static void test_character(void **state)
{
    static const struct {
        const char *text, *shown;
        size_t bytes;
        unsigned columns;
    } all[] = {{"ab", "a", 1, 1},
               {"\\x", "\\", 1, 1},
               {"\xe5\xad\x97", "\xe5\xad\x97", 3, 2},
               {"\xe2\x80\xae", "\\xe2\\x80\\xae", 3, 12},
               {"\xf3\xa0\x80\x81", "\\xf3\\xa0\\x80\\x81", 4, 16},
               {"\xad", "\\xad", 1, 4}};
    char shown[LINE_SHOWN_MAX];
    unsigned columns;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        assert_int_equal(line_character(all[i].text, shown, &columns), all[i].bytes);
        assert_string_equal(shown, all[i].shown);
        assert_int_equal(columns, all[i].columns);
    }
}

/* --- commands ---------------------------------------------------------------------------- */

static void test_commands(void **state)
{
    auto_free char *most = xasprintf("initrd /%0*d", MENU_PATH_MAX - 1, 0);
    auto_free char *more = xasprintf("initrd /%0*d", MENU_PATH_MAX, 0);
    static const char *const wrong[] = {"",       "kernel",   "kernel x", "kernelx /x",
                                        "initrd", "initrd x", "boot"};
    struct menu menu = {.chosen = 0};
    enum menu_end end;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_non_null(command_take(&menu, wrong[i], &end));
        assert_int_equal(end, MENU_GOES_ON);
        assert_null(menu.kernel);
        assert_null(menu.ramdisk);
    }
    assert_null(command_take(&menu, " linux  /k  a  b ", &end));
    assert_string_equal(menu.kernel, "/k");
    assert_string_equal(menu.args, "a  b ");
    assert_null(command_take(&menu, "kernel /l", &end));
    assert_string_equal(menu.args, "");
    assert_null(command_take(&menu, most, &end));
    assert_int_equal(strlen(menu.ramdisk), MENU_PATH_MAX);
    assert_non_null(command_take(&menu, more, &end));
    assert_null(command_take(&menu, "boot", &end));
    assert_int_equal(end, MENU_CHOSEN);
    replace_string(&menu.kernel, NULL);
    replace_string(&menu.ramdisk, NULL);
    replace_string(&menu.args, NULL);
}

/* --- the request ------------------------------------------------------------------------- */

#define END "\"default\":0,\"marks\":true,\"uid\":1}"

static int parse(const char *text, struct menu_request *request)
{
    auto_error struct error err = ERROR_INIT;
    int result = menu_request_parse(text, strlen(text), request, &err);

    if (result < 0)
        assert_memory_equal(err.text, "the request to menu", 19);
    return result;
}

static void is_refused(const char *text)
{
    struct menu_request request;

    assert_int_equal(parse(text, &request), -1);
    menu_request_free(&request);
}

static void test_request(void **state)
{
    struct menu_request request;
    struct number number = {.length = 0};
    size_t index = 77;

    (void)state;
    assert_int_equal(parse("{\"entries\":[{\"number\":0,\"title\":\"\\u001b\",\"args\":\"x\"},"
                           "{\"number\":7,\"title\":\"\"}],\"timeout\":86400,"
                           "\"terminal\":\"vt100\"," END,
                           &request),
                     0);
    assert_int_equal(request.count, 2);
    assert_int_equal(request.timeout, 86400);
    assert_null(request.entries[1].args);
    for (const char *digit = "07"; *digit; digit++)
        assert_true(number_take(&number, (unsigned char)*digit));
    assert_true(number_names(&number, &request, &index));
    assert_int_equal(index, 1);
    assert_true(number_take(&number, '0'));
    assert_false(number_names(&number, &request, &index));
    for (size_t i = 0; i < 2 * NUMBER_MAX; i++)
        assert_true(number_take(&number, '9'));
    assert_int_equal(number.length, NUMBER_MAX);
    assert_false(number_take(&number, 0xe9));
    assert_false(number_take(&number, KEY_UP));
    menu_request_free(&request);
    is_refused("{" END);
    is_refused("{\"entries\":[]," END);
    is_refused("{\"entries\":[7]," END);
    is_refused("{\"entries\":[{\"number\":1,\"title\":\"\"}]," END);
    is_refused("{\"entries\":[{\"number\":0}]," END);
    is_refused("{\"entries\":[{\"number\":0,\"title\":\"\"},{\"number\":0,\"title\":\"\"}]," END);
    is_refused("{\"entries\":[{\"number\":0,\"title\":\"\",\"args\":\"a\\nb\"}]," END);
    is_refused("{\"entries\":[{\"number\":0,\"title\":\"\"}],\"timeout\":86401," END);
    is_refused("{\"entries\":[{\"number\":0,\"title\":\"\"}],\"timeout\":-1," END);
    is_refused("{\"entries\":[{\"number\":0,\"title\":\"\"}],\"terminal\":\"\\u001b\"," END);
    is_refused("{\"entries\":[{\"number\":0,\"title\":\"\"}],\"default\":0,\"uid\":1}");
    is_refused("{\"entries\":[{\"number\":0,\"title\":\"\"}],\"default\":0,\"marks\":true}");
}

/* A request of COUNT entries, the first of which has a title and arguments of so many bytes. */
static char *request_of(size_t count, int title, int args)
{
    auto_buffer struct buffer text = BUFFER_INIT(SIZE_MAX / 2);

    (void)buffer_addf(&text, "{\"entries\":[{\"number\":0,\"title\":\"%0*d\",\"args\":\"%0*d\"}",
                      title, 0, args, 0);
    for (size_t i = 1; i < count; i++)
        (void)buffer_addf(&text, ",{\"number\":%zu,\"title\":\"\"}", i);
    (void)buffer_addf(&text, "]," END);
    return buffer_take(&text);
}

static void test_request_bounds(void **state)
{
    const int title = MENU_TITLE_MAX + UTF8_LENGTH_MAX;
    struct menu_request request;

    (void)state;
    auto_free char *largest = request_of(MENU_LIST_MAX, title, MENU_ARGS_MAX);
    assert_int_equal(parse(largest, &request), 0);
    assert_int_equal(request.count, MENU_LIST_MAX);
    menu_request_free(&request);
    auto_free char *entries = request_of(MENU_LIST_MAX + 1, 1, 1);
    auto_free char *titles = request_of(1, title + 1, 1),
                   *args = request_of(1, 1, MENU_ARGS_MAX + 1);
    is_refused(entries);
    is_refused(titles);
    is_refused(args);
}

/* --- rows -------------------------------------------------------------------------------- */

static void test_which_terminals(void **state)
{
    static const char *const can[] = {"vt100", "xterm", "dumber", "hpterm", "x"};
    static const char *const cannot[] = {"", "dumb", "dumb-color", "unknown", "vt52"};
    struct tty tty = {.rows = SCREEN_ROWS_MIN, .columns = SCREEN_COLUMNS_MIN};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(can); i++)
        assert_true(screen_can(&tty, can[i]));
    for (size_t i = 0; i < ARRAY_SIZE(cannot); i++)
        assert_false(screen_can(&tty, cannot[i]));
    assert_false(screen_can(&tty, NULL));
    tty.rows--;
    assert_false(screen_can(&tty, "vt100"));
    tty = (struct tty){.rows = SCREEN_ROWS_MIN, .columns = SCREEN_COLUMNS_MIN - 1};
    assert_false(screen_can(&tty, "vt100"));
}

static void row_is(struct screen *screen, const char *text, const char *expected)
{
    screen_set(screen, 1, false, text);
    assert_string_equal(screen->lines[1].wanted, expected);
}

static void test_rows(void **state)
{
    struct tty tty = {.fd = -1, .rows = 3, .columns = 6, .out = BUFFER_INIT(4096)};
    struct screen screen;
    struct line line;

    (void)state;
    screen_open(&screen, &tty, true);
    row_is(&screen, "abcde", "abcde");
    row_is(&screen, "abcdef", "abcd…");
    row_is(&screen, "a\xe5\xad\x97\xe5\xad\x97", "a\xe5\xad\x97\xe5\xad\x97");
    row_is(&screen, "ab\xe5\xad\x97\xe5\xad\x97", "ab\xe5\xad\x97…");
    row_is(&screen,
           "abc\xe5\xad\x97"
           "d",
           "abc…");
    screen_set(&screen, 3, false, "there is no such row");
    screen_set(&screen, 0, true, "r");
    assert_string_equal(screen.lines[0].wanted, "\033[7mr\033[m");
    screen_draw(&screen);
    buffer_clear(&tty.out);
    screen_draw(&screen);
    assert_string_equal(buffer_text(&tty.out), "\033[1;1H");
    /* Two rows for a line that has three: those with the cursor. */
    screen_clear(&screen);
    line_open(&line, "abcdefghij");
    edit_show(&screen, &line, " ", 1, 2);
    assert_string_equal(screen.lines[1].wanted, "defg");
    assert_string_equal(screen.lines[2].wanted, "hij");
    assert_int_equal(screen.cursor_row, 2);
    assert_int_equal(screen.cursor_column, 3);
    line.at = 0;
    edit_show(&screen, &line, " ", 1, 2);
    assert_string_equal(screen.lines[1].wanted, " abc");
    assert_string_equal(screen.lines[2].wanted, "defg");
    assert_int_equal(screen.cursor_row, 1);
    assert_int_equal(screen.cursor_column, 1);
    screen_close(&screen);
    buffer_free(&tty.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_line_bounds),
        cmocka_unit_test(test_character),
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_request_bounds),
        cmocka_unit_test(test_which_terminals),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
