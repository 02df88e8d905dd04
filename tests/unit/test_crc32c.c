/* CRC-32C against the values of RFC 3720 (B.4), and in pieces against itself in one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/crc32c.h"

static uint32_t whole(const void *bytes, size_t length)
{
    return ~crc32c(~0u, bytes, length);
}

static void published_values(void **state)
{
    unsigned char bytes[32];

    (void)state;
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(whole(bytes, 32), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(whole(bytes, 32), 0x62a8ab43);
    for (unsigned i = 0; i < 32; i++)
        bytes[i] = (unsigned char)i;
    assert_int_equal(whole(bytes, 32), 0x46dd794e);
    assert_int_equal(whole("123456789", 9), 0xe3069283);
    assert_int_equal(whole("", 0), 0);
}

static void in_pieces(void **state)
{
    unsigned char bytes[67];

    (void)state;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 + 11);
    for (size_t first = 0; first <= sizeof bytes; first++) {
        uint32_t crc = crc32c(crc32c(~0u, bytes, first), bytes + first, sizeof bytes - first);
        assert_int_equal(~crc, whole(bytes, sizeof bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values),
        cmocka_unit_test(in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
