/* The table of URL schemes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/protocol/schemes.h"

static void of(const char *text, const char *prefix)
{
    const struct url_scheme *scheme = url_scheme_of(text);

    assert_non_null(scheme);
    assert_string_equal(scheme->prefix, prefix);
}

static void prefixes(void **state)
{
    (void)state;
    of("http://h/", "http://");
    of("HTTPS://h/", "https://");
    of("file:/a", "file:");
    of("nfs:h:/a", "nfs:");
    of("nfs://h/a", "nfs:");
    of("NFS+iso:h:/a.iso", "nfs+iso:");
    of("Tftp://h", "tftp://");
    assert_null(url_scheme_of(""));
    assert_null(url_scheme_of("http:/h"));
    assert_null(url_scheme_of("/http://h/"));
    assert_null(url_scheme_of("gopher://h/"));
}

static void wrong(void **state)
{
    size_t length;

    (void)state;
    assert_true(url_begins_wrong("https:me:x@h", &length));
    assert_int_equal(length, strlen("https:"));
    assert_true(url_begins_wrong("HTTP:/h", &length));
    assert_int_equal(length, strlen("http:"));
    assert_false(url_begins_wrong("http://h", &length));
    assert_false(url_begins_wrong("file:a", &length));
    assert_false(url_begins_wrong("httpx:/h", &length));
    assert_false(url_begins_wrong("http", &length));
    assert_false(url_begins_wrong("", &length));
}

/* What an editor of a VM may name is what others serve to all. */
static void for_all(void **state)
{
    (void)state;
    assert_true(url_is_for_all("http://h/"));
    assert_true(url_is_for_all("FTP://h/"));
    assert_true(url_is_for_all("nfs:h:/a"));
    assert_false(url_is_for_all("tftp://h/"));
    assert_false(url_is_for_all("file:///a"));
    assert_false(url_is_for_all("/a"));
    assert_false(url_is_for_all(""));
}

static void fetched(void **state)
{
    (void)state;
    assert_true(url_is_fetched("http://h/"));
    assert_true(url_is_fetched("hTTps://h/"));
    assert_true(url_is_fetched("ftp://h/"));
    assert_true(url_is_fetched("tftp://h/"));
    assert_false(url_is_fetched("file:///a"));
    assert_true(url_is_fetched("nfs:h:/a"));
    assert_true(url_is_fetched("nfs://h/a"));
    assert_true(url_is_fetched("nfs+iso:h:/a"));
    assert_false(url_is_fetched("a/http://h/"));
    auto_free char *all = url_fetched_prefixes(" or ", false);
    assert_string_equal(all, "http:// or https:// or ftp:// or nfs: or nfs+iso: or tftp://");
    auto_free char *editors = url_fetched_prefixes(", ", true);
    assert_string_equal(editors, "http://, https://, ftp://, nfs:, nfs+iso:");
}

/* The name of a scheme is letters, digits, '+', '.' and '-', and nothing stands before it. */
static void has_scheme(void **state)
{
    size_t length;

    (void)state;
    assert_true(url_has_scheme("gopher+x.1-y://h", &length));
    assert_int_equal(length, strlen("gopher+x.1-y"));
    assert_true(url_has_scheme("x://", NULL));
    assert_false(url_has_scheme("", NULL));
    assert_false(url_has_scheme("://h", NULL));
    assert_false(url_has_scheme("x:/h", NULL));
    assert_false(url_has_scheme("/boot/a://b", NULL));
    assert_false(url_has_scheme("a b://c", NULL));
    assert_false(url_has_scheme("nfs:h:/a", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefixes), cmocka_unit_test(wrong),      cmocka_unit_test(for_all),
        cmocka_unit_test(fetched),  cmocka_unit_test(has_scheme),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
