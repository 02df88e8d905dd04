/* What is taken for a kernel.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/kernel_magic.h"

static unsigned char head[KERNEL_HEAD];

static int setup(void **state)
{
    (void)state;
    memset(head, 0, sizeof head);
    return 0;
}

static void bzimage(void **state)
{
    (void)state;
    memcpy(head + 0x1FE, "\x55\xAA", 2);
    assert_false(kernel_magic(head, sizeof head));
    memcpy(head + 0x202, "HdrS", 4);
    assert_int_equal(kernel_form(head, sizeof head), KERNEL_BZIMAGE);
    assert_true(kernel_magic(head, 0x206));
    assert_false(kernel_magic(head, 0x205));
    head[0x1FF] = 0;
    assert_false(kernel_magic(head, sizeof head));
}

static void elf(void **state)
{
    (void)state;
    memcpy(head, "\177ELF", 4);
    assert_true(kernel_magic(head, 4));
    assert_false(kernel_magic(head, 3));
    head[1] = 'e';
    assert_false(kernel_magic(head, sizeof head));
}

static void gzip(void **state)
{
    (void)state;
    memcpy(head, "\x1F\x8B\x08", 3);
    assert_true(kernel_magic(head, 3));
    assert_false(kernel_magic(head, 2));
    head[2] = 7;
    assert_false(kernel_magic(head, sizeof head));
}

static void image(void **state)
{
    (void)state;
    memcpy(head, "MZ", 2); /* it is an EFI program too */
    assert_false(kernel_magic(head, sizeof head));
    memcpy(head + 56, "ARM\x64", 4);
    assert_int_equal(kernel_form(head, 60), KERNEL_IMAGE);
    assert_int_equal(kernel_form(head, 59), KERNEL_NONE);
    head[59] = 'e'; /* of 32 bits */
    assert_false(kernel_magic(head, sizeof head));
}

static void zboot(void **state)
{
    (void)state;
    memcpy(head + 4, "zimg", 4);
    assert_false(kernel_magic(head, sizeof head));
    memcpy(head, "MZ", 2);
    assert_int_equal(kernel_form(head, 8), KERNEL_ZBOOT);
    assert_int_equal(kernel_form(head, 7), KERNEL_NONE);
}

static void others(void **state)
{
    (void)state;
    assert_false(kernel_magic(head, 0));
    assert_false(kernel_magic(head, sizeof head));
    assert_false(kernel_magic((const unsigned char *)"<html>", 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bzimage, setup), cmocka_unit_test_setup(elf, setup),
        cmocka_unit_test_setup(gzip, setup),    cmocka_unit_test_setup(image, setup),
        cmocka_unit_test_setup(zboot, setup),   cmocka_unit_test_setup(others, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
