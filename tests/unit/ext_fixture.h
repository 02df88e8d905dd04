/* A filesystem that mke2fs makes from a directory, for tests of its reader. Each test stands in a
 * directory of its own, where "root" becomes the filesystem "image".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_EXT_FIXTURE_H
#define TESTS_UNIT_EXT_FIXTURE_H

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "common/text.h"
#include "fsprobe/fs/ext/ext.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/source.h"

#define IMAGE_SIZE (8 * 1024 * 1024)

extern char **environ;

struct fixture {
    char directory[32]; /* "…/root" becomes the filesystem, "…/image" is it */
    struct volume volume;
    uint64_t budget;
    int fd; /* the guest's disk number 0 */
};

/* Runs a program, silent. Returns its exit status. */
static inline int spawn(const char *const *argv)
{
    posix_spawn_file_actions_t actions;
    int status = -1;
    pid_t pid;

    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    assert_int_equal(posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static inline int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    strcpy(f->directory, "/tmp/test-ext-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    assert_int_equal(chdir(f->directory), 0);
    assert_int_equal(mkdir("root", 0755), 0);
    f->fd = -1;
    f->budget = SOURCE_BUDGET;
    *state = f;
    return 0;
}

static inline int remove_one(const char *path, const struct stat *status, int type,
                             struct FTW *where)
{
    (void)status, (void)type, (void)where;
    return remove(path);
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;

    volume_free(&f->volume);
    close_fd(&f->fd);
    nftw(f->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static inline void make(const char *const *options)
{
    const char *argv[16] = {"mke2fs", "-q", "-F", "-d", "root"};
    size_t count = 5;

    while (*options)
        argv[count++] = *options++;
    argv[count++] = "image";
    argv[count++] = "8M";
    assert_int_equal(spawn(argv), 0);
}

static inline void debugfs(const char *command)
{
    const char *const argv[] = {"debugfs", "-w", "-R", command, "image", NULL};

    assert_int_equal(spawn(argv), 0);
}

static inline void open_image(struct fixture *f)
{
    struct error err = ERROR_INIT;
    auto_free char *note = NULL;
    struct stat status;

    f->fd = open("image", O_RDONLY | O_CLOEXEC);
    assert_true(f->fd >= 0);
    assert_int_equal(fstat(f->fd, &status), 0);
    /* smaller: it was cut off */
    f->volume.size = status.st_size > IMAGE_SIZE ? (uint64_t)status.st_size : IMAGE_SIZE;
    f->volume.where = xstrdup("image");
    f->volume.source = source_of_range(f->fd, 0, "image", 0, f->volume.size, &f->budget);
    if (ext_filesystem.open(NULL, &f->volume, &note, &err) < 0)
        fail_msg("%s", err.text);
    assert_null(note);
}

static inline void put_bytes(const char *path, const char *bytes, size_t length, off_t at)
{
    auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    assert_int_equal(pwrite(fd, bytes, length, at), length);
}
static inline void put_text(const char *path, const char *text)
{
    put_bytes(path, text, strlen(text), 0);
}

#endif
