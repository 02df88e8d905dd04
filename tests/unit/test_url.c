/* URLs as text: the URL of a file, taken apart, and URLs without their logins.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/url.h"

static void splits(const char *url, const char *folder, const char *path)
{
    auto_free char *got_folder = NULL, *got_path = NULL;

    if (!path) {
        assert_false(url_split_file(url, &got_folder, &got_path));
        return;
    }
    assert_true(url_split_file(url, &got_folder, &got_path));
    assert_string_equal(got_folder, folder);
    assert_string_equal(got_path, path);
}

static void splits_the_url_of_a_file(void **state)
{
    (void)state;
    splits("http://h/a", "http://h/", "a");
    splits("http://u:p@h:1/a/b%20c", "http://u:p@h:1/a/", "b c");
    splits("http://h/a/b?x=/y#z", "http://h/a/?x=/y", "b");
    splits("http://h/a#b/c", "http://h/", "a");
    splits("http://h", NULL, NULL);
    splits("http://h/", NULL, NULL);
    splits("http://h/a/?x", NULL, NULL);
    splits("http://h/%", NULL, NULL);
    splits("http://h/%4", NULL, NULL);
    splits("http://h/%zz", NULL, NULL);
    splits("http://h/a%00b", NULL, NULL);
}

static void shows(const char *url, const char *whole, const char *behind)
{
    auto_free char *shown = url_without_login(url);

    assert_string_equal(shown, whole);
    assert_string_equal(url_behind_login(url), behind);
}

static void takes_the_login_away(void **state)
{
    (void)state;
    shows("http://h/a", "http://h/a", "h/a");
    shows("http://u:p@h:1/a?b#c", "http://h:1/a?b#c", "h:1/a?b#c");
    shows("http://u:p@q@h/a", "http://h/a", "h/a");
    shows("http://@h", "http://h", "h");
    shows("http://u:p@", "http://", "");
    shows("http://", "http://", "");
    shows("http://h/a@b", "http://h/a@b", "h/a@b");
    shows("http://h?a@b", "http://h?a@b", "h?a@b");
    shows("http://h#a@b", "http://h#a@b", "h#a@b");
    shows("u:p@h/a", "u:p@h/a", "u:p@h/a");
    shows("", "", "");
}

static void knows_the_port(void **state)
{
    static const struct {
        const char *url;
        uint16_t port;
    } urls[] = {
        {"http://h/a:1", 80},
        {"https://h", 443},
        {"HTTPS://h:/", 443},
        {"http://h:81/a", 81},
        {"http://u:2@h:3?x:4", 3},
        {"http://u@h#:4", 80},
        {"http://[::1]", 80},
        {"http://[::1]:8080/", 8080},
        {"http://[::1", 0},
        {"proxy:3128", 3128},
        {"proxy", 80},
        {"u:1@proxy:2/", 2},
        {"http://h:0/", 0},
        {"http://h:1/", 1},
        {"http://h:65535/", 65535},
        {"http://h:65536/", 0},
        {"http://h:-1/", 0},
        {"http://h: 1/", 0},
        {"http://h:99999999999999999999/", 0},
        {"", 80},
        {"http://h:1:2/", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        if (url_port(urls[i].url) != urls[i].port)
            fail_msg("%s: %u", urls[i].url, url_port(urls[i].url));
}

static void image_in_the_place_of_a_folder(void **state)
{
    (void)state;
    assert_int_equal(url_image_length("/a/b.iso"), 8);
    assert_int_equal(url_image_length("/a/b.IsO/images/x.iso"), 8);
    assert_int_equal(url_image_length("/a/b/c"), 6);
    assert_int_equal(url_image_length("/a/.iso/c"), 9); /* of no name */
    assert_int_equal(url_image_length("x.iso//y"), 5);
    assert_int_equal(url_image_length("/"), 1);
    assert_int_equal(url_image_length(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_the_url_of_a_file),
        cmocka_unit_test(takes_the_login_away),
        cmocka_unit_test(knows_the_port),
        cmocka_unit_test(image_in_the_place_of_a_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
