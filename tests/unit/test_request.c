/* A helper's request, member by member: what is there, what is missing, and each bound.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/helper/request.h"

#define TEXT_MAX 4 /* bytes of the texts here */

static json_t *json;
static struct request request;
static struct error err;

static void load(const char *text)
{
    json_decref(json);
    assert_int_equal(request_load("this", text, strlen(text), 1000, &json, &request, &err), 0);
}

/* RESULT is a failure, and its sentence says WHY. */
static void failed(int result, const char *why)
{
    assert_int_equal(result, -1);
    assert_int_equal(err.name, ERROR_INTERNAL);
    if (!strstr(err.text, "the request to this") || !strstr(err.text, why))
        fail_msg("'%s' does not say '%s'", err.text, why);
}

static int end(void **state)
{
    (void)state;
    json_decref(json);
    json = NULL;
    error_clear(&err);
    return 0;
}

static int load_one(const char *text, size_t max)
{
    json_t *own = NULL;
    struct request whole;
    int result = request_load("this", text, strlen(text), max, &own, &whole, &err);

    json_decref(own);
    return result;
}

static void objects_only(void **state)
{
    (void)state;
    assert_int_equal(load_one("{}", 3), 0);
    assert_int_equal(load_one("{}", 2), 0);
    failed(load_one("{}", 1), "longer than 1 bytes");
    failed(load_one("", 9), "is not JSON");
    failed(load_one("{", 9), "is not JSON");
    failed(load_one("{}{}", 9), "is not JSON");
    failed(load_one("{\"a\":1,\"a\":1}", 20), "is not JSON");
    failed(load_one("[]", 9), "is not a JSON object");
}

static int text(const char *member, enum request_need need, const char **out)
{
    return request_text(&request, member, need, TEXT_MAX, out, &err);
}

static void texts(void **state)
{
    const char *out;

    (void)state;
    load("{\"none\":null,\"below\":\"abc\",\"at\":\"abcd\",\"above\":\"abcde\",\"number\":1,"
         "\"line\":\"a\\nb\"}");
    assert_int_equal(text("below", REQUEST_REQUIRED, &out), 0);
    assert_string_equal(out, "abc");
    assert_int_equal(text("at", REQUEST_OPTIONAL, &out), 0);
    assert_string_equal(out, "abcd");
    failed(text("above", REQUEST_OPTIONAL, &out), "above is not a text of at most 4 bytes");
    failed(text("number", REQUEST_OPTIONAL, &out), "number is not a text");
    for (int i = 0; i < 2; i++) {
        out = "";
        assert_int_equal(text(i ? "none" : "absent", REQUEST_OPTIONAL, &out), 0);
        assert_null(out);
        failed(text(i ? "none" : "absent", REQUEST_REQUIRED, &out), "is missing");
    }
    assert_int_equal(text("line", REQUEST_REQUIRED, &out), 0);
    failed(request_clean(&request, "line", REQUEST_REQUIRED, TEXT_MAX, &out, &err),
           "line is a text with control characters");
    assert_int_equal(request_clean(&request, "at", REQUEST_REQUIRED, TEXT_MAX, &out, &err), 0);
    assert_int_equal(request_clean(&request, "none", REQUEST_OPTIONAL, TEXT_MAX, &out, &err), 0);
}

static void number_is(const char *value, bool good)
{
    auto_free char *whole = xasprintf("{\"n\":%s}", value);
    uint64_t out = 7;

    load(whole);
    if (!good) {
        failed(request_number(&request, "n", 2, 5, &out, &err), "n is not a number from 2 to 5");
        assert_int_equal(out, 7);
        return;
    }
    assert_int_equal(request_number(&request, "n", 2, 5, &out, &err), 0);
    assert_int_equal(out, value[0] - '0');
}

