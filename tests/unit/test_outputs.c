/* Output files: named when they are whole, kept when the run has succeeded, swept when their run
 * is no more. With and without O_TMPFILE.
 * Boundaries: files handover
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/confine_bpf.h"
#include "common/io.h"
#include "loader/output/outputs.h"
#include "tests/unit/skip.h"

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/eliloader-unit.XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

/* The names in the folder and, when REMOVE, their end. */
static unsigned count_files(bool removed)
{
    DIR *directory = opendir(folder);
    unsigned count = 0;

    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (removed)
            (void)unlinkat(dirfd(directory), entry->d_name, 0);
    }
    closedir(directory);
    return count;
}

static int tear_down(void **state)
{
    (void)state;
    (void)count_files(true);
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static void open_and_make(struct outputs *outputs, bool for_toolstack)
{
    auto_error struct error err = ERROR_INIT;

    if (outputs_open(outputs, folder, for_toolstack, &err) < 0 ||
        outputs_make(outputs, &outputs->kernel, &err) < 0 ||
        outputs_make(outputs, &outputs->ramdisk, &err) < 0)
        fail_msg("%s", err.text);
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? status.st_mode & 07777 : 07777;
}

static void files_appear_when_they_are_whole(void **state)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;
    char text[4] = "";

    (void)state;
    open_and_make(&outputs, true);
    assert_int_equal(count_files(false), 0);
    auto_fd int writer = output_file_write_fd(&outputs.kernel, &err);
    assert_int_equal(write(writer, "abc", 3), 3);
    assert_int_equal(read(writer, text, 1), -1);
    close_fd(&writer);
    assert_int_equal(pread(outputs.kernel.fd, text, 3, 0), 3);
    assert_string_equal(text, "abc");
    assert_int_equal(outputs_name(&outputs, &err), 0);
    assert_int_equal(count_files(false), 2);
    assert_int_equal(mode_of(outputs.kernel.path), 0200);
    outputs_keep(&outputs);
    assert_int_equal(mode_of(outputs.kernel.path), 0600);
    assert_int_equal(mode_of(outputs.ramdisk.path), 0600);
    outputs_free(&outputs);
    assert_int_equal(count_files(false), 2);
}

static void names_are_as_promised(void **state)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;

    (void)state;
    open_and_make(&outputs, false);
    assert_int_equal(outputs_name(&outputs, &err), 0);
    size_t length = strlen(folder);
    assert_memory_equal(outputs.kernel.path, folder, length);
    assert_memory_equal(outputs.kernel.path + length, "/fetched-kernel.", 16);
    assert_int_equal(strlen(outputs.kernel.path), length + 16 + 8);
    assert_memory_equal(outputs.ramdisk.path + length, "/fetched-ramdisk.", 17);
}

static void failed_run_takes_its_files_away(void **state)
{
    struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;

    (void)state;
    open_and_make(&outputs, true);
    outputs_free(&outputs);
    assert_int_equal(count_files(false), 0);
    open_and_make(&outputs, true);
    assert_int_equal(outputs_name(&outputs, &err), 0);
    outputs_free(&outputs);
    assert_int_equal(count_files(false), 0);
}

static void dropped_file_is_not_named(void **state)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;

    (void)state;
    open_and_make(&outputs, true);
    outputs_drop(&outputs, &outputs.ramdisk);
    assert_int_equal(outputs_name(&outputs, &err), 0);
    assert_null(outputs.ramdisk.path);
    assert_int_equal(count_files(false), 1);
}

/* A file as an earlier run may have left it, SECONDS ago. */
static void leave(const char *name, mode_t mode, int seconds)
{
    auto_fd int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    struct timespec times[2];

    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, mode), 0);
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= seconds;
    times[1] = times[0];
    assert_int_equal(futimens(fd, times), 0);
}

static void sweep_as(bool for_toolstack)
{
    struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(outputs_open(&outputs, folder, for_toolstack, &err), 0);
    outputs_free(&outputs);
}

/* Whether the filesystem of the folder knows leases. */
static bool has_leases(const char *path)
{
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
}

