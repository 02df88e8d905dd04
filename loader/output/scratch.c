/* The private folder of a run. See scratch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/output/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKE_TRIES  16
#define FOLDER_MODE 0700
#define DEVICE_NAME "disk"

static int open_folder(int parent_fd, const char *name)
{
    return openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Files only: a program that makes folders there is not one that we run. */
static void remove_folder(int parent_fd, int fd, const char *name)
{
    auto_fd int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;

    if (directory) {
        (void)take_fd(&copy);
        while ((entry = readdir(directory)))
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                if (unlinkat(fd, entry->d_name, 0) < 0)
                    (void)unlinkat(fd, entry->d_name, AT_REMOVEDIR);
        closedir(directory);
    }
    (void)unlinkat(parent_fd, name, AT_REMOVEDIR);
}

/* True when FD still is what stands under NAME: a sweep may have come between making the
 * folder and locking it. */
static bool still_there(int parent_fd, const char *name, int fd)
{
    struct stat here, there;

    return fstat(fd, &here) == 0 && fstatat(parent_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

int scratch_make(struct scratch *scratch, const char *directory, int directory_fd,
                 struct error *err)
{
    *scratch = SCRATCH_INIT;
    scratch->parent_fd = directory_fd;
    for (int i = 0; i < MAKE_TRIES; i++) {
        auto_free char *name = output_random_name(OUTPUT_UNDER_WAY);
        if (mkdirat(scratch->parent_fd, name, FOLDER_MODE) < 0) {
            if (errno == EEXIST)
                continue;
            break;
        }
        auto_fd int fd = open_folder(scratch->parent_fd, name);
        if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 ||
            !still_there(scratch->parent_fd, name, fd))
            continue;
        scratch->fd = take_fd(&fd);
        scratch->path = xasprintf("%s/%s", directory, name);
        scratch->name = take_pointer(name);
        return 0;
    }
    return error_set_errno(err, ERROR_INTERNAL, "cannot make a folder in the output directory %s",
                           directory);
}

char *scratch_device(const struct scratch *scratch, const char *device, uid_t user)
{
    struct stat status;

    if (stat(device, &status) < 0 || !S_ISBLK(status.st_mode))
        return NULL;
    (void)unlinkat(scratch->fd, DEVICE_NAME, 0);
    if (mknodat(scratch->fd, DEVICE_NAME, S_IFBLK | 0400, status.st_rdev) < 0)
        return NULL;
    if (fchownat(scratch->fd, DEVICE_NAME, user, (gid_t)-1, AT_SYMLINK_NOFOLLOW) == 0)
        return xasprintf("%s/" DEVICE_NAME, scratch->path);
    (void)unlinkat(scratch->fd, DEVICE_NAME, 0);
    return NULL;
}

int scratch_take(const struct scratch *scratch, const char *path, struct output_file *file,
                 struct error *err)
{
    const char *name = strrchr(path, '/');
    size_t length = strlen(scratch->path);
    struct stat status;

    if (!name || (size_t)(name - path) != length || memcmp(path, scratch->path, length) != 0 ||
        !name[1] || strcmp(name, "/.") == 0 || strcmp(name, "/..") == 0)
        return error_set(err, ERROR_INTERNAL, "the file '%s' is outside the folder %s", path,
                         scratch->path);
    auto_fd int fd = openat(scratch->fd, name + 1, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open %s", path);
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1)
        return error_set(err, ERROR_INTERNAL, "%s is not a regular file", path);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot lock %s", path);
    output_file_drop(file, scratch->parent_fd);
    file->fd = take_fd(&fd);
    file->name = xasprintf("%s%s", scratch->name, name);
    return 0;
}

void scratch_free(struct scratch *scratch)
{
    if (scratch->fd >= 0)
        remove_folder(scratch->parent_fd, scratch->fd, scratch->name);
    close_fd(&scratch->fd);
    replace_string(&scratch->name, NULL);
    replace_string(&scratch->path, NULL);
}

/* What pygrub makes in a folder: files by Python's mkstemp(), and a directory that begins with the
 * number of the user that it becomes. */
static bool name_is_of_a_run(const char *name)
{
    static const char *const files[] = {"boot_kernel.", "boot_ramdisk."};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        if (text_starts(name, files[i]))
            return strspn(name + strlen(files[i]), letters) == strlen(name + strlen(files[i]));
    if (strcmp(name, DEVICE_NAME) == 0)
        return true;
    size_t digits = strspn(name, "0123456789");
    return digits && name[digits] == '-' &&
           strspn(name + digits + 1, letters) == strlen(name + digits + 1);
}

static bool holds_only_ours(int fd)
{
    auto_fd int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;
    bool only = directory != NULL;

    if (!directory)
        return false;
    (void)take_fd(&copy);
    while (only && (entry = readdir(directory)))
        only = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
               name_is_of_a_run(entry->d_name);
    closedir(directory);
    return only;
}

int scratch_sweep(int parent_fd, const char *name)
{
    struct stat status;
    auto_fd int fd = open_folder(parent_fd, name);

    if (fd < 0 || fstat(fd, &status) < 0 || status.st_uid != geteuid() ||
        (status.st_mode & 07777) != FOLDER_MODE || flock(fd, LOCK_EX | LOCK_NB) < 0 ||
        !holds_only_ours(fd))
        return 0;
    remove_folder(parent_fd, fd, name);
    return 1;
}
