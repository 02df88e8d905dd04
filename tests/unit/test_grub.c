/* Which disks are GRUB's to read, inside the guest, where we cannot.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loader/sources/grub.h"

static bool may_read(struct probed_volume *volumes, size_t count)
{
    const struct probed probed = {.known = true, .volumes = volumes, .volume_count = count};

    return grub_may_read(&probed);
}

static bool type_may_be_read(const char *type, bool readable, unsigned disk)
{
    struct probed_volume volumes[] = {
        {.kind = "disk", .type = NULL},
        {.kind = "partition", .type = "ext4", .readable = true},
        {.kind = "partition", .type = type, .readable = readable, .disk = disk}};

    return may_read(volumes, ARRAY_SIZE(volumes));
}

static void types(void **state)
{
    static const char *const grubs[] = {"crypto_LUKS", "zfs_member", "linux_raid_member",
                                        "LVM2_member", "btrfs",      "f2fs",
                                        "jfs",         "nilfs2",     "hfsplus"};
    static const char *const nobodys[] = {NULL,    "swap", "ext4", "xfs",      "ntfs",
                                          "qcow2", "gzip", "",     "bcachefs", "crypto"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(grubs); i++) {
        assert_true(type_may_be_read(grubs[i], false, 0));
        assert_false(type_may_be_read(grubs[i], true, 0));
        /* where nobody boots from */
        assert_false(type_may_be_read(grubs[i], false, 1));
    }
    for (size_t i = 0; i < ARRAY_SIZE(nobodys); i++)
        assert_false(type_may_be_read(nobodys[i], false, 0));
    assert_false(may_read(NULL, 0));
}

/* A physical volume is no riddle where what is made of it is there. */
static void parts_of_others(void **state)
{
    unsigned members[] = {0};
    struct probed_volume volumes[] = {
        {.kind = "disk", .type = "LVM2_member"},
        {.kind = "lvm", .name = "lvm/vg0-boot", .type = "ext4", .readable = true},
        {.kind = "lvm", .name = "lvm/vg0-root", .type = "crypto_LUKS"},
    };

    (void)state;
    assert_true(may_read(volumes, 2));
    volumes[1].members = members;
    volumes[1].member_count = 1;
    assert_false(may_read(volumes, 2));
    assert_true(may_read(volumes, 3));
}

/* What is made of others: parity is GRUB's, and what lacks a disk that the guest has; a thin volume
 * is nobody's. */
static void layouts(void **state)
{
    static const struct {
        const char *layout;
        unsigned missing;
        bool expected;
    } cases[] = {{"raid5", 0, true},   {"raid5", 1, true},  {"raid6", 0, true},
                 {"raid4", 0, true},   {"linear", 1, true}, {"striped", 2, true},
                 {"raid10", 1, true},  {"mirror", 1, true}, {"thin", 0, false},
                 {"thin", 1, false},   {"cache", 0, false}, {"cache", 1, false},
                 {"linear", 0, false}, {"raid1", 0, false}, {NULL, 1, false}};
    unsigned members[] = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct probed_volume volumes[] = {
            {.kind = "disk", .type = "LVM2_member"},
            {.kind = "lvm",
             .layout = cases[i].layout,
             .missing = cases[i].missing,
             .members = members,
             .member_count = 1},
        };
        assert_int_equal(may_read(volumes, ARRAY_SIZE(volumes)), cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types),
        cmocka_unit_test(parts_of_others),
        cmocka_unit_test(layouts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
