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

static void fetched(void **state)
{
    (void)state;
    assert_true(url_is_fetched("http://h/"));
    assert_true(url_is_fetched("hTTps://h/"));
    assert_false(url_is_fetched("ftp://h/"));
    assert_false(url_is_fetched("file:///a"));
    assert_false(url_is_fetched("nfs:h:/a"));
    assert_false(url_is_fetched("a/http://h/"));
    auto_free char *all = url_fetched_prefixes(" or ");
    assert_string_equal(all, "http:// or https://");
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
        cmocka_unit_test(prefixes),
        cmocka_unit_test(fetched),
        cmocka_unit_test(has_scheme),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
