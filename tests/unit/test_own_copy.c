/* A file that has a name elsewhere is copied before it is written to: what is elsewhere stays.
 * Boundaries: files
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "loader/output/own_copy.h"

#define SIZE 700001 /* some blocks, and a part of one */

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/eliloader-unit.XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink("elsewhere");
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static ino_t inode_of(int fd)
{
    struct stat status;

    assert_int_equal(fstat(fd, &status), 0);
    return status.st_ino;
}

/* OUTPUTS with a ramdisk that is written and sealed. */
static void make(struct outputs *outputs, unsigned char content[SIZE])
{
    auto_error struct error err = ERROR_INIT;

    for (size_t i = 0; i < SIZE; i++)
        content[i] = (unsigned char)(i * 7 + i / 4096);
    assert_int_equal(outputs_open(outputs, folder, false, &err), 0);
    assert_int_equal(outputs_make(outputs, &outputs->ramdisk, &err), 0);
    assert_int_equal(write_all(outputs->ramdisk.fd, content, SIZE), 0);
    assert_int_equal(output_file_seal(&outputs->ramdisk, &err), 0);
}

static void assert_content(int fd, const unsigned char content[SIZE])
{
    static unsigned char read[SIZE + 1];

    assert_int_equal(pread_all(fd, read, sizeof read, 0), SIZE);
    assert_memory_equal(read, content, SIZE);
}

static void own_file_stays(void **state)
{
    static unsigned char content[SIZE];
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;

    (void)state;
    make(&outputs, content);
    ino_t before = inode_of(outputs.ramdisk.fd);
    assert_int_equal(outputs_own_copy(&outputs, &outputs.ramdisk, &err), 0);
    assert_true(inode_of(outputs.ramdisk.fd) == before);
    assert_content(outputs.ramdisk.fd, content);
    /* Its own name is none of somebody else's. */
    assert_int_equal(outputs_name(&outputs, &err), 0);
    assert_int_equal(outputs_own_copy(&outputs, &outputs.ramdisk, &err), 0);
    assert_true(inode_of(outputs.ramdisk.fd) == before);
}

static void linked_file_is_copied(void **state)
{
    static unsigned char content[SIZE];
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;
    auto_free char *self = NULL;

    (void)state;
    make(&outputs, content);
    self = xasprintf("/proc/self/fd/%d", outputs.ramdisk.fd);
    assert_int_equal(linkat(AT_FDCWD, self, AT_FDCWD, "elsewhere", AT_SYMLINK_FOLLOW), 0);
    ino_t before = inode_of(outputs.ramdisk.fd);
    assert_int_equal(outputs_own_copy(&outputs, &outputs.ramdisk, &err), 0);
    assert_false(inode_of(outputs.ramdisk.fd) == before);
    assert_true(outputs.ramdisk.sealed);
    assert_content(outputs.ramdisk.fd, content);
    auto_fd int writer = output_file_write_fd(&outputs.ramdisk, &err);
    assert_int_equal(write_all(writer, "changed", 7), 0);
    auto_fd int elsewhere = open("elsewhere", O_RDONLY | O_CLOEXEC);
    assert_content(elsewhere, content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(own_file_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(linked_file_is_copied, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
