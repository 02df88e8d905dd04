/* Whole files, whole writes, directories.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"

/* A folder of its own for each test, in which the test runs. */
static char folder[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/eliloader-unit.XXXXXX");
    return mkdtemp(folder) ? chdir(folder) : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"file", "fifo", "a/b/c", "a/b", "a", "link"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        (void)remove(names[i]);
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static void put(const char *name, const char *text)
{
    auto_fd int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write_all(fd, text, strlen(text)), 0);
}

static void file_is_read_up_to_its_maximum(void **state)
{
    auto_buffer struct buffer text = BUFFER_INIT(0);
    auto_error struct error err = ERROR_INIT;

    (void)state;
    put("file", "12345");
    assert_int_equal(read_file("file", 5, &text, &err), 1);
    assert_string_equal(buffer_text(&text), "12345");
    buffer_free(&text);
    assert_int_equal(read_file("file", 6, &text, &err), 1);
    buffer_free(&text);
    assert_int_equal(read_file("file", 4, &text, &err), -1);
    assert_string_equal(err.text, "cannot read file: it is larger than 4 bytes");
}

static void file_that_is_none(void **state)
{
    auto_buffer struct buffer text = BUFFER_INIT(0);
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(read_file("file", 5, &text, &err), 0);
    assert_null(err.text);
    assert_int_equal(read_file("/dev/null", 5, &text, &err), 0);
    assert_int_equal(read_file(".", 5, &text, &err), -1);
    assert_string_equal(err.text, "cannot read .: it is not a regular file");
    /* Nobody writes to it: must not wait. */
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(read_file("fifo", 5, &text, &err), -1);
    assert_int_equal(read_file("file/x", 5, &text, &err), 0);
    put("file", "");
    assert_int_equal(read_file("file/x", 5, &text, &err), -1);
    assert_int_equal(read_file("file", 0, &text, &err), 1);
    assert_string_equal(buffer_text(&text), "");
}

static void pread_goes_on_to_the_end(void **state)
{
    char bytes[8] = "";

    (void)state;
    put("file", "12345");
    auto_fd int fd = open("file", O_RDONLY | O_CLOEXEC);
    assert_int_equal(pread_all(fd, bytes, 3, 1), 3);
    assert_memory_equal(bytes, "234", 3);
    assert_int_equal(pread_all(fd, bytes, 8, 3), 2);
    assert_int_equal(pread_all(fd, bytes, 8, 5), 0);
    assert_int_equal(pread_all(-1, bytes, 8, 5), -1);
    assert_int_equal(errno, EBADF);
}

static void write_says_why(void **state)
{
    auto_fd int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write_all(fd, "x", 0), 0);
    assert_int_equal(write_all(fd, "x", 1), -1);
    assert_int_equal(errno, ENOSPC);
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

static void directories_are_made(void **state)
{
    auto_error struct error err = ERROR_INIT;
    mode_t old = umask(022);

    (void)state;
    assert_int_equal(make_directory("a//b/c", 0700, &err), 0);
    assert_int_equal(mode_of("a"), 0755);
    assert_int_equal(mode_of("a/b"), 0755);
    assert_int_equal(mode_of("a/b/c"), 0700);
    assert_int_equal(make_directory("a/b", 0700, &err), 0);
    assert_int_equal(mode_of("a/b"), 0755);
    assert_int_equal(symlink("a", "link"), 0);
    assert_int_equal(make_directory("link", 0700, &err), 0);
    umask(old);
}

static void directories_that_cannot_be_made(void **state)
{
    auto_error struct error err = ERROR_INIT;

    (void)state;
    put("file", "");
    assert_int_equal(make_directory("file", 0700, &err), -1);
    assert_string_equal(err.text, "file is not a directory");
    assert_int_equal(make_directory("file/x", 0700, &err), -1);
    assert_non_null(strstr(err.text, "Not a directory"));
    assert_int_equal(make_directory("/proc/nothing/here", 0700, &err), -1);
    assert_non_null(strstr(err.text, "cannot make the directory /proc/nothing"));
    assert_int_equal(make_directory("", 0700, &err), -1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(file_is_read_up_to_its_maximum), IN_FOLDER(file_that_is_none),
        IN_FOLDER(pread_goes_on_to_the_end),       IN_FOLDER(write_says_why),
        IN_FOLDER(directories_are_made),           IN_FOLDER(directories_that_cannot_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
