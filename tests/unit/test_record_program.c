/* What a record backend that is a program answers: see loader/record/program.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/record/program.h"

static json_t *parse(const char *bytes, size_t length, struct error *err)
{
    return record_program_parse("/x/record-y", "vm1", bytes, length, err);
}

static void test_record(void **state)
{
    static const char *const records[] = {
        "{}", " {\"uuid\":\"vm1\"}\n",
        "{\"other_config\":{\"a\":\"\"},\"x\":[1,null,{\"y\":2.5}]}"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
        json_auto_t *json = parse(records[i], strlen(records[i]), NULL);
        assert_true(json_is_object(json));
    }
}

/* Each is refused with a sentence that names the VM and the program. */
static void refused(const char *bytes, size_t length)
{
    auto_error struct error err = ERROR_INIT;

    assert_null(parse(bytes, length, &err));
    assert_int_equal(err.name, ERROR_INTERNAL);
    assert_non_null(strstr(err.text, "VM vm1: what /x/record-y answered is no record: "));
}

static void test_lies(void **state)
{
    static const char *const lies[] = {"",
                                       "\n",
                                       "x",
                                       "7",
                                       "null",
                                       "\"{}\"",
                                       "[]",
                                       "[{}]",
                                       "{",
                                       "{}}",
                                       "{}{}",
                                       "{\"a\":1,\"a\":1}",
                                       "{\"m\":{\"a\":1,\"a\":2}}",
                                       "{\"a\":\"\\u0000\"}",
                                       "{\"a\":\"\xff\"}",
                                       "{\"a\":\"\n\"}",
                                       "{\"a\":99999999999999999999}",
                                       "{\"a\":1e999}"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
        refused(lies[i], strlen(lies[i]));
    refused("{}\0", 3);
    refused("{\"a\0\":1}", 8);
}

static void test_deep(void **state)
{
    auto_free char *deep = xmalloc(RECORD_SIZE_MAX);

    (void)state;
    memset(deep, '[', RECORD_SIZE_MAX);
    refused(deep, RECORD_SIZE_MAX);
    for (size_t i = 0; i + 5 <= RECORD_SIZE_MAX; i += 5)
        memcpy(deep + i, "{\"a\":", 5);
    refused(deep, RECORD_SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