/* Whoever else can write to a file could change it after it was looked at. */
static void file_that_somebody_else_can_write(void **state)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;

    (void)state;
    leave("lease", 0600, 0);
    if (!has_leases("lease"))
        return;
    (void)unlink("lease");
    open_and_make(&outputs, true);
    auto_fd int writer = output_file_write_fd(&outputs.kernel, &err);
    assert_int_equal(output_file_seal(&outputs.ramdisk, &err), 0);
    assert_int_equal(output_file_seal(&outputs.kernel, &err), -1);
    assert_non_null(strstr(err.text, "open for writing by somebody else"));
    assert_int_equal(outputs_name(&outputs, &err), -1);
    assert_non_null(strstr(err.text, "the kernel: "));
    assert_int_equal(count_files(false), 0);
    close_fd(&writer);
    assert_int_equal(outputs_name(&outputs, &err), 0);
    assert_int_equal(write(outputs.kernel.fd, "x", 1), -1);
    /* It still is this run's: another one leaves it alone. */
    sweep_as(true);
    assert_int_equal(count_files(false), 2);
}

static bool there(const char *name)
{
    return access(name, F_OK) == 0;
}

static void age_of_what_is_abandoned(void **state)
{
    (void)state;
    leave("eliloader-kernel.aaaaaaaa", 0600, OUTPUT_ABANDONED - 5);
    leave("eliloader-kernel.bbbbbbbb", 0600, OUTPUT_ABANDONED + 5);
    leave("eliloader-kernel.cccccccc", 0200, 0);
    leave("fetched-ramdisk.bbbbbbbb", 0600, OUTPUT_ABANDONED + 5);
    leave("fetched-ramdisk.cccccccc", 0200, 0);
    leave("eliloader-kernel.bbbbbbb", 0200, 0);
    leave("eliloader-kernel.bbbbbbbbb", 0200, 0);
    leave("eliloader-kernel.bbbbbbb1", 0200, 0);
    leave("eliloader-menu.bbbbbbbb", 0200, 0);
    sweep_as(true);
    assert_true(there("eliloader-kernel.aaaaaaaa"));
    assert_false(there("eliloader-kernel.bbbbbbbb"));
    assert_false(there("eliloader-kernel.cccccccc"));
    assert_true(there("fetched-ramdisk.bbbbbbbb"));
    assert_false(there("fetched-ramdisk.cccccccc"));
    assert_int_equal(count_files(false), 6);
}

static void by_hand_nothing_whole_is_swept(void **state)
{
    (void)state;
    leave("eliloader-kernel.bbbbbbbb", 0600, OUTPUT_ABANDONED + 5);
    leave("eliloader-kernel.cccccccc", 0200, 0);
    sweep_as(false);
    assert_true(there("eliloader-kernel.bbbbbbbb"));
    assert_false(there("eliloader-kernel.cccccccc"));
}

static void locked_file_belongs_to_a_run(void **state)
{
    (void)state;
    leave("eliloader-kernel.aaaaaaaa", 0600, OUTPUT_ABANDONED + 5);
    leave(".eliloader-aaaaaaaa", 0600, 0);
    assert_int_equal(chmod(".eliloader-aaaaaaaa", 0200), 0);
    auto_fd int one = open("eliloader-kernel.aaaaaaaa", O_WRONLY | O_CLOEXEC);
    auto_fd int two = open(".eliloader-aaaaaaaa", O_WRONLY | O_CLOEXEC);
    assert_int_equal(flock(one, LOCK_EX), 0);
    assert_int_equal(flock(two, LOCK_EX), 0);
    sweep_as(true);
    assert_int_equal(count_files(false), 2);
    close_fd(&one);
    close_fd(&two);
    sweep_as(true);
    assert_int_equal(count_files(false), 0);
}

/* The status of such a child where the kernel has no filters. */
#define NO_FILTERS 77

