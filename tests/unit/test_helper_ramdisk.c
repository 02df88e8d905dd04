/* What `ramdisk` says of the file that it wrote, and any helper of one member of its answer: see
 * loader/helpers/member.h.
 * Boundaries: answers
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/member.h"
#include "tests/unit/answer_fixture.h"

/* Whether a file of SIZE bytes fits the answer TEXT and the limit MAX. */
static bool fits(const char *text, off_t size, uint64_t max)
{
    json_auto_t *answer = answer_of(text);
    auto_fd int fd = file_of_size(size);

    return member_fits(answer, "size", fd, max);
}

static void test_fits(void **state)
{
    static const char *const lies[] = {"{}",
                                       "{\"size\":99}",
                                       "{\"size\":101}",
                                       "{\"size\":-100}",
                                       "{\"size\":\"100\"}",
                                       "{\"size\":100.0}",
                                       "{\"size\":[100]}",
                                       "{\"size\":null}",
                                       "{\"size\":9223372036854775807}",
                                       "{\"size\":100,\"size\":100}"};

    (void)state;
    assert_true(fits("{\"size\":100}", 100, 100));
    assert_true(fits("{\"size\":100}", 100, 101));
    assert_false(fits("{\"size\":100}", 100, 99));
    assert_false(fits("{\"size\":0}", 0, 100));
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
        assert_false(fits(lies[i], 100, UINT64_MAX));
}

static void test_fits_no_file(void **state)
{
    json_auto_t *answer = answer_of("{\"size\":1}");

    (void)state;
    assert_false(member_fits(answer, "size", -1, 100));
}

static void test_number(void **state)
{
    json_auto_t *json =
        answer_of("{\"n\":10,\"negative\":-1,\"text\":\"1\",\"real\":1.0,\"yes\":true}");
    static const char *const others[] = {"negative", "text", "real", "yes", "none"};
    uint64_t value = 7;

    (void)state;
    assert_true(member_number(json, "n", 10, &value));
    assert_int_equal(value, 10);
    assert_true(member_number(json, "n", 11, &value));
    assert_false(member_number(json, "n", 9, &value));
    assert_int_equal(value, 0);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        value = 7;
        assert_false(member_number(json, others[i], UINT64_MAX, &value));
        assert_int_equal(value, 0);
    }
    assert_false(member_number(NULL, "n", 1, &value));
}

static void test_hex(void **state)
{
    static const struct {
        const char *text;
        bool sound;
    } values[] = {{"\"0a9f\"", true},   {"\"\"", false},     {"\"0a9\"", false},
                  {"\"0a9f0\"", false}, {"\"0A9f\"", false}, {"\"0a9g\"", false},
                  {"\"0a9 \"", false},  {"4660", false},     {"null", false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        auto_free char *text = xasprintf("{\"sum\":%s}", values[i].text);
        json_auto_t *json = answer_of(text);
        char out[5] = "none";
        assert_int_equal(member_hex(json, "sum", out, 4), values[i].sound);
        assert_string_equal(out, values[i].sound ? "0a9f" : "");
    }
}

static void test_text(void **state)
{
    json_auto_t *json = answer_of("{\"a\":\"x\",\"b\":7}");
    auto_free char *copy = member_copy(json, "a");

    (void)state;
    assert_string_equal(copy, "x");
    assert_null(member_copy(json, "b"));
    assert_null(member_text(json, "c"));
    assert_null(member_text(NULL, "a"));
    assert_null(member_text(json_object_get(json, "a"), "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),   cmocka_unit_test(test_fits_no_file),
        cmocka_unit_test(test_number), cmocka_unit_test(test_hex),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
