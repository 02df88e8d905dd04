/* Which lists of changes xapi can make at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/record/changes.h"
#include "loader/records/xapi_commit.h"
#include "loader/records/xapi_record.h"

static json_t *parse(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    return json;
}

static void check_taken(const json_t *changes, int line)
{
    auto_error struct error err = ERROR_INIT;
    if (xapi_check_changes(changes, &err) == -1)
        fail_msg("line %d: %s", line, err.text);
}

static void check_refused(const json_t *changes, const char *want, int line)
{
    auto_error struct error err = ERROR_INIT;
    if (xapi_check_changes(changes, &err) == 0)
        fail_msg("line %d: was taken", line);
    if (!strstr(err.text, want))
        fail_msg("line %d: got: %s", line, err.text);
}

static void assert_refused(const char *text, const char *want)
{
    json_auto_t *changes = parse(text);
    check_refused(changes, want, __LINE__);
}

/* All that the loader's own builders make, but the fields that xapi's other users own. */
static void test_taken(void **state)
{
    (void)state;
    json_auto_t *changes = record_changes_new();
    check_taken(changes, __LINE__);
    record_change_test(changes, "other_config", "install-round", NULL);
    record_change_test(changes, NULL, "name_label", "x");
    record_change_test(changes, "xenstore_data", "vm-data/a", "x");
    record_change_set(changes, NULL, "PV_bootloader", "pygrub");
    record_change_set(changes, NULL, "PV_bootloader_args", "");
    record_change_set(changes, NULL, "PV_args", "é");
    record_change_remove(changes, NULL, "PV_args");
    record_change_set(changes, "other_config", "a/b~c d", "x");
    record_change_remove(changes, "platform", "a");
    record_change_bootable(changes, "0", true);
    check_taken(changes, __LINE__);
}

static void test_not_ours(void **state)
{
    (void)state;
    static const char *const paths[] = {"name_label", "xenstore_data/a"};
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        auto_free char *add =
            xasprintf("[{\"op\":\"add\",\"path\":\"/%s\",\"value\":\"x\"}]", paths[i]);
        auto_free char *remove = xasprintf("[{\"op\":\"remove\",\"path\":\"/%s\"}]", paths[i]);
        assert_refused(add, "is not eliloader's to change; use `xe vm-param-set`");
        assert_refused(remove, "is not eliloader's to change");
    }
}

static void test_malformed(void **state)
{
    (void)state;
    assert_refused("{}", "the changes are not a JSON array");
    assert_refused("[7]", "change 1 is malformed: its op is not one of");
    assert_refused("[{\"op\":\"add\",\"value\":\"x\"}]", "change 1 is malformed: it has no path");
    assert_refused("[{\"op\":\"test\",\"value\":\"x\"}]", "it has no path");
    assert_refused("[{\"op\":\"test\",\"path\":\"/PV_args\"}]", "it has no value");
    assert_refused("[{\"op\":\"test\",\"path\":\"/uuid\",\"value\":1}]", "/uuid names nothing");
    assert_refused("[{\"op\":\"add\",\"path\":\"\",\"value\":\"x\"}]", "its path  names nothing");
    assert_refused("[{\"op\":\"add\",\"path\":\"PV_args\",\"value\":\"x\"}]", "names nothing");
    assert_refused("[{\"op\":\"add\",\"path\":\"/PV_args/x\",\"value\":\"x\"}]", "names nothing");
    assert_refused("[{\"op\":\"add\",\"path\":\"/platform\",\"value\":\"x\"}]", "names nothing");
    assert_refused("[{\"op\":\"add\",\"path\":\"/platform/a/b/c\",\"value\":\"x\"}]",
                   "names nothing");
    assert_refused("[{\"op\":\"add\",\"path\":\"/platform/~2\",\"value\":\"x\"}]", "names nothing");
    assert_refused("[{\"op\":\"add\",\"path\":\"/PV_args\",\"value\":7}]", "its value is a number");
    assert_refused("[{\"op\":\"remove\",\"path\":\"/VBDs/0/bootable\"}]", "cannot be removed");
}

static void test_control_characters(void **state)
{
    (void)state;
    assert_refused("[{\"op\":\"add\",\"path\":\"/PV_args\",\"value\":\"\\u007f\"}]",
                   "its value holds a control character");
    assert_refused("[{\"op\":\"add\",\"path\":\"/platform/\\n\",\"value\":\"x\"}]",
                   "holds a control character");
    assert_refused("[{\"op\":\"remove\",\"path\":\"/platform/\\t\"}]", "holds a control character");
}

static void test_number_of_changes(void **state)
{
    (void)state;
    json_auto_t *changes = record_changes_new();
    for (int i = 1; i < XAPI_CHANGES_MAX; i++)
        record_change_remove(changes, "platform", "a");
    check_taken(changes, __LINE__);
    record_change_remove(changes, "platform", "a");
    check_taken(changes, __LINE__);
    record_change_remove(changes, "platform", "a");
    check_refused(changes, "there are 1001 changes, at most 1000 are allowed", __LINE__);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_number_of_changes),
    };
    return cmocka_run_group_tests_name("xapi changes", tests, NULL, NULL);
}
