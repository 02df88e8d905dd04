/* The request that the helper fetch is given.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/protocol/fetch.h"
#include "common/text.h"
#include "loader/fetch/request.h"

/* A good request with MEMBER set to VALUE (JSON; NULL: left out). */
static char *request_with(const char *member, const char *value)
{
    json_t *json = json_loads("{\"repository\":\"http://h/\",\"family\":\"rhlike\","
                              "\"arch\":\"x86_64\",\"release\":null,\"kernel_max\":1,"
                              "\"ramdisk_max\":2,\"connect_timeout\":3,\"stall_timeout\":4,"
                              "\"total_timeout\":6,\"downgrade\":true,"
                              "\"uid\":5,\"agent\":\"a/1\"}",
                              0, NULL);
    if (member && value)
        json_object_set_new(json, member,
                            json_loads(value, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
    else if (member)
        json_object_del(json, member);
    char *text = json_dumps(json, 0);
    json_decref(json);
    return text;
}

static int parse_with(const char *member, const char *value, struct fetch_request *request,
                      struct error *err)
{
    auto_free char *text = request_with(member, value);
    return fetch_request_parse(text, strlen(text), request, err);
}

static void accepted(const char *member, const char *value)
{
    auto_fetch_request struct fetch_request request = {0};
    auto_error struct error err = ERROR_INIT;
    if (parse_with(member, value, &request, &err) < 0)
        fail_msg("%s: %s", member, err.text);
}

/* Refused, with the member's name in the sentence. */
static void refused(const char *member, const char *value)
{
    auto_fetch_request struct fetch_request request = {0};
    auto_error struct error err = ERROR_INIT;
    if (parse_with(member, value, &request, &err) == 0)
        fail_msg("%s as %s is accepted", member, value ? value : "nothing");
    assert_non_null(strstr(err.text, member));
}

static void a_good_one(void **state)
{
    auto_fetch_request struct fetch_request request = {0};
    auto_error struct error err = ERROR_INIT;
    (void)state;
    assert_int_equal(parse_with(NULL, NULL, &request, &err), 0);
    assert_string_equal(request.repository, "http://h/");
    assert_null(request.release);
    assert_null(request.cacert);
    assert_int_equal(request.ramdisk_max, 2);
    assert_int_equal(request.stall_timeout, 4);
    assert_int_equal(request.total_timeout, 6);
    assert_true(request.downgrade);
    assert_false(request.redirects_private || request.redirects_any);
    assert_int_equal(request.uid, 5);
}

static void members_that_are_missing_or_wrong(void **state)
{
    (void)state;
    refused("repository", NULL);
    refused("repository", "null");
    refused("repository", "5");
    refused("repository", "\"http://h/\\nx\"");
    refused("agent", "\"a\\r\\nX: y\"");
    refused("family", "[]");
    refused("kernel_max", NULL);
    refused("kernel_max", "\"1\"");
    refused("kernel_max", "1.5");
    refused("cacert", "true");
    refused("downgrade", NULL);
    refused("downgrade", "1");
    accepted("redirects", "\"private\"");
    accepted("redirects", "\"any\"");
    accepted("redirects", "null");
    refused("redirects", "\"\"");
    refused("redirects", "\"all\"");
    accepted("cacert", "\"line\\nline\"");
}

static void numbers_at_their_bounds(void **state)
{
    (void)state;
    refused("kernel_max", "0");
    accepted("kernel_max", "1099511627775");
    accepted("kernel_max", "1099511627776");
    refused("kernel_max", "1099511627777");
    refused("ramdisk_max", "-1");
    refused("stall_timeout", "0");
    accepted("stall_timeout", "86400");
    refused("stall_timeout", "86401");
    refused("total_timeout", NULL);
    refused("total_timeout", "0");
    accepted("total_timeout", "86400");
    refused("total_timeout", "86401");
    refused("uid", "-1");
    accepted("uid", "4294967294");
    refused("uid", "4294967295");
}

static void texts_at_their_bound(void **state)
{
    (void)state;
    for (int more = -1; more <= 1; more++) {
        auto_free char *text = xcalloc(1, REQUEST_URL_MAX + 4);
        text[0] = '"';
        memset(text + 1, 'u', (size_t)(REQUEST_URL_MAX + more));
        text[REQUEST_URL_MAX + more + 1] = '"';
        if (more <= 0)
            accepted("repository", text);
        else
            refused("repository", text);
    }
}

static void not_a_request(void **state)
{
    static const char *const texts[] = {"", "[]", "{", "{} {}", "{\"a\":1,\"a\":2}", "\"text\""};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        auto_fetch_request struct fetch_request request = {0};
        auto_error struct error err = ERROR_INIT;
        assert_int_equal(fetch_request_parse(texts[i], strlen(texts[i]), &request, &err), -1);
    }
}

static void its_size_at_the_bound(void **state)
{
    (void)state;
    for (int more = -1; more <= 1; more++) {
        auto_free char *json = request_with(NULL, NULL);
        size_t length = (size_t)(FETCH_REQUEST_MAX + more);
        auto_free char *text = xmalloc(length);
        memset(text, ' ', length);
        memcpy(text, json, strlen(json));
        auto_fetch_request struct fetch_request request = {0};
        auto_error struct error err = ERROR_INIT;
        assert_int_equal(fetch_request_parse(text, length, &request, &err), more <= 0 ? 0 : -1);
    }
}

/* MEMBER and its value, or nothing, in front of what every request has. */
static int parse_ramdisk_mode(const char *member, struct fetch_request *request)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *text =
        xasprintf("{\"mode\":\"ramdisk\",%s\"kernel_max\":1,\"ramdisk_max\":2,"
                  "\"connect_timeout\":3,\"stall_timeout\":4,\"total_timeout\":6,"
                  "\"downgrade\":false,\"uid\":5,\"agent\":\"a/1\"}",
                  member);
    return fetch_request_parse(text, strlen(text), request, &err);
}

