/* What the first bytes of a file make it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/fetch/source/content.h"

static enum content_kind of(const char *text, bool at_end)
{
    return content_recognise((const unsigned char *)text, strlen(text), at_end);
}

/* A boot sector and the begin of a setup header, LENGTH bytes of it. */
static enum content_kind of_bzimage(size_t length, unsigned char last_magic, const char *header)
{
    unsigned char bytes[1024] = {'M', 'Z'};
    bytes[0x1FE] = 0x55;
    bytes[0x1FF] = last_magic;
    memcpy(bytes + 0x202, header, 4);
    return content_recognise(bytes, length, false);
}

static void kernels(void **state)
{
    (void)state;
    assert_int_equal(of("\x7F"
                        "ELF",
                        false),
                     CONTENT_KERNEL);
    assert_int_equal(of("\x1F\x8B\x08", false), CONTENT_KERNEL);
    assert_int_equal(of_bzimage(0x206, 0xAA, "HdrS"), CONTENT_KERNEL);
    assert_int_equal(of_bzimage(0x207, 0xAA, "HdrS"), CONTENT_KERNEL);
}

static void kernel_not_yet_known(void **state)
{
    (void)state;
    assert_int_equal(of_bzimage(0x205, 0xAA, "HdrS"), CONTENT_UNDECIDED);
    assert_int_equal(of("\x7F"
                        "EL",
                        false),
                     CONTENT_UNDECIDED);
    assert_int_equal(of("\x1F\x8B", false), CONTENT_UNDECIDED);
    assert_int_equal(of("", false), CONTENT_UNDECIDED);
}

static void at_the_end_all_is_known(void **state)
{
    (void)state;
    assert_int_equal(of("", true), CONTENT_OTHER);
    assert_int_equal(of("\x7F"
                        "EL",
                        true),
                     CONTENT_OTHER);
    assert_int_equal(of("  <htm", true), CONTENT_OTHER);
}

static void damaged_kernels(void **state)
{
    (void)state;
    assert_int_equal(of_bzimage(CONTENT_HEAD, 0xAB, "HdrS"), CONTENT_OTHER);
    assert_int_equal(of_bzimage(CONTENT_HEAD, 0xAA, "hdrS"), CONTENT_OTHER);
    assert_int_equal(of("\x1F\x8B\x07 unknown method", true), CONTENT_OTHER);
}

static void pages(void **state)
{
    static const char *const texts[] = {"<!DOCTYPE html>",    "<!doctype HTML PUBLIC",
                                        "<html lang=de>",     " \r\n\t<HEAD>",
                                        "\xEF\xBB\xBF<html>", "<script>x",
                                        "<!-- login --><p>",  "<body>"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(of(texts[i], false), CONTENT_HTML);
}

static void not_pages(void **state)
{
    (void)state;
    assert_int_equal(of("<htm", false), CONTENT_UNDECIDED);
    assert_int_equal(of("<unknown>", true), CONTENT_OTHER);
    assert_int_equal(of("text <html>", true), CONTENT_OTHER);
    assert_int_equal(of("070701", true), CONTENT_OTHER);
}

static void blanks_are_looked_through_to_a_bound(void **state)
{
    unsigned char bytes[CONTENT_HEAD];
    (void)state;
    memset(bytes, ' ', sizeof(bytes));
    assert_int_equal(content_recognise(bytes, CONTENT_HEAD - 1, false), CONTENT_UNDECIDED);
    assert_int_equal(content_recognise(bytes, CONTENT_HEAD, false), CONTENT_OTHER);
    memcpy(bytes + CONTENT_HEAD - 5, "<html", 5);
    assert_int_equal(content_recognise(bytes, CONTENT_HEAD, false), CONTENT_HTML);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels),
        cmocka_unit_test(kernel_not_yet_known),
        cmocka_unit_test(at_the_end_all_is_known),
        cmocka_unit_test(damaged_kernels),
        cmocka_unit_test(pages),
        cmocka_unit_test(not_pages),
        cmocka_unit_test(blanks_are_looked_through_to_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
