/* What pygrub answers, item by item: see loader/helpers/pygrub.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/pygrub.h"
#include "tests/unit/answer_fixture.h"

static int hear(struct pygrub_answer *answer, const char *item)
{
    auto_error struct error err = ERROR_INIT;
    int result = pygrub_hear(answer, item, strlen(item), &err);

    assert_int_equal(err.name, result < 0 ? ERROR_HANDOFF : ERROR_NONE);
    return result;
}

static void test_good(void **state)
{
    auto_pygrub_answer struct pygrub_answer answer = {NULL, NULL, NULL};

    (void)state;
    assert_int_equal(hear(&answer, "kernel /d/boot_kernel.x"), 0);
    assert_int_equal(hear(&answer, "ramdisk "), 0);
    assert_int_equal(hear(&answer, ""), 0);
    assert_int_equal(hear(&answer, "args root=/dev/xvda1 ro"), 0);
    assert_string_equal(answer.kernel, "/d/boot_kernel.x");
    assert_string_equal(answer.ramdisk, "");
    assert_string_equal(answer.args, "root=/dev/xvda1 ro");
}

static void test_lies(void **state)
{
    static const char *const lies[] = {"kernel",     "Kernel /k", " kernel /k",
                                       "kernel\t/k", "x",         "{\"answer\":{}}",
                                       "\n",         "\033[2J",   "kernel /other"};
    auto_pygrub_answer struct pygrub_answer answer = {NULL, NULL, NULL};

    (void)state;
    assert_int_equal(hear(&answer, "kernel /k"), 0);
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
        assert_int_equal(hear(&answer, lies[i]), -1);
    assert_string_equal(answer.kernel, "/k");
    assert_null(answer.args);
}

/* However long what it says is, its error is a sentence. */
static void test_long(void **state)
{
    auto_pygrub_answer struct pygrub_answer answer = {NULL, NULL, NULL};
    auto_error struct error err = ERROR_INIT;
    auto_free char *item = xcalloc(CHILD_LINE_MAX + 1, 1);

    (void)state;
    memset(item, 'x', CHILD_LINE_MAX);
    assert_int_equal(pygrub_hear(&answer, item, CHILD_LINE_MAX, &err), -1);
    assert_in_range(strlen(err.text), 512, 600);
}

/* Whether pygrub reads partition 2 of the first disk, of TYPE; VOLUME: what the kernel is on
 * instead. */
static bool reads(const char *type, const char *volume)
{
    struct probed_volume volumes[] = {
        {.kind = "partition", .partition = 1, .type = "ext4"},
        {.kind = "partition", .disk = 1, .partition = 2, .type = "ext4"},
        {.kind = "partition", .partition = 2, .type = type},
        {.kind = "lvm", .name = "lvm/vg0-boot", .partition = 2, .type = "ext4"},
    };
    const struct probed probed = {
        .known = true, .volumes = volumes, .volume_count = ARRAY_SIZE(volumes)};
    const struct probed_entry entry = {.partition = 2, .volume = volume};

    return handoff_reads(&probed, &entry);
}

static void test_reads(void **state)
{
    (void)state;
    assert_true(reads("ext3", NULL));
    assert_true(reads("reiserfs", NULL));
    assert_false(reads("xfs", NULL));
    assert_false(reads("btrfs", NULL));
    assert_false(reads("vfat", NULL));
    assert_false(reads("linux_raid_member", NULL));
    assert_false(reads(NULL, NULL));
    assert_false(reads("ext3", "lvm/vg0-boot"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
