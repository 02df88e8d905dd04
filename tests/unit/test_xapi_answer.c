/* Answers of xapi: what is taken, what is refused, and what its errors are called.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/records/jsonrpc.h"
#include "loader/records/xapi.h"
#include "loader/records/xapi_errors.h"

#define ID 7

static int parse(const char *text, json_t **result, struct jsonrpc_failure *failure,
                 struct error *err)
{
    return jsonrpc_parse_answer(text, strlen(text), "VM.x", ID, result, failure, err);
}

/* The result of the answer TEXT is WANT, as JSON. */
static void check_result(const char *text, const char *want, int line)
{
    json_auto_t *result = NULL;
    auto_jsonrpc_failure struct jsonrpc_failure failure = JSONRPC_FAILURE_INIT;
    auto_error struct error err = ERROR_INIT;
    if (parse(text, &result, &failure, &err) == -1)
        fail_msg("line %d: %s", line, err.text);
    auto_free char *dump = json_dumps(result, JSON_ENCODE_ANY | JSON_COMPACT);
    if (strcmp(dump, want) != 0)
        fail_msg("line %d: got %s", line, dump);
}
#define assert_result(text, want) check_result(text, want, __LINE__)

/* The answer TEXT is no answer, for the reason WANT, and no error of xapi's either. */
static void check_refused(const char *text, const char *want, int line)
{
    json_auto_t *result = NULL;
    auto_jsonrpc_failure struct jsonrpc_failure failure = JSONRPC_FAILURE_INIT;
    auto_error struct error err = ERROR_INIT;
    if (parse(text, &result, &failure, &err) == 0)
        fail_msg("line %d: was taken", line);
    if (strncmp(err.text, "the answer to VM.x ", 19) != 0 || !strstr(err.text, want))
        fail_msg("line %d: got: %s", line, err.text);
    assert_null(result);
    assert_null(failure.name);
}
#define assert_refused(text, want) check_refused(text, want, __LINE__)

static void test_results(void **state)
{
    (void)state;
    assert_result("{\"jsonrpc\":\"2.0\",\"result\":\"\",\"id\":7}", "\"\"");
    assert_result("{\"result\":[1],\"error\":null,\"id\":7}", "[1]");
    assert_result(" {\"id\":7,\"result\":false,\"more\":{}} ", "false");
}

static void test_no_answers(void **state)
{
    (void)state;
    assert_refused("", "is empty");
    assert_refused("nothing", "is not JSON: line 1: ");
    assert_refused("{\"result\":\"\",\"id\":7", "is not JSON");
    assert_refused("{\"result\":\"\",\"id\":7} {}", "is not JSON");
    assert_refused("{\"result\":\"a\\u0000\",\"id\":7}", "is not JSON");
    assert_refused("{\"result\":\"\xff\",\"id\":7}", "is not JSON");
    assert_refused("{\"result\":1,\"result\":2,\"id\":7}", "is not JSON");
    assert_refused("\"\"", "is not a JSON object");
    assert_refused("[]", "is not a JSON object");
    assert_refused("{\"id\":7}", "neither a result nor an error");
    assert_refused("{\"result\":null,\"id\":7}", "neither a result nor an error");
    assert_refused("{\"result\":\"\",\"error\":{\"message\":\"X\"},\"id\":7}", "both a result and");
    assert_refused("{\"error\":\"X\",\"id\":7}", "an error without a name");
    assert_refused("{\"error\":{\"code\":1},\"id\":7}", "an error without a name");
    assert_refused("{\"error\":{\"message\":\"\"},\"id\":7}", "an error without a name");
    assert_refused("{\"error\":{\"message\":7},\"id\":7}", "an error without a name");
}

static void test_ids(void **state)
{
    (void)state;
    assert_refused("{\"result\":\"\",\"id\":6}", "belongs to another call");
    assert_refused("{\"result\":\"\",\"id\":8}", "belongs to another call");
    assert_refused("{\"result\":\"\",\"id\":\"7\"}", "belongs to another call");
    assert_refused("{\"result\":\"\",\"id\":7.0}", "belongs to another call");
    assert_refused("{\"result\":\"\",\"id\":null}", "belongs to another call");
    assert_refused("{\"result\":\"\"}", "belongs to another call");
    assert_refused("{\"error\":{\"message\":\"X\"},\"id\":6}", "belongs to another call");
}

/* An answer whose arrays stand DEPTH deep, the answer itself counted. */
static char *nested(unsigned depth)
{
    auto_buffer struct buffer text = BUFFER_INIT(100000);
    assert_true(buffer_add_text(&text, "{\"id\":7,\"result\":"));
    for (unsigned i = 1; i < depth; i++)
        assert_true(buffer_add_text(&text, "["));
    for (unsigned i = 1; i < depth; i++)
        assert_true(buffer_add_text(&text, "]"));
    assert_true(buffer_add_text(&text, "}"));
    return buffer_take(&text);
}

