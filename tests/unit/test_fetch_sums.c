/* Of what type a ramdisk is, by its first bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <zlib.h>

#include "loader/fetch/sums.h"

static void is_type(const void *head, size_t length, const char *type)
{
    const char *got = sums_type(head, length);

    assert_string_equal(got ? got : "none", type);
}

static void by_magic(void **state)
{
    (void)state;
    is_type("070701x", 7, "cpio");
    is_type("070702", 6, "cpio");
    is_type("070707", 6, "cpio");
    is_type("07070", 5, "none");
    is_type("070703", 6, "none");
    is_type("\xfd"
            "7zXZ",
            5, "cpio");
    is_type("\x28\xb5\x2f\xfd", 4, "cpio");
    is_type("BZh", 3, "cpio");
    is_type("\x5d\0\0", 3, "cpio");
    is_type("\x1f\x8b", 2, "none");
    is_type("", 0, "none");
}

/* gzip of LENGTH bytes at BYTES into OUT; returns its size. */
static size_t pack(const void *bytes, size_t length, unsigned char *out, size_t size)
{
    z_stream stream = {.next_in = (Bytef *)bytes,
                       .avail_in = (uInt)length,
                       .next_out = out,
                       .avail_out = (uInt)size};

    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return size - stream.avail_out;
}

static void inside_gzip(void **state)
{
    unsigned char image[SUMS_HEAD] = {0}, packed[2 * SUMS_HEAD];

    (void)state;
    is_type(packed, pack("070701", 6, packed, sizeof packed), "cpio");
    is_type(packed, pack("hello", 5, packed, sizeof packed), "none");
    image[1024 + 56] = 0x53;
    image[1024 + 57] = 0xef;
    is_type(packed, pack(image, sizeof image, packed, sizeof packed), "ext2");
    is_type(packed, pack(image, 2048, packed, sizeof packed), "ext2");
    is_type(packed, pack(image, 2047, packed, sizeof packed), "none");
    is_type(image, sizeof image, "none"); /* not compressed: no table knows such */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_magic),
        cmocka_unit_test(inside_gzip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
