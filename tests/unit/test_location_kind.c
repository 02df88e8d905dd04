/* What kind of location somebody means.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/sources/scheme.h"

static void is_network(const char *location)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *path = NULL;
    enum location_kind kind;

    assert_int_equal(location_kind_of("--location", location, &kind, &path, &err), 0);
    assert_int_equal(kind, LOCATION_NETWORK);
    assert_null(path);
}

static void is_path(const char *location, const char *wanted)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *path = NULL;
    enum location_kind kind;

    if (location_kind_of("--location", location, &kind, &path, &err) < 0)
        fail_msg("%s: %s", location, err.text);
    assert_int_equal(kind, LOCATION_LOCAL);
    assert_string_equal(path, wanted);
}

static void is_refused(const char *location, const char *part)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *path = NULL;
    enum location_kind kind;

    assert_int_equal(location_kind_of("--kernel", location, &kind, &path, &err), -1);
    assert_int_equal(err.name, ERROR_INVALID_SOURCE);
    assert_ptr_equal(strstr(err.text, "--kernel"), err.text);
    if (!strstr(err.text, part))
        assert_string_equal(err.text, part);
    assert_null(strstr(err.text, "secret"));
}

static void networks(void **state)
{
    (void)state;
    is_network("http://h/");
    is_network("https://h:8443/a b");
    is_network("HTTP://H");
    is_network("Https://u:p@h/");
}

static void paths(void **state)
{
    (void)state;
    is_path("/srv/tree", "/srv/tree");
    is_path("tree", "tree");
    is_path("./a://b", "./a://b");
    is_path("/srv/a://b", "/srv/a://b");
    is_path("./http:/h", "./http:/h");
    is_path("://x", "://x");
    is_path("/srv/a%20b", "/srv/a%20b");
    is_path("ftp", "ftp");
}

static void file_urls(void **state)
{
    (void)state;
    is_path("file:///srv/tree", "/srv/tree");
    is_path("file:/srv/tree", "/srv/tree");
    is_path("FILE://LocalHost/srv/", "/srv/");
    is_path("file:///", "/");
    is_path("file:///a%20b%2Fc%25%c3%a9", "/a b/c%\xc3\xa9");
    is_path("file:///a?b#c+d", "/a?b#c+d");
}

static void file_urls_that_name_nothing(void **state)
{
    (void)state;
    is_refused("file://", "file:///PATH");
    is_refused("file:", "file:///PATH");
    is_refused("file:tree", "file:///PATH");
    is_refused("file://host/tree", "file:///PATH");
    is_refused("file://localhost", "file:///PATH");
    is_refused("file:////tree", "file:///PATH");
    is_refused("file:///a%", "percent");
    is_refused("file:///a%2", "percent");
    is_refused("file:///a%2g", "percent");
    is_refused("file:///a%g2", "percent");
    is_refused("file:///a%00b", "percent");
}

static void nearly_a_url(void **state)
{
    (void)state;
    is_refused("http:/h", "begins with http: and is no URL; write http://HOST");
    is_refused("https:me:secret@h", "begins with https: and is no URL; write https://HOST");
    is_refused("FTP:me:secret@h/x", "begins with FTP: and is no URL; write ftp://HOST");
    is_refused("tftp:/h", "write tftp://HOST");
}

static void anything_else(void **state)
{
    (void)state;
    is_refused("gopher://me:secret@h/", "begins with gopher://");
    is_refused("ftps://h/", "begins with ftps://");
    is_refused("x-y.z+1://h/", "begins with x-y.z+1://");
    is_refused("/srv/\ntree", "control characters");
    is_refused("http://h/\x7f", "control characters");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks),     cmocka_unit_test(paths),
        cmocka_unit_test(file_urls),    cmocka_unit_test(file_urls_that_name_nothing),
        cmocka_unit_test(nearly_a_url), cmocka_unit_test(anything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
