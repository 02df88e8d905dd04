/* URLs of repositories and their files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader/fetch/curl/url.h"

/* The URL of PATH in REPOSITORY is EXPECTED. */
#define joins(repository, path, expected) check_join(repository, path, expected, __FILE__, __LINE__)
static void check_join(const char *repository, const char *path, const char *expected,
                       const char *file, int line)
{
    struct base_url base = {0};
    auto_error struct error err = ERROR_INIT;
    if (base_url_parse(repository, "the repository", "http,https", &base, &err) < 0)
        _fail(file, line);
    auto_free char *url = base_url_join(&base, path, &err);
    _assert_string_equal(url ? url : err.text, expected, file, line);
    base_url_free(&base);
}

static void joined(void **state)
{
    (void)state;
    joins("http://h/r", "a/b", "http://h/r/a/b");
    joins("http://h/r/", "a/b", "http://h/r/a/b");
    joins("http://h", "a", "http://h/a");
    joins("https://h:8443/r?key=1#here", "a", "https://h:8443/r/a?key=1");
    joins("http://[::1]:80/r", "a", "http://[::1]:80/r/a");
}

static void encoded(void **state)
{
    (void)state;
    joins("http://h/r", "a b", "http://h/r/a%20b");
    joins("http://h/r", "a?b#c", "http://h/r/a%3fb%23c");
    joins("http://h/r", "100%", "http://h/r/100%25");
    joins("http://h/r", "\xC3\xA4", "http://h/r/%c3%a4");
    joins("http://h/already%20so", "a", "http://h/already%20so/a");
}

static void credentials_are_taken_out(void **state)
{
    struct base_url base = {0};
    auto_error struct error err = ERROR_INIT;
    (void)state;
    assert_int_equal(
        base_url_parse("http://me:s%2Fcret@h/r", "the repository", "http,https", &base, &err), 0);
    assert_string_equal(base.user, "me");
    assert_string_equal(base.password, "s/cret");
    assert_string_equal(base.text, "http://h/r");
    assert_string_equal(base.host_port, "h:80");
    base_url_free(&base);
}

/* TEXT is refused, with WORDS in the sentence and without SECRET. */
static void refused(const char *text, const char *words, const char *secret)
{
    struct base_url base = {0};
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(base_url_parse(text, "the repository", "http,https", &base, &err), -1);
    assert_int_equal(err.name, ERROR_INVALID_SOURCE);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" is not in: %s", words, err.text);
    if (secret)
        assert_null(strstr(err.text, secret));
    base_url_free(&base);
}

static void not_repositories(void **state)
{
    (void)state;
    refused("fpt://h/r", "the scheme \"fpt\", which is not supported", NULL);
    refused("ftp://me:s3cret@h/r", "supported are http and https", "s3cret");
    refused("file:///etc/passwd", "\"file\"", NULL);
    refused("h/r", "must begin with http:// or https://", NULL);
    refused("http://", "not a well-formed URL", NULL);
    refused("http://h h/r", "not a well-formed URL", NULL);
    refused("http://h%2541/r", "not a well-formed URL", NULL);
    refused("http://h%r/r", "not a well-formed URL", NULL);
    refused("http://me:s3c/ret@h:port/r", "not a well-formed URL", "s3c");
    refused("http://me:s%0Acret@h/", "not a well-formed URL", "cret");
}

static void shown(const char *url, const char *expected)
{
    auto_free char *text = url_shown(url);
    assert_string_equal(text, expected);
}

static void shown_without_secrets(void **state)
{
    (void)state;
    shown("http://me:s3cret@h/r", "http://h/r");
    shown("http://me@h/r@v", "http://h/r@v");
    shown("no url at all", "no url at all");
    shown("me:s3cret@h", "h");
    shown("ht tp://me:s3@cret@h", "ht tp://h");
}

static void origins(void **state)
{
    (void)state;
    assert_true(url_same_origin("http://h/a", "http://H:80/b"));
    assert_false(url_same_origin("http://h/a", "https://h/a"));
    assert_false(url_same_origin("http://h:443/a", "https://h/a"));
    assert_false(url_same_origin("http://h/", "http://h:81/"));
    assert_false(url_same_origin("http://h/", "http://h.evil/"));
    assert_false(url_same_origin("", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joined),
        cmocka_unit_test(encoded),
        cmocka_unit_test(credentials_are_taken_out),
        cmocka_unit_test(not_repositories),
        cmocka_unit_test(shown_without_secrets),
        cmocka_unit_test(origins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
