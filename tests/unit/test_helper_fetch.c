/* What `fetch` says of the files that it brought: see loader/helpers/fetch_answer.h.
 * Boundaries: answers
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/fetch_answer.h"

#include <string.h>

#include "loader/helpers/fetch.h"
#include "tests/unit/answer_fixture.h"

#define SIZE          6 /* bytes of both files */
#define FILE_OF(size) "{\"url\":\"http://x/k\",\"size\":" size "," SUMS ",\"verified\":null}"

static const char good[] =
    "{\"layout\":\"l\",\"family\":\"rhlike\",\"recognised\":{\"family\":\"rhlike\",\"name\":"
    "\"Fedora\","
    "\"version\":\"39\"},\"tree\":{\"metadata\":\".treeinfo\",\"name\":\"n\",\"version\":\"v\","
    "\"arch\":\"a\"},"
    "\"kernel\":" FILE_OF("6") ",\"ramdisk\":" FILE_OF("6") ",\"problem\":null}";

static int take(const char *text, uint64_t max, struct fetched *fetched, struct error *err)
{
    const struct fetch_limits limits = {.kernel_max = max, .ramdisk_max = max};
    auto_fd int kernel = file_of_size(SIZE), ramdisk = file_of_size(SIZE);
    json_auto_t *answer = answer_of(text);

    return answer ? fetched_read(answer, kernel, ramdisk, &limits, DIGESTS_OF_TABLES, fetched, err)
                  : error_set(err, ERROR_INTERNAL, "refused at once");
}

static void test_good(void **state)
{
    auto_fetched struct fetched fetched = FETCHED_INIT;

    (void)state;
    assert_int_equal(take(good, SIZE, &fetched, NULL), 0);
    assert_true(fetched.has_ramdisk);
    assert_int_equal(fetched.kernel.size, SIZE);
    assert_string_equal(fetched.kernel.md5, ZEROS_32);
    assert_string_equal(fetched.recognised_as, "Fedora 39");
    assert_string_equal(fetched.tree_version, "v");
    assert_null(fetched.ramdisk.verified);
}

/* GOOD with FROM replaced by TO is refused, with a sentence. */
static void lie(const char *from, const char *to)
{
    auto_fetched struct fetched fetched = FETCHED_INIT;
    auto_error struct error err = ERROR_INIT;
    auto_free char *text = text_with(good, from, to);

    assert_int_equal(take(text, SIZE, &fetched, &err), -1);
    assert_int_equal(err.name, ERROR_INTERNAL);
    assert_non_null(err.text);
}

static void test_lies(void **state)
{
    static const char *const sizes[] = {"5",
                                        "7",
                                        "0",
                                        "-6",
                                        "6.0",
                                        "\"6\"",
                                        "null",
                                        "[6]",
                                        "true",
                                        "9223372036854775807",
                                        "-9223372036854775808"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        auto_free char *size = xasprintf("\"size\":%s,", sizes[i]);
        lie("\"size\":6,", size);
        auto_free char *ramdisk =
            xasprintf("\"ramdisk\":{\"url\":\"x\",\"size\":%s," SUMS "},\"x\":", sizes[i]);
        lie("\"ramdisk\":", ramdisk);
    }
    lie("\"size\":6,", "");
    lie("\"size\":6,", "\"size\":6,\"size\":6,");
    lie("\"url\":\"http://x/k\"", "\"url\":7");
    lie("\"md5\":\"0", "\"md5\":\"");
    lie("\"md5\":\"0", "\"md5\":\"00");
    lie("\"md5\":\"0", "\"md5\":\"A");
    lie("\"md5\":\"0", "\"md5\":\"\\u001b");
    lie("\"sha256\":\"0", "\"sha256\":\"g");
    lie("\"sha256\":\"", "\"sha256\":7,\"x\":\"");
    lie("\"layout\":\"l\"", "\"layout\":null");
    lie("\"kernel\":", "\"kernel\":null,\"x\":");
    lie("\"kernel\":", "\"kernel\":[],\"x\":");
}

static void test_limits(void **state)
{
    (void)state;
    for (uint64_t max = SIZE - 1; max <= SIZE + 1; max++) {
        auto_fetched struct fetched fetched = FETCHED_INIT;
        assert_int_equal(take(good, max, &fetched, NULL), max < SIZE ? -1 : 0);
    }
}

/* What only messages use may be missing, or of another type. */
static void test_nothing_said(void **state)
{
    auto_fetched struct fetched fetched = FETCHED_INIT;

    (void)state;
    assert_int_equal(
        take("{\"layout\":\"l\",\"family\":7,\"recognised\":[],\"tree\":7,\"kernel\":" FILE_OF(
                 "6") ",\"ramdisk\":null}",
             SIZE, &fetched, NULL),
        0);
    assert_false(fetched.has_ramdisk);
    assert_null(fetched.family);
    assert_null(fetched.recognised_family);
    assert_null(fetched.recognised_as);
    assert_null(fetched.tree_name);
}

/* --- the request ------------------------------------------------------------------------- */

static void test_no_password_in_a_sentence(void **state)
{
    const struct settings settings = {.connect_timeout = 1};
    const struct fetch_limits limits = {.kernel_max = 1, .ramdisk_max = 1};
    const char secret[] = "http://u:SECRET@h/\xff";

    (void)state;
    for (int is_proxy = 0; is_proxy < 2; is_proxy++) {
        const struct tree_request tree = {.repository = is_proxy ? "http://h/" : secret};
        auto_error struct error err = ERROR_INIT;
        auto_free char *text =
            fetch_make_request(&settings, NULL, &tree, is_proxy ? secret : NULL, &limits, &err);
        assert_null(text);
        assert_int_equal(err.name, ERROR_INVALID_SOURCE);
        assert_non_null(strstr(err.text, is_proxy ? "proxy" : "repository"));
        assert_null(strstr(err.text, "SECRET"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_nothing_said),
        cmocka_unit_test(test_no_password_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
