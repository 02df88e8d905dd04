/* One file of an output directory. See output_file.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/output/output_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "common/io.h"

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

void output_file_drop(struct output_file *file, int directory_fd)
{
    if (file->name && directory_fd >= 0)
        (void)unlinkat(directory_fd, file->name, 0);
    close_fd(&file->fd);
    replace_string(&file->name, NULL);
    replace_string(&file->path, NULL);
}
