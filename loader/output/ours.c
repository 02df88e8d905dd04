/* Whose a directory is. See ours.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/output/ours.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"

static bool check_one(const char *path, struct error *why)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        return true;
    if (status.st_uid != 0 && status.st_uid != geteuid()) {
        error_set(why, ERROR_INTERNAL, "%s belongs to user %lu", path,
                  (unsigned long)status.st_uid);
        return false;
    }
    /* A link has no permissions of its own. */
    if (S_ISLNK(status.st_mode) || !(status.st_mode & (S_IWGRP | S_IWOTH)) ||
        (status.st_mode & S_ISVTX))
        return true;
    error_set(why, ERROR_INTERNAL, "%s can be written to by %s", path,
              status.st_mode & S_IWOTH ? "everybody" : "its group");
    return false;
}

/* PATH, and all that is above it. */
static bool check_all(const char *path, struct error *why)
{
    auto_free char *part = xstrdup(path);

    if (!check_one("/", why))
        return false;
    for (size_t at = 1; part[0] == '/' && part[at - 1]; at++) {
        char end = part[at];
        if (end && end != '/')
            continue;
        part[at] = '\0';
        if (!check_one(part, why))
            return false;
        part[at] = end;
    }
    return true;
}

bool directory_is_ours(const char *path, struct error *why)
{
    char *real = realpath(path, NULL);
    /* As it is written, for the links on the way; and where it really is. */
    bool ours = check_all(path, why) && (!real || check_all(real, why));

    free(real);
    return ours;
}
