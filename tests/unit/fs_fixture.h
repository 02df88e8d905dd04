/* A filesystem that a program makes from a directory, for tests of its reader. Each test stands in
 * a directory of its own, where "root" becomes the filesystem "image". SPDX-License-Identifier:
 * GPL-3.0-or-later */
#ifndef TESTS_UNIT_FS_FIXTURE_H
#define TESTS_UNIT_FS_FIXTURE_H

#include <dirent.h>
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
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/filesystem.h"
#include "fsprobe/fs/source.h"

/* What the loader grants all of a guest's filesystems together. */
#define BUDGET (UINT64_C(128) * 1024 * 1024)

extern char **environ;

struct fixture {
    char directory[32];
    const struct filesystem *filesystem; /* that is tested */
    struct volume volume;
    char *note; /* of opening it */
    uint64_t budget;
    int fd;
};

/* Runs a program with its output in the file "out". Returns its exit status. */
static inline int spawn(const char *const *argv)
{
    posix_spawn_file_actions_t actions;
    int status = -1;
    pid_t pid;

    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "out", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    assert_int_equal(posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}
#define SPAWN(...) spawn((const char *const[]){__VA_ARGS__, NULL})

static inline int setup_for(void **state, const struct filesystem *filesystem)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    /* what makes filesystems waits for the disk */
    strcpy(f->directory,
           access("/dev/shm", W_OK) == 0 ? "/dev/shm/test-fs-XXXXXX" : "/tmp/test-fs-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    assert_int_equal(chdir(f->directory), 0);
    assert_int_equal(mkdir("root", 0755), 0);
    f->filesystem = filesystem;
    f->fd = -1;
    *state = f;
    return 0;
}

static inline int remove_one(const char *path, const struct stat *status, int type,
                             struct FTW *where)
{
    (void)status, (void)type, (void)where;
    return remove(path);
}

static inline void close_image(struct fixture *f)
{
    if (f->volume.filesystem)
        f->volume.filesystem->close(&f->volume);
    source_free(f->volume.source);
    f->volume.source = NULL;
    close_fd(&f->fd);
    replace_string(&f->note, NULL);
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;

    close_image(f);
    nftw(f->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static inline void put_bytes(const char *path, const void *bytes, size_t length, off_t at)
{
    auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    assert_int_equal(pwrite(fd, bytes, length, at), length);
}
static inline void put_text(const char *path, const char *text)
{
    put_bytes(path, text, strlen(text), 0);
}

/* Opens the file PATH as a volume. As `struct filesystem`'s open. */
static inline int try_open(struct fixture *f, const char *path, struct error *err)
{
    struct stat status;

    close_image(f);
    f->fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(fstat(f->fd, &status), 0);
    f->budget = BUDGET;
    f->volume = (struct volume){.size = (uint64_t)status.st_size, .where = (char *)"the image"};
    f->volume.source = source_of_range(f->fd, 0, "disk", 0, f->volume.size, &f->budget);
    return f->filesystem->open(NULL, &f->volume, &f->note, err);
}

static inline void open_image(struct fixture *f)
{
    struct error err = ERROR_INIT;

    if (try_open(f, "image", &err) < 0)
        fail_msg("%s", err.text);
}

/* The bytes of PATH by its map, as whoever copies it has them. The caller frees. */
static inline char *copy_by_map(struct fixture *f, const char *path, uint64_t *size)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;
    struct error err = ERROR_INIT;
    int result = f->filesystem->map(&f->volume, path, &map, &err);
    uint64_t end = 0;
    char *bytes;

    if (result != 1)
        fail_msg("%s: %s", path, err.text ? err.text : "not there");
    bytes = xcalloc(1, map.size + 1);
    for (size_t i = 0; i < map.count; i++) {
        const struct file_run *run = &map.runs[i];
        assert_true(run->at >= end && run->length > 0);
        end = run->at + run->length;
        assert_true(end <= map.size);
        assert_int_equal(pread_all(f->fd, bytes + run->at, run->length, (off_t)run->place),
                         run->length);
    }
    *size = map.size;
    return bytes;
}

#endif
