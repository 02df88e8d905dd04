/* A file's bytes to a pipe: all kinds of runs, by maps that are made by hand.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "fsprobe/fs/filesystem.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/look/stream.h"

#define DISK_SIZE 4096

static int disk = -1;

/* Byte N of the disk is N modulo 251. */
static int set_up(void **state)
{
    (void)state;
    unsigned char bytes[DISK_SIZE];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i % 251);
    disk = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    (void)signal(SIGPIPE, SIG_IGN);
    return disk < 0 ? -1 : write_all(disk, bytes, sizeof bytes);
}

static int tear_down(void **state)
{
    (void)state;
    return close(disk);
}

/* Unpacks to 'p's; of runs at place 13 it cannot. */
static int unpack(struct volume *volume, const struct file_run *run, unsigned char *out,
                  struct error *err)
{
    (void)volume;
    if (run->place == 13)
        return error_set(err, ERROR_INTERNAL, "damaged");
    memset(out, 'p', run->length);
    return 0;
}

static const struct filesystem packing = {.unpack = unpack};
static const struct filesystem plain = {.unpack = NULL};

/* Streams the COUNT RUNS of a file of SIZE bytes into OUT, which has MAX. How many came, or -1 with
 * ERR. */
static ssize_t stream_runs(const struct filesystem *filesystem, struct file_run *runs, size_t count,
                           uint64_t size, unsigned char *out, size_t max, struct error *err)
{
    struct file_map map = {.size = size, .runs = runs, .count = count};
    struct volume volume = {.filesystem = filesystem};
    int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    auto_stream struct stream stream = {.to = file, .disks = &disk, .disk_count = 1};

    int result = stream_file(&stream, &volume, &map, err);
    ssize_t length = pread_all(file, out, max, 0);
    assert_true(result < 0 || (uint64_t)length == stream.done);
    (void)close(file);
    return result < 0 ? -1 : length;
}

static void holes_and_runs(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    struct file_run runs[] = {{.at = 2, .place = 100, .length = 3},
                              {.at = 8, .place = 0, .length = 4}};
    unsigned char out[64];
    const unsigned char wanted[] = {0, 0, 100, 101, 102, 0, 0, 0, 0, 1, 2, 0};

    /* The last run has a byte more than the file. */
    assert_int_equal(stream_runs(&plain, runs, 2, 11, out, sizeof out, &err), 11);
    assert_memory_equal(out, wanted, 11);
    /* All is a hole; and nothing at all. */
    assert_int_equal(stream_runs(&plain, NULL, 0, 5, out, sizeof out, &err), 5);
    assert_memory_equal(out, "\0\0\0\0\0", 5);
    assert_int_equal(stream_runs(&plain, NULL, 0, 0, out, sizeof out, &err), 0);
    /* A run behind the file's end. */
    assert_int_equal(stream_runs(&plain, runs, 2, 4, out, sizeof out, &err), 4);
    assert_memory_equal(out, wanted, 4);
}

static void what_a_journal_escaped(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    struct file_run runs[] = {{.place = 10, .length = 6, .escaped = true}};
    unsigned char out[64];

    assert_int_equal(stream_runs(&plain, runs, 1, 6, out, sizeof out, &err), 6);
    assert_memory_equal(out, FILE_ESCAPED "\x0e\x0f", 6);
    assert_int_equal(stream_runs(&plain, runs, 1, 2, out, sizeof out, &err), 2);
    assert_memory_equal(out, FILE_ESCAPED, 2);
}

static void what_is_packed(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    struct file_run runs[] = {{.length = FILE_PACKED_MAX, .packing = FILE_ZSTD}};
    auto_free unsigned char *out = xmalloc(2 * FILE_PACKED_MAX);

    assert_int_equal(
        stream_runs(&packing, runs, 1, FILE_PACKED_MAX, out, 2 * FILE_PACKED_MAX, &err),
        FILE_PACKED_MAX);
    assert_true(out[0] == 'p' && out[FILE_PACKED_MAX - 1] == 'p');
    assert_int_equal(stream_runs(&packing, runs, 1, 3, out, 10, &err), 3);
    /* One more than a piece may have; by a filesystem that packs none; damaged. */
    runs[0].length++;
    assert_int_equal(stream_runs(&packing, runs, 1, 9, out, 10, &err), -1);
    error_clear(&err);
    runs[0].length = 3;
    assert_int_equal(stream_runs(&plain, runs, 1, 3, out, 10, &err), -1);
    error_clear(&err);
    runs[0].place = 13;
    assert_int_equal(stream_runs(&packing, runs, 1, 3, out, 10, &err), -1);
    assert_string_equal(err.text, "damaged");
}

static void a_disk_that_ends(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    struct file_run runs[] = {{.place = DISK_SIZE - 4, .length = 4}};
    unsigned char out[64];

    assert_int_equal(stream_runs(&plain, runs, 1, 4, out, sizeof out, &err), 4);
    runs[0].length = 5;
    assert_int_equal(stream_runs(&plain, runs, 1, 5, out, sizeof out, &err), -1);
    assert_non_null(strstr(err.text, "the disk ends at byte 4096"));
    error_clear(&err);
    runs[0] = (struct file_run){.length = 1, .disk = 1};
    assert_int_equal(stream_runs(&plain, runs, 1, 1, out, sizeof out, &err), -1);
}

static void nobody_reads(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    struct file_map map = {.size = UINT64_MAX};
    struct volume volume = {.filesystem = &plain};
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    (void)close(ends[0]);
    auto_stream struct stream stream = {.to = ends[1], .disks = &disk, .disk_count = 1};
    assert_int_equal(stream_file(&stream, &volume, &map, &err), 0);
    assert_true(stream.stopped);
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holes_and_runs), cmocka_unit_test(what_a_journal_escaped),
        cmocka_unit_test(what_is_packed), cmocka_unit_test(a_disk_that_ends),
        cmocka_unit_test(nobody_reads),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
