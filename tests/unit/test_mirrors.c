/* Lists of mirrors: which commas separate.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/protocol/mirrors.h"
#include "common/protocol/schemes.h"

/* The URLs of TEXT are the further arguments, up to NULL. */
#define splits(...) check_split(__LINE__, __VA_ARGS__, (char *)NULL)
static void check_split(int line, const char *text, ...)
{
    va_list urls;
    size_t count = 0;
    const char *url;

    va_start(urls, text);
    while ((url = va_arg(urls, const char *))) {
        auto_free char *got = mirrors_at(text, count++);
        _assert_true(got != NULL, "there are so many", __FILE__, line);
        _assert_string_equal(got, url, __FILE__, line);
    }
    va_end(urls);
    auto_free char *more = mirrors_at(text, count);
    _assert_true(more == NULL, "there are no more", __FILE__, line);
    _assert_int_equal(mirrors_count(text), count, __FILE__, line);
}

static void one(void **state)
{
    (void)state;
    splits("http://h/", "http://h/");
    splits("http://h/a,b,c", "http://h/a,b,c");
    splits("nfs:nolock,vers=3:h:/p", "nfs:nolock,vers=3:h:/p");
    splits("http://h/,", "http://h/,");
    splits(",http", ",http");
    splits("http://h/,gopher://h/", "http://h/,gopher://h/");
    splits("", "");
}

static void several(void **state)
{
    (void)state;
    splits("http://a/,http://b/", "http://a/", "http://b/");
    splits("http://a/x,y,HTTPS://b/,nfs:ro,soft:h:/p,ftp://c/", "http://a/x,y", "HTTPS://b/",
           "nfs:ro,soft:h:/p", "ftp://c/");
    splits(",http://a/", "", "http://a/");
    splits("http://a/,https:me:x@b/", "http://a/", "https:me:x@b/");
    splits("http://a/,,http://b/", "http://a/,", "http://b/");
}

static void each(void **state)
{
    (void)state;
    assert_true(mirrors_all("http://a/,nfs:h:/p", url_is_for_all));
    assert_false(mirrors_all("http://a/,tftp://h/p", url_is_for_all));
    assert_false(mirrors_all("http://a/,file:///etc", url_is_for_all));
    assert_false(mirrors_all("/srv,http://a/", url_is_for_all));
    assert_false(mirrors_all("", url_is_for_all));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one),
        cmocka_unit_test(several),
        cmocka_unit_test(each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
