/* What `fetch` says of a ramdisk in its mode "sums": see loader/helpers/digest.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/digest.h"
#include "tests/unit/answer_fixture.h"

static const char good[] = "{\"size\":1," SUMS ",\"type\":\"ext2\"}";

static int take(const char *text, struct ramdisk_sums *sums)
{
    json_auto_t *answer = answer_of(text);
    auto_error struct error err = ERROR_INIT;
    int result = sums_read(answer, sums, &err);

    assert_int_equal(err.name, result < 0 ? ERROR_INTERNAL : ERROR_NONE);
    return result;
}

static void test_good(void **state)
{
    struct ramdisk_sums sums;

    (void)state;
    assert_int_equal(take(good, &sums), 0);
    assert_int_equal(sums.size, 1);
    assert_string_equal(sums.md5, ZEROS_32);
    assert_string_equal(sums.sha256, ZEROS_32 ZEROS_32);
    assert_string_equal(sums.type, "ext2");
    assert_int_equal(take("{\"size\":1," SUMS ",\"type\":7}", &sums), 0);
    assert_null(sums.type);
}

static void test_lies(void **state)
{
    static const char *const lies[][2] = {{"\"size\":1", "\"size\":0"},
                                          {"\"size\":1", "\"size\":-1"},
                                          {"\"size\":1", "\"size\":\"1\""},
                                          {"\"size\":1", "\"size\":1.0"},
                                          {"\"size\":1", "\"size\":1,\"size\":1"},
                                          {"\"size\":1", "\"size\":99999999999999999999"},
                                          {"\"size\":1,", ""},
                                          {"\"md5\":\"0", "\"md5\":\""},
                                          {"\"md5\":\"0", "\"md5\":\"00"},
                                          {"\"md5\":\"0", "\"md5\":\"F"},
                                          {"\"md5\":\"", "\"md5\":7,\"x\":\""},
                                          {"\"sha256\":\"0", "\"sha256\":\"\\n"},
                                          {"\"sha256\":\"0", "\"sha256\":\"\""}};
    struct ramdisk_sums sums;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
        auto_free char *text = text_with(good, lies[i][0], lies[i][1]);
        assert_int_equal(take(text, &sums), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
