/* Bytes from one descriptor to another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "fsprobe/range.h"

static void by_hand_as_by_the_kernel(void **state)
{
    auto_fd int from = memfd_create("from", MFD_CLOEXEC), to = memfd_create("to", MFD_CLOEXEC);
    auto_range struct range_copier copier = {.from = from, .to = to, .by_hand = true};
    auto_error struct error err = ERROR_INIT;
    size_t size = 2 * RANGE_CHUNK + 5;
    auto_free char *bytes = xmalloc(size), *got = xmalloc(size);

    (void)state;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 31 + i / 4096);
    assert_int_equal(pwrite(from, bytes, size, 0), size);
    assert_int_equal(range_copy(&copier, 1, 3, size - 1, &err), 0);
    assert_int_equal(pread_all(to, got, size - 1, 3), size - 1);
    assert_memory_equal(got, bytes + 1, size - 1);
    assert_int_equal(lseek(to, 0, SEEK_END), size + 2);
    assert_int_equal(range_copy(&copier, size - 2, 0, 3, &err), -1);
    assert_non_null(strstr(err.text, "the disk ends at byte 2097157"));
}

static void target_that_cannot_be_written(void **state)
{
    auto_fd int from = memfd_create("from", MFD_CLOEXEC),
                to = open("/dev/full", O_WRONLY | O_CLOEXEC);
    auto_range struct range_copier copier = {.from = from, .to = to};
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(ftruncate(from, 10), 0);
    assert_int_equal(range_copy(&copier, 0, 0, 10, &err), -1);
    assert_non_null(
        strstr(err.text, "its copy on the host cannot be written: No space left on device"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand_as_by_the_kernel),
        cmocka_unit_test(target_that_cannot_be_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
