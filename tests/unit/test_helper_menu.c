/* Which entries are the menu, what the helper `menu` is told of them, and what it may answer: see
 * loader/helpers/menu.h.
 * Boundaries: answers
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "common/protocol/menu.h"
#include "common/utf8.h"
#include "loader/helpers/menu.h"
#include "tests/unit/answer_fixture.h"

/* A probe's answer: entries of these numbers, ended by -1, and whether the last one is chosen. */
static struct probed probed_of(const int *numbers, bool boots)
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
    auto_probed struct probed probed = probed_of(numbers, boots);
    size_t got_first = 77, got_end = 77;

    probed_menu(&probed, &got_first, &got_end);
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

/* --- what it is told --------------------------------------------------------------------- */

static void check_request(const struct probed *probed, int timeout, const char *expected)
{
    json_auto_t *request = menu_request(probed, timeout);
    auto_free char *text = json_dumps(request, JSON_COMPACT);

    assert_string_equal(text, expected);
}

static void test_request(void **state)
{
    auto_probed struct probed none = probed_of((int[]){-1}, false);
    auto_probed struct probed probed = probed_of((int[]){0, 2, -1}, true);

    (void)state;
    setenv("TERM", "vt100", 1);
    unsetenv("NO_COLOR");
    assert_null(menu_request(&none, 5));
    probed.entries[0].title = "\033[2J";
    probed.entries[0].args = "a\nb";
    probed.entries[1].args = "c";
    check_request(&probed, 5,
                  "{\"entries\":[{\"number\":0,\"title\":\"\\u001B[2J\",\"args\":null},"
                  "{\"number\":2,\"title\":\"/k\",\"args\":\"c\"}],\"default\":2,"
                  "\"timeout\":5,\"terminal\":\"vt100\",\"marks\":true}");
    setenv("TERM", "\033[2J", 1);
    setenv("NO_COLOR", "1", 1);
    probed.entry_count = 1;
    probed.boots = false;
    check_request(&probed, -1,
                  "{\"entries\":[{\"number\":0,\"title\":\"\\u001B[2J\",\"args\":null}],"
                  "\"default\":0,\"timeout\":null,\"terminal\":null,\"marks\":false}");
    json_auto_t *patient = menu_request(&probed, MENU_TIMEOUT_MAX + 1);
    assert_int_equal(json_integer_value(json_object_get(patient, "timeout")), MENU_TIMEOUT_MAX);
}

static const char *sent(const json_t *request, size_t entry, const char *member)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(request, "entries"), entry), member));
}

/* Titles are cut where a character ends; arguments are whole or not there. */
static void test_request_bounds(void **state)
{
    auto_probed struct probed probed = probed_of((int[]){0, 1, 2, 3, -1}, true);
    char title[MENU_TITLE_MAX + 64], args[MENU_ARGS_MAX + 2];

    (void)state;
    memset(title, 'x', sizeof title);
    strcpy(title + MENU_TITLE_MAX + 2, "\xe5\xad\x97");
    memset(args, 'x', sizeof args);
    args[MENU_ARGS_MAX + 1] = '\0';
    probed.entries[0].title = title;
    probed.entries[0].args = args;
    probed.entries[1].args = args + 1;
    json_auto_t *request = menu_request(&probed, 1);
    assert_int_equal(strlen(sent(request, 0, "title")), MENU_TITLE_MAX + 2);
    assert_null(sent(request, 0, "args"));
    assert_int_equal(strlen(sent(request, 1, "args")), MENU_ARGS_MAX);
    title[MENU_TITLE_MAX + UTF8_LENGTH_MAX] = '\0';
    strcpy(title + MENU_TITLE_MAX + 1, "\xe5\xad\x97");
    json_auto_t *whole = menu_request(&probed, 1);
    assert_string_equal(sent(whole, 0, "title"), title);
}

/* All arguments together have a bound, too. */
static void test_request_bound_of_all(void **state)
{
    const size_t count = MENU_ALL_ARGS_MAX / MENU_ARGS_MAX;
    auto_free int *numbers = xcalloc(count + 2, sizeof *numbers);
    char args[MENU_ARGS_MAX + 1];

    (void)state;
    memset(args, '"', MENU_ARGS_MAX); /* which JSON doubles */
    args[MENU_ARGS_MAX] = '\0';
    for (size_t i = 0; i <= count; i++)
        numbers[i] = (int)i;
    numbers[count + 1] = -1;
    auto_probed struct probed probed = probed_of(numbers, true);
    for (size_t i = 0; i <= count; i++)
        probed.entries[i].args = args;
    json_auto_t *request = menu_request(&probed, 1);
    auto_free char *text = json_dumps(request, JSON_COMPACT);
    assert_non_null(sent(request, count - 1, "args"));
    assert_null(sent(request, count, "args"));
    assert_true(strlen(text) < MENU_REQUEST_MAX);
}

/* --- what it answers --------------------------------------------------------------------- */

/* What ANSWER chooses; -1 in *FAILED with the error's name. */
static struct menu_choice choice_of(const struct probed *probed, const char *text,
                                    enum error_name *failed)
{
    struct menu_choice choice = MENU_CHOICE_INIT;
    auto_error struct error err = ERROR_INIT;
    json_auto_t *answer = answer_of(text);

