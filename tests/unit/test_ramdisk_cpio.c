/* Headers of cpio, read and written, and the names of paths.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "common/text.h"
#include "loader/ramdisk/cpio.h"

#define NEWC "070701"
#define ODC  "070707"

/* STREAM reads LENGTH bytes of TEXT. The caller closes both. */
static int open_bytes(struct stream *stream, const void *bytes, size_t length)
{
    int fd = memfd_create("archive", 0);

    assert_int_equal(write_all(fd, bytes, length), 0);
    stream_open(stream, fd, "FILE", ERROR_INVALID_SOURCE, 1 << 20, NULL);
    return fd;
}

/* Reads the first entry of BYTES; the result of cpio_read(). */
static int read_first(const void *bytes, size_t length, struct cpio_entry *entry, struct error *err)
{
    auto_stream struct stream stream = {.fd = -1};
    auto_fd int fd = open_bytes(&stream, bytes, length);
    struct cpio_reader reader = CPIO_READER(&stream);
    int result = cpio_read(&reader, entry, err);

    (void)fd;
    entry->name = NULL; /* the reader's */
    return result;
}

static void refused(const char *text, size_t length, const char *why)
{
    auto_error struct error err = ERROR_INIT;
    struct cpio_entry entry;

    if (read_first(text, length, &entry, &err) >= 0)
        fail_msg("accepted: %s", text);
    if (!strstr(err.text, why))
        fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    assert_int_equal(err.name, ERROR_INVALID_SOURCE);
}

static void all_fields_of_newc(void **state)
{
    static const char text[] = NEWC "FFFFFFFF000081a40000000200000003000000040000000500000000"
                                    "00000007000000080000000900000010000000020000000Cx";
    auto_error struct error err = ERROR_INIT;
    struct cpio_entry e;

    (void)state;
    assert_int_equal(read_first(text, sizeof text, &e, &err), 1);
    assert_true(e.format == CPIO_NEWC && e.ino == UINT32_MAX && e.mode == 0100644);
    assert_true(e.uid == 2 && e.gid == 3 && e.nlink == 4 && e.mtime == 5 && e.size == 0);
    assert_true(e.dev_major == 7 && e.dev_minor == 8 && e.rdev_major == 9 && e.rdev_minor == 16);
}

static void all_fields_of_odc(void **state)
{
    static const char text[] = ODC "00100100000210064400000300000400000500040100000000006"
                                   "00000200000000000x";
    auto_error struct error err = ERROR_INIT;
    struct cpio_entry e;

    (void)state;
    assert_int_equal(read_first(text, sizeof text, &e, &err), 1);
    assert_true(e.format == CPIO_ODC && e.ino == 2 && e.mode == 0100644);
    assert_true(e.uid == 3 && e.gid == 4 && e.nlink == 5 && e.mtime == 6 && e.size == 0);
    assert_true(e.dev_major == 2 && e.dev_minor == 1 && e.rdev_major == 1 && e.rdev_minor == 1);
}

static void numbers_that_are_none(void **state)
{
    static const char good[] = NEWC "00000001000081a400000000000000000000000100000000"
                                    "00000000000000000000000000000000000000000000000200000000x";
    (void)state;
    for (size_t field = 0; field < 13; field++) {
        for (const char *c = "-+ gG.x"; *c; c++) {
            char text[sizeof good];
            memcpy(text, good, sizeof good);
            text[6 + field * 8] = *c;
            refused(text, sizeof text, "is no number");
        }
    }
    refused("070703", 6, "no header");
    refused("07070", 5, "cut off");
}

/* An entry of odc with this time and size, octal. */
static int read_odc(const char *mtime, const char *size, struct error *err)
{
    struct cpio_entry entry;
    char text[80];

    snprintf(text, sizeof text, ODC "%06o%06o%06o%06o%06o%06o%06o%s%06o%s%s", 0, 1, 0100644, 0, 0,
             1, 0, mtime, 2, size, "x");
    return read_first(text, 78, &entry, err);
}

static void odc_over_what_newc_holds(void **state)
{
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(read_odc("37777777777", "37777777777", &err), 1);
    assert_int_equal(read_odc("00000000000", "40000000000", &err), -1);
    assert_non_null(strstr(err.text, "4 GiB"));
    assert_int_equal(read_odc("40000000000", "00000000000", &err), -1);
    assert_non_null(strstr(err.text, "2106"));
}