static void test_depth(void **state)
{
    (void)state;
    static const unsigned good[] = {JSONRPC_DEPTH_MAX - 1, JSONRPC_DEPTH_MAX};
    static const unsigned bad[] = {JSONRPC_DEPTH_MAX + 1, 1000, 40000};
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        auto_free char *text = nested(good[i]);
        json_auto_t *result = NULL;
        auto_jsonrpc_failure struct jsonrpc_failure failure = JSONRPC_FAILURE_INIT;
        assert_int_equal(parse(text, &result, &failure, NULL), 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        auto_free char *text = nested(bad[i]);
        /* jansson has a bound of its own, far behind ours. */
        assert_refused(text, bad[i] < 2000 ? "more than 32 levels deep" : "is not JSON");
    }
}

/* The error with MESSAGE and DATA (JSON), as a sentence, is WANT. */
static void check_explained(const char *message, const char *data, const char *want, int line)
{
    json_auto_t *answer = json_pack("{s:{s:s, s:o}, s:n}", "error", "message", message, "data",
                                    json_loads(data, JSON_DECODE_ANY, NULL), "id");
    auto_free char *text = json_dumps(answer, 0);
    json_auto_t *result = NULL;
    auto_jsonrpc_failure struct jsonrpc_failure failure = JSONRPC_FAILURE_INIT;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(parse(text, &result, &failure, &err), -1);
    assert_string_equal(failure.name, message);
    assert_int_equal(xapi_explain(&failure, "VM.x", "u1", &err), -1);
    if (strcmp(err.text, want) != 0)
        fail_msg("line %d: got: %s", line, err.text);
}
#define assert_explained(message, data, want) check_explained(message, data, want, __LINE__)

static void test_errors(void **state)
{
    (void)state;
    assert_explained("UUID_INVALID", "[\"VM\", \"u1\"]", "there is no VM u1 in this pool's xapi");
    assert_explained("UUID_INVALID", "[\"VBD\", \"v\"]",
                     "xapi refused VM.x with UUID_INVALID (VBD, v)");
    assert_explained("HANDLE_INVALID", "[\"VM\", \"r\"]", "the VM was destroyed meanwhile (VM.x)");
    assert_explained("HANDLE_INVALID", "[\"VBD\", \"r\"]",
                     "one of the VM's disks was removed meanwhile (VM.x)");
    assert_explained("MESSAGE_METHOD_UNKNOWN", "[\"VM.x\"]",
                     "xapi refused VM.x with MESSAGE_METHOD_UNKNOWN (VM.x): this xapi does not "
                     "know the method");
    assert_explained("NEW", "[]", "xapi refused VM.x with NEW");
    assert_explained("NEW", "\"text\"", "xapi refused VM.x with NEW");
    assert_explained("NEW", "[1, null, \"a\"]", "xapi refused VM.x with NEW (?, ?, a)");
    assert_explained("NEW", "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\"]",
                     "xapi refused VM.x with NEW (1, 2, 3, 4, 5, 6, 7, 8)");
    assert_explained("NEW", "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]",
                     "xapi refused VM.x with NEW (1, 2, 3, 4, 5, 6, 7, 8, and 1 more)");
}

/* Names and parameters have a length that a line can bear. */
static void test_long_errors(void **state)
{
    (void)state;
    for (int length = 255; length <= 257; length++) {
        auto_free char *data = xasprintf("[\"%0*d\", \"%0*d\"]", length, 1, length, 2);
        int kept = length < 256 ? length : 256;
        auto_free char *digits = xasprintf("%0*d", length, 1), *more = xasprintf("%0*d", length, 2);
        auto_free char *want =
            xasprintf("xapi refused VM.x with NEW (%.*s, %.*s)", kept, digits, kept, more);
        assert_explained("NEW", data, want);
    }
    for (int length = 127; length <= 129; length++) {
        auto_free char *name = xasprintf("%0*d", length, 7);
        auto_free char *want =
            xasprintf("xapi refused VM.x with %.*s", length < 128 ? length : 128, name);
        assert_explained(name, "[]", want);
    }
}

static void test_slave(void **state)
{
    (void)state;
    assert_explained("HOST_IS_SLAVE", "[\"10.0.0.1\"]",
                     "this host is a pool member whose xapi redirects to the pool's master at "
                     "10.0.0.1, where eliloader has no login; start the VM on the master, or keep "
                     "a record for it on this host (`eliloader vm create --record=file`)");
    assert_explained("HOST_IS_SLAVE", "[]",
                     "this host is a pool member whose xapi redirects to the pool's master, where "
                     "eliloader has no login; start the VM on the master, or keep a record for it "
                     "on this host (`eliloader vm create --record=file`)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results), cmocka_unit_test(test_no_answers),
        cmocka_unit_test(test_ids),     cmocka_unit_test(test_depth),
        cmocka_unit_test(test_errors),  cmocka_unit_test(test_long_errors),
        cmocka_unit_test(test_slave),
    };
    return cmocka_run_group_tests_name("xapi answers", tests, NULL, NULL);
}
