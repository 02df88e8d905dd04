/* Changes to a record: what is built, what is applied, what is refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/record/changes.h"

#define RECORD                                                                                    \
    "{\"uuid\": \"vm1\", \"PV_args\": \"quiet\", \"other_config\": {\"a\": \"1\", \"b/c~d\": "    \
    "\"2\"},"                                                                                     \
    " \"VBDs\": [{\"userdevice\": \"0\", \"bootable\": false}, {\"userdevice\": \"3\"}], \"x\": " \
    "[7]}"

static json_t *parse(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    return json;
}

/* CHANGES (a JSON array) applied to RECORD give WANT. */
static void assert_gives(const char *changes, const char *want)
{
    json_auto_t *record = parse(RECORD);
    json_auto_t *list = parse(changes);
    json_auto_t *expected = parse(want);
    auto_error struct error err = ERROR_INIT;
    if (record_apply(record, list, &err) < 0)
        fail_msg("%s", err.text);
    if (!json_equal(record, expected)) {
        auto_free char *dump = json_dumps(record, 0);
        fail_msg("got %s", dump);
    }
}

/* CHANGES are refused with a sentence that holds WANT, and leave RECORD as it was. */
static void assert_refused(const char *changes, const char *want)
{
    json_auto_t *record = parse(RECORD);
    json_auto_t *before = parse(RECORD);
    json_auto_t *list = parse(changes);
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(record_apply(record, list, &err), -1);
    if (!strstr(err.text, want))
        fail_msg("'%s' is not in '%s'", want, err.text);
    assert_true(json_equal(record, before));
}

static void test_nothing(void **state)
{
    (void)state;
    assert_gives("[]", RECORD);
}

static void test_add(void **state)
{
    (void)state;
    assert_gives(
        "[{\"op\": \"add\", \"path\": \"/PV_args\", \"value\": \"\"},"
        " {\"op\": \"add\", \"path\": \"/PV_bootloader\", \"value\": \"pygrub\"},"
        " {\"op\": \"add\", \"path\": \"/other_config/a\", \"value\": \"9\"},"
        " {\"op\": \"add\", \"path\": \"/platform/n\", \"value\": \"8\"},"
        " {\"op\": \"add\", \"path\": \"/VBDs/0/bootable\", \"value\": true},"
        " {\"op\": \"add\", \"path\": \"/VBDs/3/bootable\", \"value\": false}]",
        "{\"uuid\": \"vm1\", \"PV_args\": \"\", \"PV_bootloader\": \"pygrub\","
        " \"other_config\": {\"a\": \"9\", \"b/c~d\": \"2\"}, \"platform\": {\"n\": \"8\"},"
        " \"VBDs\": [{\"userdevice\": \"0\", \"bootable\": true},"
        " {\"userdevice\": \"3\", \"bootable\": false}], \"x\": [7]}");
}

static void test_remove(void **state)
{
    (void)state;
    assert_gives("[{\"op\": \"remove\", \"path\": \"/PV_args\"},"
                 " {\"op\": \"remove\", \"path\": \"/other_config/a\"},"
                 " {\"op\": \"remove\", \"path\": \"/VBDs/0/bootable\"}]",
                 "{\"uuid\": \"vm1\", \"other_config\": {\"b/c~d\": \"2\"},"
                 " \"VBDs\": [{\"userdevice\": \"0\"}, {\"userdevice\": \"3\"}], \"x\": [7]}");
}

static void test_remove_is_safe_to_repeat(void **state)
{
    (void)state;
    assert_gives("[{\"op\": \"remove\", \"path\": \"/PV_bootloader\"},"
                 " {\"op\": \"remove\", \"path\": \"/other_config/none\"},"
                 " {\"op\": \"remove\", \"path\": \"/platform/none\"},"
                 " {\"op\": \"remove\", \"path\": \"/VBDs/3/bootable\"},"
                 " {\"op\": \"remove\", \"path\": \"/VBDs/9/bootable\"}]",
                 RECORD);
}

static void test_tests_hold(void **state)
{
    (void)state;
    assert_gives("[{\"op\": \"test\", \"path\": \"/PV_args\", \"value\": \"quiet\"},"
                 " {\"op\": \"test\", \"path\": \"/PV_bootloader\", \"value\": null},"
                 " {\"op\": \"test\", \"path\": \"/other_config/a\", \"value\": \"1\"},"
                 " {\"op\": \"test\", \"path\": \"/other_config/none\", \"value\": null},"
                 " {\"op\": \"test\", \"path\": \"/platform/none\", \"value\": null},"
                 " {\"op\": \"test\", \"path\": \"/VBDs/0/bootable\", \"value\": false},"
                 " {\"op\": \"test\", \"path\": \"/VBDs/9/bootable\", \"value\": null}]",
                 RECORD);
}