/* In a child, for whom the filesystem knows no O_TMPFILE. */
static int without_tmpfile(void (*test)(void **state))
{
    static const int opening[] = {__NR_openat};
    const uint64_t flag = O_TMPFILE & ~O_DIRECTORY;
    struct sock_filter instructions[FILTER_PROGRAM_MAX];
    struct sock_fprog program = {.filter = instructions};
    struct filter filter;

    filter_init(&filter, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW);
    filter_calls(&filter, SECCOMP_RET_ERRNO | EOPNOTSUPP, opening, ARRAY_SIZE(opening));
    filter_allow_if(&filter, (struct filter_rule){__NR_openat, {{2, flag, 0}}});
    program.len = (unsigned short)filter_assemble(&filter, instructions);
    if (!program.len || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
        return NO_FILTERS;
    test(NULL);
    return 0;
}

static void named_from_the_start(void **state)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;

    (void)state;
    open_and_make(&outputs, true);
    if (count_files(false) != 2 || !outputs.kernel.name || mode_of(outputs.kernel.name) != 0200)
        _exit(2);
    auto_fd int writer = output_file_write_fd(&outputs.kernel, &err);
    if (write(writer, "abc", 3) != 3)
        _exit(3);
    /* Another run in the same folder leaves them alone. */
    sweep_as(true);
    close_fd(&writer);
    if (outputs_name(&outputs, &err) < 0 || count_files(false) != 2 ||
        mode_of(outputs.kernel.path) != 0200)
        _exit(4);
    outputs_free(&outputs);
    if (count_files(false) != 0)
        _exit(5);
    open_and_make(&outputs, true);
    _exit(count_files(false) == 2 ? 0 : 6); /* as if it were killed: two files are left */
}

static void filesystem_without_nameless_files(void **state)
{
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        _exit(without_tmpfile(named_from_the_start));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (status == NO_FILTERS << 8) {
        cannot_run("this kernel has no seccomp filters");
        return;
    }
    assert_int_equal(status, 0);
    assert_int_equal(count_files(false), 2);
    sweep_as(true);
    assert_int_equal(count_files(false), 0);
}

static void make_folder(const char *name, mode_t mode, const char *file)
{
    auto_free char *path = xasprintf("%s/%s", name, file);

    assert_int_equal(mkdir(name, 0700), 0);
    leave(path, 0600, 0);
    assert_int_equal(chmod(name, mode), 0);
}

/* What looks like a run's folder is one only with all of it. */
static void folders_of_runs(void **state)
{
    (void)state;
    make_folder(".eliloader-aaaaaaaa", 0700, "boot_kernel.abc_12xy");
    make_folder(".eliloader-bbbbbbbb", 0700, "65534-abcdefgh");
    make_folder(".eliloader-cccccccc", 0755, "boot_kernel.abcdefgh");
    make_folder(".eliloader-dddddddd", 0700, "dump.sql");
    make_folder(".eliloader-eeeeeee", 0700, "boot_kernel.abcdefgh");
    sweep_as(true);
    assert_false(there(".eliloader-aaaaaaaa"));
    assert_false(there(".eliloader-bbbbbbbb"));
    assert_true(there(".eliloader-cccccccc/boot_kernel.abcdefgh"));
    assert_true(there(".eliloader-dddddddd/dump.sql"));
    assert_true(there(".eliloader-eeeeeee/boot_kernel.abcdefgh"));
    (void)unlink(".eliloader-cccccccc/boot_kernel.abcdefgh");
    (void)unlink(".eliloader-dddddddd/dump.sql");
    (void)unlink(".eliloader-eeeeeee/boot_kernel.abcdefgh");
    (void)rmdir(".eliloader-cccccccc");
    (void)rmdir(".eliloader-dddddddd");
    (void)rmdir(".eliloader-eeeeeee");
}

/* Opens the folder with MODE for a toolstack. 0 or -1. */
static int open_with_mode(const char *path, mode_t mode, struct error *err)
{
    struct outputs outputs = OUTPUTS_INIT;

    assert_int_equal(chmod(folder, mode), 0);
    int result = outputs_open(&outputs, path, true, err);
    outputs_free(&outputs);
    assert_int_equal(chmod(folder, 0700), 0);
    return result;
}

