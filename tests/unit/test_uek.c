/* Oracle Linux 5's kernel that no PV guest can boot, and what is taken in its place: see
 * loader/boot/uek.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loader/boot/uek.h"
#include "loader/helpers/fsprobe_answer.h"

#define UEK   "/boot/vmlinuz-2.6.39-400.el5uek"
#define OTHER "/boot/vmlinuz-2.6.18-371.el5xen"

struct place {
    int disk, partition, offset;
    const char *source;
};
static const struct place here = {0, 1, 1048576, "/boot/grub/grub.conf"};

static json_t *entry(const struct place *place, const char *kernel, const char *index)
{
    json_t *json = json_pack("{s:i,s:i,s:i,s:s?,s:s,s:s?,s:[]}", "disk", place->disk, "partition",
                             place->partition, "offset", place->offset, "source", place->source,
                             "kernel", kernel, "index", index, "ramdisks");

    assert_non_null(json);
    return json;
}

/* A disk that boots CHOSEN, and has the entry BESIDE it. Both are taken over. */
static struct probed probed_of(json_t *chosen, json_t *beside)
{
    struct probed probed = PROBED_INIT;
    json_auto_t *answer = json_pack("{s:[], s:[], s:O, s:[o, o]}", "disks", "problems", "boot",
                                    chosen, "entries", chosen, beside);

    assert_int_equal(probed_read(answer, 16, &probed, NULL), 0);
    return probed;
}

static void test_chosen(void **state)
{
    auto_probed struct probed uek = probed_of(entry(&here, UEK, "0"), entry(&here, OTHER, "1"));
    auto_probed struct probed second = probed_of(entry(&here, OTHER, "0"), entry(&here, UEK, "1"));
    auto_probed struct probed none = probed_of(entry(&here, OTHER, "0"), entry(&here, OTHER, "1"));
    struct probed_entry chosen;

    (void)state;
    assert_true(uek_is_chosen(&uek, &chosen));
    assert_string_equal(chosen.kernel, UEK);
    assert_true(uek_is_listed(&uek));
    assert_false(uek_is_chosen(&second, &chosen));
    assert_true(uek_is_listed(&second));
    assert_false(uek_is_chosen(&none, &chosen));
    assert_false(uek_is_listed(&none));
}

/* Whether KERNEL at PLACE with INDEX is taken in the place of the chosen one. */
static bool is_taken(const struct place *place, const char *kernel, const char *index,
                     bool for_pygrub)
{
    auto_probed struct probed probed =
        probed_of(entry(&here, UEK, "0"), entry(place, kernel, index));
    struct probed_entry chosen, other;

    assert_true(uek_is_chosen(&probed, &chosen));
    bool taken = uek_other_entry(&probed, &chosen, for_pygrub, &other);
    if (taken)
        assert_string_equal(other.kernel, kernel);
    return taken;
}

static void test_other_entry(void **state)
{
    (void)state;
    assert_true(is_taken(&here, OTHER, "1", false));
    assert_true(is_taken(&here, OTHER, "1", true));
    assert_false(is_taken(&here, "/boot/vmlinuz-2.6.32-300.el5uek", "1", false));
    /* pygrub is told a word; we ourselves need none */
    assert_false(is_taken(&here, OTHER, NULL, true));
    assert_false(is_taken(&here, OTHER, "Other systems>1", true));
    assert_true(is_taken(&here, OTHER, NULL, false));
    assert_true(is_taken(&here, OTHER, "1>2", true));
}

/* Of another menu, no entry's number means what it says. */
static void test_same_menu(void **state)
{
    static const struct place others[] = {
        {1, 1, 1048576, "/boot/grub/grub.conf"}, /* another disk */
        {0, 2, 1048576, "/boot/grub/grub.conf"}, /* another partition */
        {0, 1, 2097152, "/boot/grub/grub.conf"}, /* another filesystem of that number */
        {0, 1, 1048576, "/grub/grub.conf"},      /* another configuration */
        {0, 1, 1048576, NULL},                   /* nobody knows which */
    };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(is_taken(&others[i], OTHER, "1", false));
        assert_false(is_taken(&others[i], OTHER, "1", true));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chosen),
        cmocka_unit_test(test_other_entry),
        cmocka_unit_test(test_same_menu),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
