/* What `fsprobe` says of a guest's disks: see loader/helpers/fsprobe_answer.h.
 * Boundaries: answers
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/fsprobe_answer.h"
#include "tests/unit/answer_fixture.h"

#define ENTRY                                                                                      \
    "{\"title\":\"t\",\"id\":\"i\",\"index\":\"0\",\"disk\":1,\"partition\":2,\"offset\":1048576," \
    "\"kernel\":\"/k\",\"ramdisk\":\"/a\",\"ramdisks\":[\"/a\",\"/b\"],\"args\":\"ro\","           \
    "\"source\":\"s\",\"default\":true,\"number\":3}"

#define VOLUMES                                                                             \
    "{\"kind\":\"disk\",\"name\":null,\"where\":\"a\",\"members\":[],\"devices\":[1,0],"    \
    "\"subvolumes\":[{\"id\":5,\"path\":\"/v\",\"default\":true}]},"                        \
    "{\"kind\":\"lvm\",\"missing\":6,\"title\":\"vg\",\"layout\":\"linear\",\"part_type\":" \
    "\"0x83\","                                                                             \
    "\"why\":\"w\",\"members\":[0]}"

static const char good[] =
    "{\"disks\":[{\"path\":\"xvda\",\"size\":1048576,\"table\":\"gpt\",\"partitions\":[{\"number\":"
    "1,"
    "\"offset\":512,\"size\":1024,\"type\":\"ext4\",\"label\":\"root\",\"uuid\":null}]},"
    "{\"path\":\"xvdb\",\"size\":0,\"table\":\"none\",\"partitions\":[]}],"
    "\"entries\":[" ENTRY "],\"boot\":" ENTRY ",\"volumes\":[" VOLUMES
    "],\"cause\":\"because\",\"instead\":\"another\",\"config\":{\"path\":\"/"
    "c\",\"pv\":true,\"pvh\":false},"
    "\"timeout\":5,\"copied\":null,\"problems\":[\"one\",\"two\"]}";

static int take(const char *text, struct probed *probed, struct error *err)
{
    json_auto_t *answer = answer_of(text);

    return answer ? probed_read(answer, 2, probed, err)
                  : error_set(err, ERROR_INTERNAL, "refused at once");
}

static void test_good(void **state)
{
    auto_probed struct probed probed = PROBED_INIT;
    struct probed_entry entry, boot;
    const char *path;
    bool pv, pvh, said;

    (void)state;
    assert_int_equal(take(good, &probed, NULL), 0);
    assert_true(probed.known);
    assert_int_equal(probed.disk_count, 2);
    assert_string_equal(probed.disks[0].partitions[0].label, "root");
    assert_null(probed.disks[0].partitions[0].uuid);
    assert_true(probed_has_type(&probed, 0, "ext4"));
    assert_true(probed_has_type(&probed, 0, NULL));
    assert_false(probed_has_type(&probed, 0, "xfs"));
    assert_false(probed_has_type(&probed, 1, NULL));
    assert_false(probed_has_type(&probed, 2, NULL));
    assert_false(probed_is_bare(&probed, 0));
    assert_true(probed_is_bare(&probed, 1));
    assert_false(probed_is_bare(&probed, 2));
    assert_true(probed_boot(&probed, &boot));
    assert_true(probed_entry_at(&probed, 0, &entry));
    assert_false(probed_entry_at(&probed, 1, &entry));
    assert_true(probed_same(&entry, &boot));
    assert_int_equal(boot.ramdisk_count, 2);
    assert_string_equal(boot.ramdisk, "/a");
    assert_string_equal(boot.ramdisks[1], "/b");
    assert_true(probed_config(&probed, &path, &pv, &pvh));
    assert_true(pv && !pvh);
    assert_int_equal(probed_timeout(&probed, &said), 5);
    assert_string_equal(probed_problem(&probed, 1), "two");
    assert_null(probed_problem(&probed, 2));
    assert_string_equal(probed.cause, "because");
    assert_string_equal(probed.instead, "another");
    assert_int_equal(probed.volumes[0].device_count, 2);
    assert_int_equal(probed.volumes[0].devices[0], 1);
    assert_true(probed.volumes[0].subvolumes[0].is_default);
    assert_string_equal(probed.volumes[0].subvolumes[0].path, "/v");
    assert_int_equal(probed.volumes[1].missing, 6);
    assert_false(probed.volumes[1].has_subvolumes);
    assert_false(probed_all_blank(&probed));
}

/* A disk is blank when somebody says so; nobody does of one that was not looked at. */
static void test_blank(void **state)
{
    static const struct {
        const char *disks;
        bool blank;
    } cases[] = {
        {"", false},
        {"{\"partitions\":[],\"blank\":true}", true},
        {"{\"partitions\":[]}", false},
        {"{\"partitions\":[],\"blank\":true},{\"partitions\":[],\"blank\":true}", true},
        {"{\"partitions\":[],\"blank\":true},{\"partitions\":[],\"blank\":false}", false},
        {"{\"partitions\":[],\"blank\":false},{\"partitions\":[],\"blank\":true}", false},
        {"{\"partitions\":[],\"blank\":1}", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_probed struct probed probed = PROBED_INIT;
        auto_free char *text = xasprintf("{\"disks\":[%s],\"entries\":[],\"boot\":null,"
                                         "\"problems\":[]}",
                                         cases[i].disks);
        assert_int_equal(take(text, &probed, NULL), 0);
        assert_int_equal(probed_all_blank(&probed), cases[i].blank);
    }
}

/* Any one thing that is different makes two entries different ones. */
static void test_same(void **state)
{
    static const char *const changes[][2] = {{"\"title\":\"t\"", "\"title\":null"},
                                             {"\"id\":\"i\"", "\"id\":\"j\""},
                                             {"\"index\":\"0\"", "\"index\":\"1\""},
                                             {"\"disk\":1", "\"disk\":0"},
                                             {"\"partition\":2", "\"partition\":3"},
                                             {"\"offset\":1048576", "\"offset\":0"},
                                             {"\"kernel\":\"/k\"", "\"kernel\":\"/l\""},
                                             {"\"/a\",\"/b\"", "\"/a\",\"/c\""},
                                             {"\"/a\",\"/b\"", "\"/a\""},
                                             {"\"args\":\"ro\"", "\"args\":\"\""},
                                             {"\"source\":\"s\"", "\"source\":\"\""},
                                             {"\"default\":true", "\"default\":false"},
                                             {"\"number\":3", "\"number\":4"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
        auto_probed struct probed probed = PROBED_INIT;
        auto_free char *text = text_with(good, changes[i][0], changes[i][1]);
        assert_int_equal(take(text, &probed, NULL), 0);
        assert_false(probed_same(&probed.entries[0], &probed.boot));
    }
}

/* GOOD with FROM replaced by TO is refused, with a sentence. */
static void lie(const char *from, const char *to)
{
    auto_probed struct probed probed = PROBED_INIT;
    auto_error struct error err = ERROR_INIT;
    auto_free char *text = text_with(good, from, to);

    assert_int_equal(take(text, &probed, &err), -1);
    assert_int_equal(err.name, ERROR_INTERNAL);
    assert_false(probed.known);
}

/* Each member in turn is of every type but its own. */
static void test_types(void **state)
{
    static const struct {
        const char *member, *own;
    } members[] = {{"\"disks\":", "a"},    {"\"path\":", "sn"},      {"\"size\":", "i"},
                   {"\"table\":", "sn"},   {"\"partitions\":", "a"}, {"\"number\":", "i"},
                   {"\"offset\":", "i"},   {"\"type\":", "sn"},      {"\"label\":", "sn"},
                   {"\"entries\":", "a"},  {"\"title\":", "sn"},     {"\"id\":", "sn"},
                   {"\"index\":", "sn"},   {"\"disk\":", "i"},       {"\"partition\":", "i"},
                   {"\"kernel\":", ""},    {"\"ramdisk\":", "sn"},   {"\"ramdisks\":", "a"},
                   {"\"args\":", "sn"},    {"\"source\":", "sn"},    {"\"boot\":", "n"},
                   {"\"config\":", "n"},   {"\"pv\":", "b"},         {"\"pvh\":", "b"},
                   {"\"timeout\":", "in"}, {"\"problems\":", "a"},   {"\"instead\":", "sn"},
                   {"\"cause\":", "sn"}};
    static const struct {
        char type;
        const char *value;
    } values[] = {{'s', "\"x\""}, {'i', "1"},  {'r', "1.5"}, {'b', "true"},
                  {'n', "null"},  {'a', "[]"}, {'o', "{}"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(members); i++)
        for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
            if (strchr(members[i].own, values[j].type))
                continue;
            /* The old value goes to a member that nobody reads. */
            static unsigned count;
            auto_free char *to =
                xasprintf("%s%s,\"x%u\":", members[i].member, values[j].value, count++);
            lie(members[i].member, to);
        }
}

static void test_bounds(void **state)
{
    (void)state;
    lie("\"size\":1048576", "\"size\":-1");
    lie("\"offset\":512", "\"offset\":-9223372036854775808");
    lie("\"number\":1", "\"number\":2147483648");
    lie("\"disk\":1", "\"disk\":2");
    lie("\"disk\":1", "\"disk\":-1");
    lie("\"partition\":2", "\"partition\":4294967296");
    lie("\"offset\":1048576", "\"offset\":-1");
    lie("\"number\":3", "\"number\":4294967296");
    lie("\"disks\":[", "\"disks\":[{\"partitions\":[]},");
    lie("\"disk\":1", "\"disk\":1,\"disk\":1");
    lie("\"kernel\":\"/k\"", "\"kernel\":\"\"");
    lie("\"kernel\":\"/k\"", "\"kernel\":\"k\"");
    lie("\"/a\",\"/b\"", "\"/a\",\"b\"");
    lie("\"/a\",\"/b\"", "\"/a\",7");
    lie("[\"one\"", "[7");
    lie("[1,0]", "[1,2]");
    lie("[1,0]", "[-1]");
    lie("[1,0]", "1");
    lie("[0]", "[1]"); /* a volume is made of those before it */
    lie("\"id\":5", "\"id\":-5");
    lie("\"/v\"", "null");
    lie("\"missing\":6", "\"missing\":-1");
    lie("\"missing\":6", "\"missing\":4294967296");
}

static void test_controls(void **state)
{
    static const char *const texts[] = {
        "xvda",  "gpt", "ext4", "root", "\"t\"",  "\"i\"", "\"0\"", "/k",     "/b",      "ro",
        "\"s\"", "/c",  "two",  "/v",   "linear", "0x83",  "\"w\"", "\"vg\"", "because", "another"};
    static const char *const controls[] = {"\\n", "\\u001b", "\\u007f"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        for (size_t j = 0; j < ARRAY_SIZE(controls); j++) {
            bool quoted = texts[i][0] == '"';
            auto_free char *to = quoted ? xasprintf("\"%s\"", controls[j])
                                        : xasprintf("%s%s", texts[i], controls[j]);
            lie(texts[i], to);
        }
}

/* COUNT items of ITEM in the place of FROM, which is in brackets. */
static int take_many(const char *from, const char *item, size_t count)
{
    auto_buffer struct buffer items = BUFFER_INIT(CHILD_LINE_MAX);
    auto_probed struct probed probed = PROBED_INIT;

    for (size_t i = 0; i < count; i++)
        assert_true(buffer_addf(&items, "%s%s", i ? "," : "", item));
    auto_free char *text = text_with(good, from, buffer_text(&items));
    return take(text, &probed, NULL);
}

static void test_many(void **state)
{
    static const struct {
        const char *from, *item;
        size_t most;
    } lists[] = {
        {"1,0", "0", PROBED_MEMBERS_MAX},
        {"{\"id\":5,\"path\":\"/v\",\"default\":true}", "{\"path\":\"/\"}", PROBED_SUBVOLUMES_MAX},
        {"\"one\",\"two\"", "\"\"", PROBED_PROBLEMS_MAX},
        {"\"/a\",\"/b\"", "\"/\"", PROBED_RAMDISKS_MAX},
        {"{\"number\":1,\"offset\":512,\"size\":1024,\"type\":\"ext4\",\"label\":\"root\",\"uuid\":"
         "null}",
         "{}", PROBED_PARTITIONS_MAX},
        {ENTRY, "{\"disk\":0,\"kernel\":\"/\",\"ramdisks\":[]}", PROBED_ENTRIES_MAX},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        assert_int_equal(take_many(lists[i].from, lists[i].item, lists[i].most - 1), 0);
        assert_int_equal(take_many(lists[i].from, lists[i].item, lists[i].most), 0);
        assert_int_equal(take_many(lists[i].from, lists[i].item, lists[i].most + 1), -1);
    }
}

/* A menu that waits longer than an int can say waits for ever. */
static void test_timeout(void **state)
{
    static const struct {
        const char *text;
        int timeout;
    } timeouts[] = {
        {"0", 0}, {"-1", -1}, {"-2", -1}, {"2147483647", INT32_MAX}, {"2147483648", -1}};
    bool said;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(timeouts); i++) {
        auto_probed struct probed probed = PROBED_INIT;
        auto_free char *to = xasprintf("\"timeout\":%s", timeouts[i].text);
        auto_free char *text = text_with(good, "\"timeout\":5", to);
        assert_int_equal(take(text, &probed, NULL), 0);
        assert_int_equal(probed_timeout(&probed, &said), timeouts[i].timeout);
        assert_true(said);
    }
}

/* Nothing is known before there is an answer. */
static void test_nothing(void **state)
{
    auto_probed struct probed probed = PROBED_INIT;
    struct probed_entry entry;
    bool said;

    (void)state;
    assert_int_equal(
        take("{\"disks\":[],\"entries\":[],\"boot\":null,\"problems\":[]}", &probed, NULL), 0);
    assert_false(probed_boot(&probed, &entry));
    assert_int_equal(probed_timeout(&probed, &said), -1);
    assert_false(said);
    probed_free(&probed);
    assert_int_equal(take("{}", &probed, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),    cmocka_unit_test(test_blank),
        cmocka_unit_test(test_same),    cmocka_unit_test(test_types),
        cmocka_unit_test(test_bounds),  cmocka_unit_test(test_controls),
        cmocka_unit_test(test_many),    cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