static void test_tests_that_do_not_hold(void **state)
{
    (void)state;
    assert_refused("[{\"op\": \"test\", \"path\": \"/PV_args\", \"value\": \"Quiet\"}]",
                   "PV-args was changed by somebody else meanwhile");
    assert_refused("[{\"op\": \"test\", \"path\": \"/PV_args\", \"value\": null}]", "PV-args was");
    assert_refused("[{\"op\": \"test\", \"path\": \"/PV_args\", \"value\": 1}]", "PV-args was");
    assert_refused("[{\"op\": \"test\", \"path\": \"/PV_bootloader\", \"value\": \"\"}]",
                   "PV-bootloader was");
    assert_refused("[{\"op\": \"test\", \"path\": \"/other_config/a\", \"value\": \"2\"}]",
                   "other-config:a was");
    assert_refused("[{\"op\": \"test\", \"path\": \"/VBDs/0/bootable\", \"value\": true}]",
                   "'bootable' of disk 0 was");
}

static void test_tests_look_at_the_record_before_the_changes(void **state)
{
    (void)state;
    assert_refused("[{\"op\": \"add\", \"path\": \"/PV_args\", \"value\": \"new\"},"
                   " {\"op\": \"test\", \"path\": \"/PV_args\", \"value\": \"new\"}]",
                   "PV-args was");
}

/* The last change alone is bad; none of those before it are made. */
static void test_all_or_nothing(void **state)
{
    (void)state;
    assert_refused("[{\"op\": \"add\", \"path\": \"/PV_args\", \"value\": \"new\"},"
                   " {\"op\": \"remove\", \"path\": \"/other_config/a\"},"
                   " {\"op\": \"move\", \"path\": \"/PV_args\"}]",
                   "change 3 is malformed: its op is not one of");
    assert_refused("[{\"op\": \"remove\", \"path\": \"/other_config/a\"},"
                   " {\"op\": \"add\", \"path\": \"/VBDs/9/bootable\", \"value\": true}]",
                   "'bootable' of disk 9 cannot be set: the VM has no such disk");
}

static void test_pointer_escapes(void **state)
{
    (void)state;
    assert_gives("[{\"op\": \"test\", \"path\": \"/other_config/b~1c~0d\", \"value\": \"2\"},"
                 " {\"op\": \"remove\", \"path\": \"/other_config/b~1c~0d\"},"
                 " {\"op\": \"add\", \"path\": \"/other_config/~01\", \"value\": \"3\"}]",
                 "{\"uuid\": \"vm1\", \"PV_args\": \"quiet\","
                 " \"other_config\": {\"a\": \"1\", \"~1\": \"3\"}, \"VBDs\": [{\"userdevice\":"
                 " \"0\", \"bootable\": false}, {\"userdevice\": \"3\"}], \"x\": [7]}");
}

static void test_bad_paths(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",
        "/",
        "PV_args",
        "other_config/a",
        "/uuid",
        "/x",
        "/VBDs",
        "/VBDs/0",
        "/VBDs//bootable",
        "/VBDs/0/device",
        "/VBDs/0/bootable/x",
        "/other_config",
        "/other_config/",
        "/other_config/a/b",
        "/platform/a/bootable",
        "/PV_args/a",
        "/other_config/a~",
        "/other_config/~2",
        "/other_config~/a",
        "//a",
    };
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        auto_free char *change = xasprintf("[{\"op\": \"remove\", \"path\": \"%s\"}]", paths[i]);
        auto_free char *want =
            xasprintf("change 1 is malformed: its path %s names nothing", paths[i]);
        assert_refused(change, want);
    }
}

static void test_malformed(void **state)
{
    (void)state;
    assert_refused("{}", "the changes are not a JSON array");
    assert_refused("[1]", "change 1 is malformed: its op");
    assert_refused("[[]]", "change 1 is malformed: its op");
    assert_refused("[{}]", "its op is not one of test, add and remove");
    assert_refused("[{\"op\": 1, \"path\": \"/PV_args\"}]", "its op");
    assert_refused("[{\"op\": \"replace\", \"path\": \"/PV_args\", \"value\": \"\"}]", "its op");
    assert_refused("[{\"op\": \"remove\"}]", "it has no path");
    assert_refused("[{\"op\": \"remove\", \"path\": null}]", "it has no path");
    assert_refused("[{\"op\": \"add\", \"path\": \"/PV_args\"}]", "it has no value");
    assert_refused("[{\"op\": \"test\", \"path\": \"/PV_args\"}]", "it has no value");
    assert_refused("[{\"op\": \"add\", \"path\": \"/PV_args\", \"value\": null}]",
                   "its value is null, not text");
    assert_refused("[{\"op\": \"add\", \"path\": \"/PV_args\", \"value\": \"a\\nb\"}]",
                   "its value holds a control character");
    assert_refused("[{\"op\": \"add\", \"path\": \"/VBDs/0/bootable\", \"value\": \"true\"}]",
                   "its value is not a boolean");
}

