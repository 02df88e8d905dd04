/* domUloader's --entry, taken apart: see loader/commands/domuloader.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/text.h"
#include "loader/commands/domuloader.h"

#define REFUSED UINT32_MAX

static void test_partition(void **state)
{
    static const struct {
        const char *device;
        unsigned number;
    } cases[] = {
        {"xvda", 0},
        {"xvda2", 2},
        {"xvdaa10", 10},
        {"hda1", 1},
        {"sda", 0},
        {"sdb15", 15},
        {"vda3", 3},
        {"xvda02", 2},
        {"nvme0n1", 0},
        {"nvme0n1p2", 2},
        {"nvme12n3", 0},
        {"mmcblk0", 0},
        {"mmcblk0p1", 1},
        {"loop7", 0},
        {"loop7p3", 3},
        {"dm-0", 0},
        {"md127", 0},
        {"md127p1", 1},
        {"sr0", 0},
        {"d0", 0},
        {"d0p2", 2},
        {"", 0},
        {"2", 2},
        {"root-part2", 2},
        {"xvda1024", 1024},
        {"xvda1023", 1023},
        {"xvda1025", REFUSED},
        {"xvda0", REFUSED},
        {"xvda99999999999999999999", REFUSED},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned number = 77;
        bool taken = domuloader_partition(cases[i].device, &number);

        if (taken != (cases[i].number != REFUSED) || (taken && number != cases[i].number))
            fail_msg("%s: %s %u", cases[i].device, taken ? "taken as" : "refused", number);
    }
}

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        unsigned partition;
        const char *kernel, *ramdisk;
    } cases[] = {
        {"xvda2:/boot/vmlinuz-xen,/boot/initrd-xen", 2, "/boot/vmlinuz-xen", "/boot/initrd-xen"},
        {"/boot/vmlinuz-xen,/boot/initrd-xen", 0, "/boot/vmlinuz-xen", "/boot/initrd-xen"},
        {"xvda:/k", 0, "/k", NULL},
        {"/dev/xvda2:/k", 2, "/k", NULL},
        {"/dev/mapper/root-part3:/k", 3, "/k", NULL},
        {"hda1:boot/k,boot/r", 1, "/boot/k", "/boot/r"},
        {"k", 0, "/k", NULL},
        {":/k,/r", 0, "/k", "/r"},
        {"/k,", 0, "/k", NULL},
        {"/k,/r,s", 0, "/k", "/r,s"},
        {"/boot/k:1,/r", 0, "/boot/k:1", "/r"},
        {"xvda2:/k:1,/r:2", 2, "/k:1", "/r:2"},
        {"/k,/r:2", 0, "/k", "/r:2"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_domuloader_entry struct domuloader_entry entry = {.partition = 77};
        auto_error struct error err = ERROR_INIT;

        if (domuloader_parse(cases[i].text, &entry, &err) < 0)
            fail_msg("%s: %s", cases[i].text, err.text);
        assert_int_equal(entry.partition, cases[i].partition);
        assert_string_equal(entry.kernel, cases[i].kernel);
        assert_string_equal(entry.ramdisk ? entry.ramdisk : "-",
                            cases[i].ramdisk ? cases[i].ramdisk : "-");
    }
}

static void test_refused(void **state)
{
    static const char *const cases[] = {"",    "xvda2:",      "xvda2:,/r",
                                        ",/r", "xvda0:/k,/r", "/dev/xvda1025:/k"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_domuloader_entry struct domuloader_entry entry = {.partition = 77};
        auto_error struct error err = ERROR_INIT;

        assert_int_equal(domuloader_parse(cases[i], &entry, &err), -1);
        assert_int_equal(err.name, ERROR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partition),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