static void numbers(void **state)
{
    uint64_t out = 7;
    bool there = true;

    (void)state;
    number_is("1", false);
    number_is("2", true);
    number_is("3", true);
    number_is("4", true);
    number_is("5", true);
    number_is("6", false);
    number_is("-2", false);
    number_is("3.0", false);
    number_is("\"3\"", false);
    number_is("null", false);
    assert_int_equal(request_optional_number(&request, "n", 5, &there, &out, &err), 0);
    assert_false(there);
    assert_int_equal(out, 7);
    load("{\"n\":5,\"m\":6}");
    assert_int_equal(request_optional_number(&request, "n", 5, &there, &out, &err), 0);
    assert_true(there);
    assert_int_equal(out, 5);
    failed(request_optional_number(&request, "m", 5, &there, &out, &err), "m is not a number");
}

static void confinement_is(const char *members, int result, bool own, bool complete)
{
    auto_free char *whole = xasprintf("{\"uid\":5%s}", members);
    bool own_user = !own, is_complete = !complete;

    load(whole);
    assert_int_equal(request_confinement(&request, &own_user, &is_complete, &err), result);
    if (result < 0) {
        error_clear(&err);
        return;
    }
    assert_int_equal(own_user, own);
    assert_int_equal(is_complete, complete);
}

/* What is left out is false. */
static void confinement(void **state)
{
    (void)state;
    confinement_is("", 0, false, false);
    confinement_is(",\"own_user\":null,\"complete\":null", 0, false, false);
    confinement_is(",\"own_user\":true", 0, true, false);
    confinement_is(",\"own_user\":false,\"complete\":true", 0, false, true);
    confinement_is(",\"own_user\":1", -1, false, false);
    confinement_is(",\"complete\":\"yes\"", -1, false, false);
}

static void uid_is(const char *value, bool good)
{
    auto_free char *whole = xasprintf("{\"uid\":%s}", value);
    uid_t uid;

    load(whole);
    if (good)
        assert_int_equal(request_uid(&request, &uid, &err), 0);
    else
        failed(request_uid(&request, &uid, &err), "uid is not a user's number");
}

static void users(void **state)
{
    (void)state;
    uid_is("0", true);
    uid_is("4294967293", true);
    uid_is("4294967294", true);
    uid_is("4294967295", false);
    uid_is("-1", false);
    uid_is("null", false);
    uid_is("\"root\"", false);
}

static void modes_and_the_rest(void **state)
{
    static const char *const modes[] = {"a", "b"};
    struct request inner;
    size_t mode;
    bool flag;

    (void)state;
    load("{\"mode\":\"b\",\"yes\":true,\"one\":1,\"object\":{\"yes\":false},\"none\":null}");
    assert_int_equal(request_mode(&request, modes, 2, &mode, &err), 0);
    assert_int_equal(mode, 1);
    failed(request_mode(&request, modes, 1, &mode, &err), "mode 'b' is not known");
    assert_int_equal(request_boolean(&request, "yes", &flag, &err), 0);
    assert_true(flag);
    failed(request_boolean(&request, "one", &flag, &err), "one is not a boolean");
    failed(request_boolean(&request, "none", &flag, &err), "none is not a boolean");
    assert_int_equal(request_object(&request, "object", &inner, &err), 0);
    assert_int_equal(request_boolean(&inner, "yes", &flag, &err), 0);
    assert_false(flag);
    assert_int_equal(request_object(&request, "none", &inner, &err), 0);
    assert_null(inner.json);
    failed(request_object(&request, "one", &inner, &err), "one is not an object");
    load("{}");
    assert_int_equal(request_mode(&request, modes, 2, &mode, &err), 0);
    assert_int_equal(mode, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(objects_only, end),
                                       cmocka_unit_test_teardown(texts, end),
                                       cmocka_unit_test_teardown(numbers, end),
                                       cmocka_unit_test_teardown(users, end),
                                       cmocka_unit_test_teardown(confinement, end),
                                       cmocka_unit_test_teardown(modes_and_the_rest, end)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
