/* Files for the toolstack: made, named, kept, swept. See outputs.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/output/outputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/io.h"
#include "common/libc.h"
#include "common/log.h"
#include "loader/output/ours.h"
#include "loader/output/scratch.h"

#define NAME_TRIES 16

static const char toolstack_prefix[] = "eliloader";
static const char by_hand_prefix[] = "fetched";

/* --- sweeping ---------------------------------------------------------------------------- */

static bool name_is_ours(const char *name)
{
    static const char *const kinds[] = {"kernel", "ramdisk"};
    static const char *const prefixes[] = {toolstack_prefix, by_hand_prefix};

    for (size_t i = 0; i < ARRAY_SIZE(kinds) * ARRAY_SIZE(prefixes); i++) {
        auto_free char *prefix = xasprintf("%s-%s.", prefixes[i / 2], kinds[i % 2]);

        if (output_is_random_name(name, prefix))
            return true;
    }
    return output_is_random_name(name, OUTPUT_UNDER_WAY);
}

static void sweep_one(const struct outputs *outputs, const char *name)
{
    struct stat status;
    auto_fd int fd = openat(outputs->directory_fd, name,
                            O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    if (fd < 0 && errno == EISDIR && text_starts(name, OUTPUT_UNDER_WAY) &&
        scratch_sweep(outputs->directory_fd, name))
        log_step("removed %s/%s, which an earlier run left behind", outputs->directory, name);
    if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
        status.st_uid != geteuid() || status.st_nlink != 1 || flock(fd, LOCK_EX | LOCK_NB) < 0)
        return;
    bool abandoned = outputs->abandoned_swept && !text_starts(name, by_hand_prefix) &&
                     time(NULL) - status.st_mtime > OUTPUT_ABANDONED;
    if ((status.st_mode & 07777) != OUTPUT_MODE_UNDER_WAY && !abandoned)
        return;
    if (unlinkat(outputs->directory_fd, name, 0) == 0)
        log_step("removed %s/%s, which an earlier run left behind", outputs->directory, name);
}

static void sweep(const struct outputs *outputs)
{
    auto_fd int fd = openat(outputs->directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!directory)
        return;
    (void)take_fd(&fd);
    while ((entry = readdir(directory)))
        if (name_is_ours(entry->d_name))
            sweep_one(outputs, entry->d_name);
    closedir(directory);
}

/* --- whose directory it is --------------------------------------------------------------- */

/* Where others can write, they can put another file in the place of a kernel before the toolstack
 * opens it, or give a folder of ours a name that is swept. The toolstacks' own directories are
 * root's. By hand, or who is not root, may have their reasons; nothing is swept there. */
static int check_directory(struct outputs *outputs, struct error *err)
{
    auto_error struct error why = ERROR_INIT;

    outputs->ours = directory_is_ours(outputs->directory, &why);
    if (outputs->ours)
        return 0;
    if (geteuid() == 0 && outputs->abandoned_swept)
        return error_set(err, ERROR_INTERNAL,
                         "the output directory %s cannot be used: %s, who could exchange the "
                         "kernel; use a directory of root's, below directories of root's",
                         outputs->directory, why.text);
    log_step("%s is not swept: %s", outputs->directory, why.text);
    return 0;
}

/* --- making ------------------------------------------------------------------------------ */

/* What this process has under way, for an exit in the middle: when memory has run out. */
static struct outputs *under_way;
static pid_t under_way_of;

static void drop_under_way(void)
{
    /* A child that exits has the same, and it is not its own. */
    if (under_way && under_way_of == getpid())
        outputs_free(under_way);
}

static void note_under_way(struct outputs *outputs)
{
    static bool noted;

    if (!noted)
        noted = atexit(drop_under_way) == 0;
    under_way = outputs;
    under_way_of = getpid();
}

int outputs_open(struct outputs *outputs, const char *directory, bool for_toolstack,
                 struct error *err)
{
    *outputs = OUTPUTS_INIT;
    outputs->prefix = for_toolstack ? toolstack_prefix : by_hand_prefix;
    outputs->abandoned_swept = for_toolstack;
    if (directory[0] == '/') {
        outputs->directory = xstrdup(directory);
    } else {
        auto_free char *here = getcwd(NULL, 0);
        if (!here)
            return error_set_errno(err, ERROR_INTERNAL, "cannot tell where %s is", directory);
        outputs->directory = xasprintf("%s/%s", here, directory);
    }
    /* The toolstack compares directories as text: a slash at the end would stand in the way. */
    for (char *end = outputs->directory + strlen(outputs->directory);
         end > outputs->directory + 1 && end[-1] == '/';)
        *--end = '\0';
    if (check_directory(outputs, err) < 0)
        return -1;
    if (make_directory(outputs->directory, 0700, err) < 0)
        return error_prefix(err, "the output directory");
    outputs->directory_fd = open(outputs->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (outputs->directory_fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open the output directory %s",
                               outputs->directory);
    if (check_directory(outputs, err) < 0)
        return -1;
    note_under_way(outputs);
    if (outputs->ours)
        sweep(outputs);
    return 0;
}

/* For filesystems without O_TMPFILE. */
static int make_named(struct outputs *outputs, struct output_file *file)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        auto_free char *name = output_random_name(OUTPUT_UNDER_WAY);
        file->fd = openat(outputs->directory_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file->fd >= 0) {
            file->name = take_pointer(name);
            return 0;
        }
        if (errno != EEXIST)
            break;
    }
    return -1;
}