static void a_ramdisk_alone(void **state)
{
    auto_fetch_request struct fetch_request good = {0}, no_path = {0}, no_repository = {0};

    (void)state;
    assert_int_equal(parse_ramdisk_mode("\"repository\":\"http://h/\",\"ramdisk\":\"r\",", &good),
                     0);
    assert_true(good.ramdisk_alone);
    assert_false(good.sums || good.identify);
    assert_null(good.family);
    assert_int_equal(parse_ramdisk_mode("\"repository\":\"http://h/\",", &no_path), -1);
    assert_int_equal(parse_ramdisk_mode("\"ramdisk\":\"r\",", &no_repository), -1);
}

static void a_mode(void **state)
{
    (void)state;
    auto_fetch_request struct fetch_request ordinary = {0}, identify = {0};
    auto_error struct error err = ERROR_INIT;
    const char text[] =
        "{\"mode\":\"identify\",\"repository\":\"http://h/\",\"family\":\"auto\","
        "\"kernel_max\":1,\"ramdisk_max\":2,\"connect_timeout\":3,"
        "\"stall_timeout\":4,\"total_timeout\":6,\"downgrade\":false,\"uid\":5,\"agent\":\"a/1\"}";

    assert_int_equal(parse_with(NULL, NULL, &ordinary, &err), 0);
    assert_false(ordinary.identify);
    assert_int_equal(fetch_request_parse(text, strlen(text), &identify, &err), 0);
    assert_true(identify.identify);
    assert_null(identify.arch); /* which any other request needs */
    refused("mode", "\"identity\"");
    refused("mode", "1");
}

#define ONE_BOUND "{\"path\":\"a\",\"digest\":\"md5\",\"hex\":\"0123456789abcdef0123456789abcdef\"}"

/* A list of COUNT checksums. The caller frees. */
static char *bound_list(size_t count)
{
    auto_buffer struct buffer list = BUFFER_INIT(64 * 1024);

    for (size_t i = 0; i < count; i++)
        (void)buffer_addf(&list, "%s" ONE_BOUND, i ? "," : "[");
    (void)buffer_addf(&list, "%s]", count ? "" : "[");
    return buffer_take(&list);
}

static void checksums_of_another_mirror(void **state)
{
    auto_free char *below = bound_list(FETCH_BOUND_MAX - 1), *at = bound_list(FETCH_BOUND_MAX);
    auto_free char *above = bound_list(FETCH_BOUND_MAX + 1), *none = bound_list(0);

    (void)state;
    accepted("bound", below);
    accepted("bound", at);
    accepted("bound", none);
    accepted("bound", "null");
    refused("bound", above);
    refused("bound", "{}");
    refused("bound", "[1]");
    refused("bound", "[{\"path\":\"a\",\"digest\":\"md4\",\"hex\":\"00\"}]");
    refused("bound", "[{\"path\":\"a\",\"digest\":\"md5\",\"hex\":\"00\"}]");
}

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void what_the_host_has(void **state)
{
    (void)state;
    auto_buffer struct buffer list = BUFFER_INIT(1 << 20);

    accepted("held", "null");
    accepted("held", "[]");
    accepted("held", "[{\"sha256\":\"" SUM "\"}]");
    accepted("held", "[{\"path\":\"a\",\"validator\":\"v\",\"sha256\":\"" SUM "\"}]");
    refused("held", "{}");
    refused("held", "[1]");
    refused("held", "[{\"sha256\":\"0\"}]");
    accepted("held_only", "true");
    refused("held_only", "1");
    (void)buffer_add_text(&list, "[");
    for (int i = 0; i < FETCH_HELD_MAX; i++)
        (void)buffer_add_text(&list, i ? ",{\"sha256\":\"" SUM "\"}" : "{\"sha256\":\"" SUM "\"}");
    size_t length = list.length;
    auto_free char *most = xasprintf("%.*s]", (int)length, buffer_text(&list));
    auto_free char *more =
        xasprintf("%.*s,{\"sha256\":\"" SUM "\"}]", (int)length, buffer_text(&list));
    accepted("held", most);
    refused("held", more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ramdisk_alone),
        cmocka_unit_test(a_mode),
        cmocka_unit_test(a_good_one),
        cmocka_unit_test(members_that_are_missing_or_wrong),
        cmocka_unit_test(numbers_at_their_bounds),
        cmocka_unit_test(texts_at_their_bound),
        cmocka_unit_test(not_a_request),
        cmocka_unit_test(checksums_of_another_mirror),
        cmocka_unit_test(its_size_at_the_bound),
        cmocka_unit_test(what_the_host_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
