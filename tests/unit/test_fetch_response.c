/* HTTP response headers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader/fetch/curl/response.h"

/* Feeds TEXT line by line, each with its "\n", as curl does. */
static void feed(struct response *response, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n") + 1;
        response_line(response, text, length);
        text += length;
    }
}

static void all_that_is_kept(void **state)
{
    struct response r = {0};
    (void)state;
    feed(&r, "HTTP/1.1 200 OK\r\nETAG:\"a b\"  \r\nLast-Modified: yesterday\r\n"
             "content-length: 12\r\nX: y\r\n");
    assert_false(r.complete);
    feed(&r, "\r\n");
    assert_true(r.complete);
    assert_string_equal(r.etag, "\"a b\"");
    assert_string_equal(r.last_modified, "yesterday");
    assert_true(r.length_known);
    assert_int_equal(r.length, 12);
    assert_false(r.chunked);
    response_free(&r);
}

static void a_redirect_before_is_forgotten(void **state)
{
    struct response r = {0};
    (void)state;
    feed(&r, "HTTP/1.1 302 Found\r\nLocation: /x\r\nETag: \"old\"\r\nContent-Length: 5\r\n\r\n");
    assert_string_equal(r.location, "/x");
    feed(&r, "HTTP/1.1 200 OK\r\n\r\n");
    assert_null(r.location);
    assert_null(r.etag);
    assert_false(r.length_known);
    response_free(&r);
}

static void trailers_change_nothing(void **state)
{
    struct response r = {0};
    (void)state;
    feed(&r, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: \"a\"\r\n\r\n"
             "ETag: \"b\"\r\nContent-Length: 3\r\n\r\n");
    assert_string_equal(r.etag, "\"a\"");
    assert_true(r.chunked);
    assert_false(r.length_known);
    response_free(&r);
}

static void lengths_that_are_none(void **state)
{
    static const char *const values[] = {"", "-1", "+5", "0x10", "5 5", "5,5"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        struct response r = {0};
        auto_free char *line = xasprintf("Content-Length: %s\r\n", values[i]);
        feed(&r, line);
        assert_false(r.length_known);
        response_free(&r);
    }
}

static void lengths_beyond_all_numbers(void **state)
{
    static const char *const values[] = {"9223372036854775806", "9223372036854775807",
                                         "9223372036854775808", "99999999999999999999999999"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        struct response r = {0};
        auto_free char *line = xasprintf("Content-Length: %s\r\n", values[i]);
        feed(&r, line);
        assert_true(r.length_known);
        assert_true(r.length == (uint64_t)INT64_MAX - (i == 0));
        response_free(&r);
    }
}

static void a_value_at_its_bound(void **state)
{
    (void)state;
    for (int more = -1; more <= 1; more++) {
        struct response r = {0};
        size_t length = (size_t)(RESPONSE_VALUE_MAX + more);
        auto_free char *value = xcalloc(1, length + 1);
        memset(value, 'e', length);
        auto_free char *line = xasprintf("ETag: %s\r\n", value);
        feed(&r, line);
        if (more <= 0)
            assert_string_equal(r.etag, value);
        else
            assert_null(r.etag);
        response_free(&r);
    }
}

static void values_that_are_not_taken(void **state)
{
    struct response r = {0};
    (void)state;
    response_line(&r, "ETag: \"a\0b\"\r\n", 14);
    assert_null(r.etag);
    feed(&r, "ETag: \"a\x01\"\r\n");
    assert_null(r.etag);
    feed(&r, "ETag\r\n");
    feed(&r, "ETag :\"x\"\r\n");
    assert_null(r.etag);
    response_free(&r);
}

static void validators(void **state)
{
    struct response r = {0};
    (void)state;
    assert_null(response_validator(&r));
    feed(&r, "Last-Modified: yesterday\r\nETag: W/\"weak\"\r\n");
    assert_string_equal(response_validator(&r), "yesterday");
    feed(&r, "ETag: \"strong\"\r\n");
    assert_string_equal(response_validator(&r), "\"strong\"");
    response_free(&r);
}

static void content_ranges(void **state)
{
    uint64_t first, last, total;
    (void)state;
    assert_true(content_range_parse("bytes 5-9/10", &first, &last, &total));
    assert_int_equal(first, 5);
    assert_int_equal(last, 9);
    assert_int_equal(total, 10);
    assert_true(content_range_parse("Bytes 0-0/1", &first, &last, &total));
}

static void content_ranges_that_are_none(void **state)
{
    static const char *const texts[] = {"",
                                        "bytes",
                                        "bytes 5-9/*",
                                        "bytes */10",
                                        "bytes 9-5/10",
                                        "bytes 5-9",
                                        "bytes 5-9/9",
                                        "bytes -9/10",
                                        "bytes 5-/10",
                                        "bytes 5-9/10x",
                                        "5-9/10",
                                        "items 5-9/10",
                                        "bytes 5-9/10 ",
                                        "bytes 5 -9/10",
                                        "bytes 99999999999999999999-5/10"};
    uint64_t first, last, total;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        assert_false(content_range_parse(texts[i], &first, &last, &total));
}

static void statuses(void **state)
{
    char text[STATUS_TEXT_LENGTH];
    (void)state;
    assert_string_equal(status_text(404, text), "404 Not Found");
    assert_string_equal(status_text(599, text), "599 a fault of the server");
    assert_string_equal(status_text(0, text), "0 an unexpected answer");
    assert_true(strlen(status_text(511, text)) < STATUS_TEXT_LENGTH - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_kept),
        cmocka_unit_test(a_redirect_before_is_forgotten),
        cmocka_unit_test(trailers_change_nothing),
        cmocka_unit_test(lengths_that_are_none),
        cmocka_unit_test(lengths_beyond_all_numbers),
        cmocka_unit_test(a_value_at_its_bound),
        cmocka_unit_test(values_that_are_not_taken),
        cmocka_unit_test(validators),
        cmocka_unit_test(content_ranges),
        cmocka_unit_test(content_ranges_that_are_none),
        cmocka_unit_test(statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