static void test_damaged_records(void **state)
{
    (void)state;
    json_auto_t *change = parse("[{\"op\": \"add\", \"path\": \"/platform/a\", \"value\": \"1\"}]");
    json_auto_t *record = parse("{\"platform\": []}");
    json_auto_t *before = json_deep_copy(record);
    json_auto_t *list = json_array();
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(record_apply(record, change, &err), -1);
    assert_string_equal(err.text, "platform:a has no place: the record's platform is not a "
                                  "map");
    assert_true(json_equal(record, before));
    assert_int_equal(record_apply(list, change, &err), -1);
}

static void test_vbds_of_other_shapes(void **state)
{
    (void)state;
    json_auto_t *change =
        parse("[{\"op\": \"add\", \"path\": \"/VBDs/0/bootable\", \"value\": true}]");
    static const char *const records[] = {"{}", "{\"VBDs\": {}}", "{\"VBDs\": [0, \"0\", null]}",
                                          "{\"VBDs\": [{\"userdevice\": 0}]}"};
    for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
        json_auto_t *record = parse(records[i]);
        assert_int_equal(record_apply(record, change, NULL), -1);
    }
}

static void assert_value_length(size_t length, int result)
{
    json_auto_t *record = parse("{}");
    json_auto_t *changes = record_changes_new();
    auto_free char *value = xmalloc(length + 1);
    memset(value, 'x', length);
    value[length] = '\0';
    record_change_set(changes, NULL, "PV_args", value);
    assert_int_equal(record_apply(record, changes, NULL), result);
}

static void test_value_length(void **state)
{
    (void)state;
    assert_value_length(RECORD_VALUE_MAX - 1, 0);
    assert_value_length(RECORD_VALUE_MAX, 0);
    assert_value_length(RECORD_VALUE_MAX + 1, -1);
}

static void test_building(void **state)
{
    (void)state;
    json_auto_t *changes = record_changes_new();
    json_auto_t *want =
        parse("[{\"op\": \"test\", \"path\": \"/PV_args\", \"value\": \"a\"},"
              " {\"op\": \"test\", \"path\": \"/platform/k\", \"value\": null},"
              " {\"op\": \"add\", \"path\": \"/xenstore_data/vm-data~1a~0b\", \"value\": \"v\"},"
              " {\"op\": \"remove\", \"path\": \"/other_config/k\"},"
              " {\"op\": \"add\", \"path\": \"/VBDs/3/bootable\", \"value\": false}]");
    record_change_test(changes, NULL, "PV_args", "a");
    record_change_test(changes, "platform", "k", NULL);
    record_change_set(changes, "xenstore_data", "vm-data/a~b", "v");
    record_change_remove(changes, "other_config", "k");
    record_change_bootable(changes, "3", false);
    assert_true(json_equal(changes, want));
}

/* What is not UTF-8 is refused, and never taken for "not there". */
static void test_building_without_utf8(void **state)
{
    (void)state;
    json_auto_t *record = parse("{}");
    json_auto_t *set = record_changes_new();
    json_auto_t *test = record_changes_new();
    json_auto_t *key = record_changes_new();
    record_change_set(set, NULL, "PV_args", "\xff");
    assert_int_equal(record_apply(record, set, NULL), -1);
    record_change_test(test, NULL, "PV_args", "\xff");
    assert_int_equal(record_apply(record, test, NULL), -1);
    record_change_set(key, "platform", "\xff", "v");
    assert_int_equal(record_apply(record, key, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_remove),
        cmocka_unit_test(test_remove_is_safe_to_repeat),
        cmocka_unit_test(test_tests_hold),
        cmocka_unit_test(test_tests_that_do_not_hold),
        cmocka_unit_test(test_tests_look_at_the_record_before_the_changes),
        cmocka_unit_test(test_all_or_nothing),
        cmocka_unit_test(test_pointer_escapes),
        cmocka_unit_test(test_bad_paths),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_damaged_records),
        cmocka_unit_test(test_vbds_of_other_shapes),
        cmocka_unit_test(test_value_length),
        cmocka_unit_test(test_building),
        cmocka_unit_test(test_building_without_utf8),
    };
    return cmocka_run_group_tests_name("record changes", tests, NULL, NULL);
}
