/* A filesystem that mkfs.xfs makes from a directory, for tests of its reader. Each test stands in a
 * directory of its own, where "root" becomes the filesystem "image".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_XFS_FIXTURE_H
#define TESTS_UNIT_XFS_FIXTURE_H

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
#include "fsprobe/fs/source.h"
#include "fsprobe/fs/xfs/xfs.h"

/* What the loader grants all of a guest's filesystems together. */
#define BUDGET (UINT64_C(128) * 1024 * 1024)

extern char **environ;

struct fixture {
    char directory[32];
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

static inline int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    /* mkfs.xfs waits for the disk */
    strcpy(f->directory,
           access("/dev/shm", W_OK) == 0 ? "/dev/shm/test-xfs-XXXXXX" : "/tmp/test-xfs-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    assert_int_equal(chdir(f->directory), 0);
    assert_int_equal(mkdir("root", 0755), 0);
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

/* The description of DIRECTORY from which mkfs.xfs makes a filesystem. */
static inline void describe(const char *directory, FILE *out)
{
    struct dirent **names;
    int count = scandir(directory, &names, NULL, NULL);
    char path[4096], target[1025];
    struct stat status;

    assert_true(count >= 0);
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        snprintf(path, sizeof path, "%s/%s", directory, name);
        assert_int_equal(lstat(path, &status), 0);
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
            ;
        } else if (S_ISLNK(status.st_mode)) {
            ssize_t length = readlink(path, target, sizeof target - 1);
            target[length] = '\0';
            fprintf(out, "%s l--777 0 0 %s\n", name, target);
        } else if (S_ISDIR(status.st_mode)) {
            fprintf(out, "%s d--755 0 0\n", name);
            describe(path, out);
            fprintf(out, "$\n");
        } else {
            fprintf(out, "%s ---644 0 0 %s\n", name, path);
        }
        free(names[i]);
    }
    free(names);
}

/* SIZE is mkfs.xfs's; less than 300m is for tests only, and it is told so. */
static inline void make(const char *size, const char *const *options)
{
    const char *argv[24] = {"mkfs.xfs", "--unsupported", "-q", "-f", "-p", "proto"};
    auto_free char *data = xasprintf("file,name=image,size=%s", size);
    FILE *proto = fopen("proto", "w");
    size_t count = 6;

    fprintf(proto, "/\n0 0\nd--755 0 0\n");
    describe("root", proto);
    fprintf(proto, "$\n");
    assert_int_equal(fclose(proto), 0);
    argv[count++] = "-d";
    argv[count++] = data;
    while (*options)
        argv[count++] = *options++;
    unlink("image");
    assert_int_equal(spawn(argv), 0);
}
#define MAKE(size, ...) make(size, (const char *const[]){__VA_ARGS__, NULL})

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
    return xfs_filesystem.open(NULL, &f->volume, &f->note, err);
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
    int result = xfs_filesystem.map(&f->volume, path, &map, &err);
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