    *failed = menu_read(probed, answer, &choice, &err) < 0 ? err.name : ERROR_NONE;
    return choice;
}

static void check_choice(const struct probed *probed, const char *text, const char *entry,
                         const char *args)
{
    enum error_name failed;
    auto_menu_choice struct menu_choice choice = choice_of(probed, text, &failed);

    assert_int_equal(failed, ERROR_NONE);
    assert_string_equal(choice.entry ? choice.entry : "(none)", entry);
    assert_string_equal(choice.args ? choice.args : "(none)", args);
}

static void check_refused(const struct probed *probed, const char *text, enum error_name name)
{
    enum error_name failed;
    auto_menu_choice struct menu_choice choice = choice_of(probed, text, &failed);

    assert_int_equal(failed, name);
    assert_null(choice.entry);
    assert_null(choice.args);
}

static void test_choice(void **state)
{
    auto_probed struct probed probed = probed_of((int[]){0, 1, 5, -1}, true);
    auto_probed struct probed second = probed_of((int[]){0, 1, 0, 3, -1}, true);

    (void)state;
    check_choice(&probed, "{\"number\":5}", "(none)", "(none)");
    check_choice(&probed, "{\"number\":5,\"args\":null}", "(none)", "(none)");
    check_choice(&probed, "{\"number\":1}", "1", "(none)");
    /* arguments are those of one entry, even if it would boot anyway */
    check_choice(&probed, "{\"number\":5,\"args\":\"x\"}", "5", "x");
    check_choice(&probed, "{\"number\":0,\"args\":\"\"}", "0", "");
    second.entries[2].title = "Title";
    check_choice(&second, "{\"number\":0}", "Title", "(none)");
    check_choice(&second, "{\"number\":3}", "(none)", "(none)");
    check_refused(&second, "{\"number\":1}", ERROR_INTERNAL);
}

static void test_files(void **state)
{
    static const char *const lies[] = {
        "{\"kernel\":\"/k\"}",
        "{\"kernel\":\"/k\",\"args\":null}",
        "{\"kernel\":\"k\",\"args\":\"\"}",
        "{\"kernel\":\"\",\"args\":\"\"}",
        "{\"kernel\":\"/k\\n\",\"args\":\"\"}",
        "{\"kernel\":\"/k\",\"ramdisk\":\"r\",\"args\":\"\"}",
        "{\"kernel\":\"/k\",\"args\":\"\\n\"}",
        "{\"ramdisk\":\"/r\",\"args\":\"\"}",
    };
    auto_probed struct probed probed = probed_of((int[]){0, 1, -1}, true);
    auto_free char *most = xasprintf("{\"kernel\":\"/%0*d\",\"args\":\"\"}", MENU_PATH_MAX - 1, 0);
    auto_free char *more = xasprintf("{\"kernel\":\"/%0*d\",\"args\":\"\"}", MENU_PATH_MAX, 0);
    enum error_name failed;

    (void)state;
    auto_menu_choice struct menu_choice choice =
        choice_of(&probed, "{\"kernel\":\"/k\",\"ramdisk\":\"/r\",\"args\":\"x\"}", &failed);
    assert_string_equal(choice.kernel, "/k");
    assert_string_equal(choice.ramdisk, "/r");
    assert_string_equal(choice.args, "x");
    assert_null(choice.entry);
    auto_menu_choice struct menu_choice longest = choice_of(&probed, most, &failed);
    assert_int_equal(strlen(longest.kernel), MENU_PATH_MAX);
    check_refused(&probed, more, ERROR_INTERNAL);
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
        check_refused(&probed, lies[i], ERROR_INTERNAL);
}

static void test_lies(void **state)
{
    static const char *const lies[] = {"{}",
                                       "{\"number\":2}",
                                       "{\"number\":-1}",
                                       "{\"number\":\"0\"}",
                                       "{\"number\":4294967296}",
                                       "{\"number\":0.0}",
                                       "{\"number\":0,\"args\":7}",
                                       "{\"number\":0,\"args\":\"a\\nkernel /etc/passwd\"}",
                                       "{\"number\":0,\"args\":\"a\\u009b\"}",
                                       "{\"number\":0,\"args\":\"a\\u2028\"}"};
    auto_probed struct probed probed = probed_of((int[]){0, 1, -1}, true);
    auto_free char *most = xasprintf("{\"number\":0,\"args\":\"%0*d\"}", MENU_ARGS_MAX, 0);
    auto_free char *more = xasprintf("{\"number\":0,\"args\":\"%0*d\"}", MENU_ARGS_MAX + 1, 0);
    enum error_name failed;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
        check_refused(&probed, lies[i], ERROR_INTERNAL);
    check_refused(&probed, more, ERROR_INTERNAL);
    auto_menu_choice struct menu_choice choice = choice_of(&probed, most, &failed);
    assert_int_equal(strlen(choice.args), MENU_ARGS_MAX);
    check_refused(&probed, "{\"left\":\"quit\",\"number\":0}", ERROR_INTERNAL);
    check_refused(&probed, "{\"left\":\"interrupt\"}", ERROR_INTERRUPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_range),          cmocka_unit_test(test_request),
        cmocka_unit_test(test_request_bounds), cmocka_unit_test(test_request_bound_of_all),
        cmocka_unit_test(test_choice),         cmocka_unit_test(test_lies),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