/* A newc header with a name of SIZE bytes, NUL included. */
static int read_name_of(uint32_t size, struct error *err)
{
    auto_free char *text = xcalloc(1, 110 + (size_t)CPIO_NAME_MAX + 16);
    struct cpio_entry entry;

    snprintf(text, 111, NEWC "%088d%08X%08d", 0, size, 0);
    if (size > 1)
        memset(text + 110, 'n', size < CPIO_NAME_MAX + 1 ? size - 1 : CPIO_NAME_MAX);
    return read_first(text, 110 + (size_t)CPIO_NAME_MAX + 16, &entry, err);
}

static void names_at_their_bounds(void **state)
{
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(read_name_of(0, &err), -1);
    assert_int_equal(read_name_of(1, &err), -1);
    assert_int_equal(read_name_of(2, &err), 1);
    assert_int_equal(read_name_of(CPIO_NAME_MAX - 1, &err), 1);
    assert_int_equal(read_name_of(CPIO_NAME_MAX, &err), 1);
    assert_int_equal(read_name_of(CPIO_NAME_MAX + 1, &err), -1);
    assert_non_null(strstr(err.text, "longer than 4095"));
    assert_int_equal(read_name_of(UINT32_MAX, &err), -1);
}

static void written_as_read(void **state)
{
    auto_error struct error err = ERROR_INIT;
    auto_stream struct stream stream = {.fd = -1};
    auto_output struct output output = {.fd = -1};
    auto_fd int fd = memfd_create("archive", 0);
    struct cpio_entry e = {CPIO_NEWC, 1, 0100755, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0, "a/name"};
    struct cpio_entry back;

    (void)state;
    output_open(&output, fd, 1 << 20, "FILE");
    assert_int_equal(cpio_write(&output, &e, &err), 0);
    assert_int_equal(output.size % CPIO_ALIGN, 0);
    assert_int_equal(cpio_write_end(&output, &err), 0);
    assert_int_equal(output.size, 512);
    assert_int_equal(output_finish(&output, &err), 0);
    stream_open(&stream, fd, "FILE", ERROR_INVALID_SOURCE, 1 << 20, NULL);
    struct cpio_reader reader = CPIO_READER(&stream);
    assert_int_equal(cpio_read(&reader, &back, &err), 1);
    assert_string_equal(back.name, e.name);
    back.name = e.name;
    assert_memory_equal(&back, &e, sizeof e);
    assert_int_equal(cpio_read(&reader, &back, &err), 0);
}

static void spellings(void **state)
{
    static const char *const cases[][2] = {
        {"sbin/loader", "sbin/loader"},
        {"./sbin/loader", "sbin/loader"},
        {"/sbin/loader", "sbin/loader"},
        {".//sbin/.///./loader/", "sbin/loader"},
        {".", ""},
        {"/", ""},
        {"./", ""},
        {"..", ".."},
        {"a/../b", "a/../b"},
        {".hidden/...", ".hidden/..."},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char out[CPIO_NAME_MAX];
        cpio_normalise(cases[i][0], out);
        assert_string_equal(out, cases[i][1]);
    }
}

static void an_output_at_its_limit(void **state)
{
    auto_error struct error err = ERROR_INIT;
    auto_output struct output output = {.fd = -1};
    auto_fd int fd = memfd_create("archive", 0);

    (void)state;
    output_open(&output, fd, 10, "FILE");
    assert_int_equal(output_add(&output, "123456789", 9, &err), 0);
    assert_int_equal(output_add(&output, "1", 1, &err), 0);
    assert_int_equal(output_add(&output, "", 0, &err), 0);
    assert_int_equal(output_add(&output, "1", 1, &err), -1);
    assert_int_equal(err.name, ERROR_LIMITS);
    assert_non_null(strstr(err.text, "FILE with its overlay becomes larger"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_fields_of_newc),
        cmocka_unit_test(all_fields_of_odc),
        cmocka_unit_test(numbers_that_are_none),
        cmocka_unit_test(odc_over_what_newc_holds),
        cmocka_unit_test(names_at_their_bounds),
        cmocka_unit_test(written_as_read),
        cmocka_unit_test(spellings),
        cmocka_unit_test(an_output_at_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