/* Nothing is swept where others can write; and root does not even work there for a toolstack. */
static void directory_that_others_can_write(void **state)
{
    static const mode_t open_to_others[] = {0720, 0702, 0777}, ours[] = {0700, 0755, 01777};
    int refused = geteuid() == 0 ? -1 : 0;

    (void)state;
    leave("eliloader-kernel.cccccccc", 0200, 0);
    assert_int_equal(mkdir("below", 0700), 0);
    auto_free char *below = xasprintf("%s/below", folder);
    for (size_t i = 0; i < ARRAY_SIZE(open_to_others); i++) {
        auto_error struct error err = ERROR_INIT;
        assert_int_equal(open_with_mode(folder, open_to_others[i], &err), refused);
        assert_true(!err.text || strstr(err.text, "who could exchange the kernel"));
        error_clear(&err);
        assert_int_equal(open_with_mode(below, open_to_others[i], &err), refused);
        assert_true(there("eliloader-kernel.cccccccc"));
        assert_int_equal(chmod(folder, open_to_others[i]), 0);
        sweep_as(false);
        assert_int_equal(chmod(folder, 0700), 0);
        assert_true(there("eliloader-kernel.cccccccc"));
    }
    for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
        auto_error struct error err = ERROR_INIT;
        assert_int_equal(open_with_mode(below, ours[i], &err), 0);
        assert_int_equal(open_with_mode(folder, ours[i], &err), 0);
        assert_false(there("eliloader-kernel.cccccccc"));
        leave("eliloader-kernel.cccccccc", 0200, 0);
    }
    assert_int_equal(rmdir("below"), 0);
}

/* A directory, or a link on the way to it, that belongs to somebody else. */
static void directory_of_somebody_else(void **state)
{
    auto_error struct error err = ERROR_INIT;

    (void)state;
    if (geteuid() != 0)
        return;
    assert_int_equal(mkdir("theirs", 0700), 0);
    assert_int_equal(chown("theirs", 1000, 1000), 0);
    assert_int_equal(mkdir("ours", 0700), 0);
    assert_int_equal(symlink("ours", "link"), 0);
    assert_int_equal(open_with_mode("theirs", 0700, &err), -1);
    assert_non_null(strstr(err.text, "theirs belongs to user 1000, who could exchange"));
    error_clear(&err);
    assert_int_equal(open_with_mode("theirs/new", 0700, &err), -1);
    assert_false(there("theirs/new"));
    error_clear(&err);
    assert_int_equal(open_with_mode("link", 0700, &err), 0);
    assert_int_equal(lchown("link", 1000, 1000), 0);
    assert_int_equal(open_with_mode("link", 0700, &err), -1);
    assert_non_null(strstr(err.text, "link belongs to user 1000"));
    assert_int_equal(rmdir("theirs"), 0);
    assert_int_equal(rmdir("ours"), 0);
}

static void places_that_are_none(void **state)
{
    struct outputs outputs = OUTPUTS_INIT;
    auto_error struct error err = ERROR_INIT;

    (void)state;
    leave("file", 0600, 0);
    assert_int_equal(outputs_open(&outputs, "file", true, &err), -1);
    assert_non_null(strstr(err.text, "the output directory: "));
    assert_non_null(strstr(err.text, "is not a directory"));
    outputs_free(&outputs);
    assert_int_equal(outputs_open(&outputs, "", true, &err), 0);
    assert_string_equal(outputs.directory, folder);
    outputs_free(&outputs);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(files_appear_when_they_are_whole),
        IN_FOLDER(names_are_as_promised),
        IN_FOLDER(failed_run_takes_its_files_away),
        IN_FOLDER(dropped_file_is_not_named),
        IN_FOLDER(age_of_what_is_abandoned),
        IN_FOLDER(by_hand_nothing_whole_is_swept),
        IN_FOLDER(locked_file_belongs_to_a_run),
        IN_FOLDER(filesystem_without_nameless_files),
        IN_FOLDER(places_that_are_none),
        IN_FOLDER(file_that_somebody_else_can_write),
        IN_FOLDER(folders_of_runs),
        IN_FOLDER(directory_that_others_can_write),
        IN_FOLDER(directory_of_somebody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
