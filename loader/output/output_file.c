/* One file of an output directory. See output_file.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/output/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/io.h"
#include "common/libc.h"
#include "common/log.h"

#define RANDOM_LENGTH 8
static const char random_letters[] = "abcdefghijklmnopqrstuvwxyz234567";

char *output_random_name(const char *prefix)
{
    unsigned char random[RANDOM_LENGTH] = {0};

    if (getrandom(random, sizeof random, 0) < 0)
        memcpy(random, &(uint64_t){(uint64_t)getpid() * (uint64_t)time(NULL)}, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        random[i] = (unsigned char)random_letters[random[i] % 32];
    return xasprintf("%s%.*s", prefix, RANDOM_LENGTH, (const char *)random);
}

bool output_is_random_name(const char *name, const char *prefix)
{
    return text_starts(name, prefix) && strlen(name) == strlen(prefix) + RANDOM_LENGTH &&
           strspn(name + strlen(prefix), random_letters) == RANDOM_LENGTH;
}

int output_file_write_fd(const struct output_file *file, struct error *err)
{
    auto_free char *self = xasprintf("/proc/self/fd/%d", file->fd);
    int fd = open(self, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open a file of this run for writing");
    return fd;
}

/* Whether somebody has the file of FD open for writing: the kernel gives a lease for reading only
 * while nobody has. FD itself only reads. 1, 0, or -1 with errno: it cannot be told. */
static int is_written(int fd)
{
    if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0)
        return errno == EAGAIN ? 1 : -1;
    (void)fcntl(fd, F_SETLEASE, F_UNLCK);
    return 0;
}

int output_file_seal(struct output_file *file, struct error *err)
{
    auto_free char *self = xasprintf("/proc/self/fd/%d", file->fd);

    if (file->sealed)
        return 0;
    /* A file that is named and under way cannot be read by whoever is not root. Without its mark
     * nobody sweeps it while it is not locked. */
    if (file->name && fchmod(file->fd, OUTPUT_MODE_DELIVERED) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot end a file of this run");
    int fd = open(self, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open a file of this run for reading");
    close_fd(&file->fd);
    file->fd = fd;
    int written = is_written(fd);
    if (written > 0)
        return error_set(err, ERROR_INTERNAL,
                         "a file of this run is still open for writing by somebody else, who could "
                         "change it after it was looked at: it is not used");
    if (written < 0)
        log_step("cannot tell whether somebody else has a file of this run open for writing: %s",
                 strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 || (file->name && fchmod(fd, OUTPUT_MODE_UNDER_WAY) < 0))
        return error_set_errno(err, ERROR_INTERNAL, "cannot lock a file of this run");
    file->sealed = true;
    return 0;
}

void output_file_drop(struct output_file *file, int directory_fd)
{
    if (file->name && directory_fd >= 0)
        (void)unlinkat(directory_fd, file->name, 0);
    close_fd(&file->fd);
    file->sealed = false;
    replace_string(&file->name, NULL);
    replace_string(&file->path, NULL);
}
