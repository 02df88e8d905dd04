/* What `medium`, and `fetch` in its mode "identify", say something is: see
 * loader/helpers/identity.h.
 * Boundaries: answers
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/identity.h"
#include "tests/unit/answer_fixture.h"

static const char good[] =
    "{\"kind\":\"iso\",\"size\":7,\"md5\":null,\"sha256\":null,\"compression\":\"none\","
    "\"content\":null,"
    "\"iso\":{\"label\":\"L\",\"md5\":\"" ZEROS_32 "\",\"verified\":true},"
    "\"recognised\":{\"family\":\"rhlike\",\"name\":\"n\",\"version\":\"v\",\"arch\":\"a\","
    "\"metadata\":\"m\","
    "\"release\":\"r\",\"release_assumed\":false,\"codename\":\"c\"},\"layout\":\"l\","
    "\"kernel\":{\"path\":\"k\",\"size\":5},\"ramdisk\":{\"path\":\"r\",\"size\":6," SUMS
    ",\"verified\":\"sha256\"},\"support\":{\"known\":true,\"pv\":true,\"pvh\":false,\"arch\":"
    "\"x86_64\","
    "\"why\":null},\"problems\":[\"one\",\"two\"]}";

static void take(const char *text, struct identity *identity)
{
    json_auto_t *answer = answer_of(text);

    assert_non_null(answer);
    identity_read(answer, identity);
}

static void test_good(void **state)
{
    auto_identity struct identity identity = IDENTITY_INIT;

    (void)state;
    take(good, &identity);
    assert_string_equal(identity.kind, "iso");
    assert_true(identity.self.has_size);
    assert_int_equal(identity.self.size, 7);
    assert_string_equal(identity.self.md5, "");
    assert_string_equal(identity.iso.label, "L");
    assert_int_equal(identity.iso.verified, SAID_YES);
    assert_true(identity.recognised && identity.tree.known);
    assert_int_equal(identity.tree.release_assumed, SAID_NO);
    assert_string_equal(identity.ramdisk.sha256, ZEROS_32 ZEROS_32);
    assert_int_equal(identity.kernel.size, 5);
    assert_true(identity.has_support && identity.support.pv && !identity.support.pvh);
    assert_string_equal(identity.support.arch, "x86_64");
    assert_int_equal(identity.problem_count, 2);
}

/* What has another type is as if it were not there. */
static void test_types(void **state)
{
    static const char *const values[] = {"7",  "-1",          "1.5",  "{}",
                                         "[]", "[7,\"\",{}]", "\"\"", "null"};
    static const char *const members[] = {"kind",       "size",    "iso",
                                          "label",      "md5",     "verified",
                                          "recognised", "family",  "release_assumed",
                                          "layout",     "kernel",  "path",
                                          "ramdisk",    "sha256",  "support",
                                          "known",      "pv",      "pvh",
                                          "arch",       "problems"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(members); i++)
        for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
            auto_identity struct identity identity = IDENTITY_INIT;
            auto_free char *from = xasprintf("\"%s\":", members[i]);
            auto_free char *to = xasprintf("%s%s,\"x\":", from, values[j]);
            auto_free char *text = text_with(good, from, to);
            take(text, &identity);
            assert_true(identity.self.md5[0] == '\0' && strlen(identity.iso.md5) % 32 == 0);
            assert_true(identity.support.known || !identity.support.pv);
            assert_true(!identity.has_support || identity.support.known || identity.support.why);
        }
}

static void test_family(void **state)
{
    static const char *const families[] = {"\"martian\"", "\"\"", "7", "null"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
        auto_identity struct identity identity = IDENTITY_INIT;
        auto_free char *text = text_with(good, "\"rhlike\"", families[i]);
        take(text, &identity);
        assert_true(identity.recognised);
        assert_false(identity.tree.known);
        assert_null(identity.tree.name);
    }
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        bool known;
    } sizes[] = {{"0", true},    {"-1", false},    {"9223372036854775807", true},
                 {"1e3", false}, {"\"7\"", false}, {"-9223372036854775808", false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        auto_identity struct identity identity = IDENTITY_INIT;
        auto_free char *to = xasprintf("\"size\":%s", sizes[i].text);
        auto_free char *text = text_with(good, "\"size\":7", to);
        take(text, &identity);
        assert_int_equal(identity.self.has_size, sizes[i].known);
        assert_true(identity.self.has_size || identity.self.size == 0);
    }
}

static void test_problems(void **state)
{
    (void)state;
    for (size_t count = IDENTITY_PROBLEMS_MAX - 2; count <= IDENTITY_PROBLEMS_MAX + 1; count++) {
        auto_identity struct identity identity = IDENTITY_INIT;
        auto_buffer struct buffer text = BUFFER_INIT(CHILD_LINE_MAX);
        buffer_addf(&text, "{\"problem\":\"first\",\"problems\":[7");
        for (size_t i = 0; i < count; i++)
            buffer_addf(&text, ",\"p\"");
        buffer_addf(&text, "]}");
        take(buffer_text(&text), &identity);
        assert_int_equal(identity.problem_count,
                         count < IDENTITY_PROBLEMS_MAX ? count + 1 : IDENTITY_PROBLEMS_MAX);
        assert_string_equal(identity.problems[0], "first");
    }
}

/* The "support" alone. */
static bool support(const char *text, struct kernel_support *support)
{
    json_auto_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

    return kernel_support_read(json, support);
}

static void test_support(void **state)
{
    static const char *const lies[] = {
        "null",
        "{}",
        "[]",
        "7",
        "{\"known\":true,\"pv\":true,\"pvh\":true}",
        "{\"known\":true,\"pv\":true,\"pvh\":true,\"arch\":7}",
        "{\"known\":true,\"pv\":true,\"pvh\":true,\"arch\":\"0123456789abcdef\"}",
        "{\"known\":1,\"pv\":true,\"pvh\":true,\"arch\":\"a\"}",
        "{\"known\":true,\"pv\":\"yes\",\"pvh\":true,\"arch\":\"a\"}",
        "{\"known\":true,\"pv\":true,\"arch\":\"a\"}",
        "{\"known\":false,\"pv\":false,\"pvh\":false,\"why\":null}",
        "{\"known\":false,\"pv\":false,\"pvh\":false,\"arch\":\"0123456789abcdef\",\"why\":\"w\"}"};
    auto_kernel_support struct kernel_support found = KERNEL_SUPPORT_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
        assert_false(support(lies[i], &found));
    assert_true(
        support("{\"known\":true,\"pv\":true,\"pvh\":true,\"arch\":\"0123456789abcde\"}", &found));
    assert_string_equal(found.arch, "0123456789abcde");
    /* What is not known can start nothing. */
    assert_true(support("{\"known\":false,\"pv\":true,\"pvh\":true,\"why\":\"w\"}", &found));
    assert_false(found.pv || found.pvh);
    assert_string_equal(found.why, "w");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),     cmocka_unit_test(test_types),
        cmocka_unit_test(test_family),   cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_problems), cmocka_unit_test(test_support),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