int outputs_make(struct outputs *outputs, struct output_file *file, struct error *err)
{
    file->fd = openat(outputs->directory_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) &&
        make_named(outputs, file) < 0)
        file->fd = -1;
    if (file->fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make a file in the output directory %s",
                               outputs->directory);
    /* Locked first, marked then: a named file that is neither is nobody's business. */
    if (flock(file->fd, LOCK_EX | LOCK_NB) < 0 ||
        (file->name && fchmod(file->fd, OUTPUT_MODE_UNDER_WAY) < 0))
        return error_set_errno(err, ERROR_INTERNAL, "cannot lock a file in the output directory %s",
                               outputs->directory);
    return 0;
}

/* --- naming ------------------------------------------------------------------------------ */

static int link_name(const struct outputs *outputs, const struct output_file *file,
                     const char *name)
{
    auto_free char *self = xasprintf("/proc/self/fd/%d", file->fd);

    /* Without replacing: a name that is taken belongs to another run. */
    if (file->name) {
        int result = renameat2(outputs->directory_fd, file->name, outputs->directory_fd, name,
                               RENAME_NOREPLACE);
        /* Not every filesystem can; then a name out of 10^12 has to be free. */
        if (result < 0 && (errno == EINVAL || errno == ENOSYS))
            result = renameat(outputs->directory_fd, file->name, outputs->directory_fd, name);
        return result;
    }
    return linkat(AT_FDCWD, self, outputs->directory_fd, name, AT_SYMLINK_FOLLOW);
}

static int name_file(struct outputs *outputs, struct output_file *file, const char *kind,
                     struct error *err)
{
    auto_free char *prefix = xasprintf("%s-%s.", outputs->prefix, kind);

    if (file->fd < 0 || file->path)
        return 0;
    if (output_file_seal(file, err) < 0)
        return error_prefix(err, "the %s", kind);
    if (fchmod(file->fd, OUTPUT_MODE_UNDER_WAY) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot prepare the %s in %s", kind,
                               outputs->directory);
    for (int i = 0; i < NAME_TRIES; i++) {
        auto_free char *name = output_random_name(prefix);
        /* What needs memory comes before there is a file of that name. */
        auto_free char *path =
            xasprintf("%s/%s", strcmp(outputs->directory, "/") ? outputs->directory : "", name);
        if (link_name(outputs, file, name) == 0) {
            file->path = take_pointer(path);
            replace_string(&file->name, take_pointer(name));
            return 0;
        }
        if (errno != EEXIST)
            break;
    }
    return error_set_errno(err, ERROR_INTERNAL, "cannot name the %s in %s", kind,
                           outputs->directory);
}

int outputs_name(struct outputs *outputs, struct error *err)
{
    if (name_file(outputs, &outputs->kernel, "kernel", err) < 0)
        return -1;
    return name_file(outputs, &outputs->ramdisk, "ramdisk", err);
}

/* --- the end ----------------------------------------------------------------------------- */

void outputs_keep(struct outputs *outputs)
{
    outputs->delivered = true;
    if (outputs->kernel.fd >= 0)
        (void)fchmod(outputs->kernel.fd, OUTPUT_MODE_DELIVERED);
    if (outputs->ramdisk.fd >= 0)
        (void)fchmod(outputs->ramdisk.fd, OUTPUT_MODE_DELIVERED);
}

void outputs_drop(struct outputs *outputs, struct output_file *file)
{
    output_file_drop(file, outputs->delivered ? -1 : outputs->directory_fd);
}

void outputs_free(struct outputs *outputs)
{
    if (under_way == outputs)
        under_way = NULL;
    outputs_drop(outputs, &outputs->kernel);
    outputs_drop(outputs, &outputs->ramdisk);
    close_fd(&outputs->directory_fd);
    replace_string(&outputs->directory, NULL);
}
