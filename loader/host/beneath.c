/* A path is walked by hand, each part from the folder that is open: openat2(2) would do it too, but
 * a dom0 of today may well have a kernel without it. See beneath.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/host/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"

/* Where the walk stands. */
struct beneath_walk {
    const char *name, *path;       /* for messages */
    int folders[FOLDER_DEPTH_MAX]; /* from the first on; the first is the caller's */
    size_t depth;                  /* at least 1 */
    char *rest;                    /* what is left to walk; owned */
    unsigned links;
};

static int refuse(const struct beneath_walk *walk, const char *why, struct error *err)
{
    return error_set(err, ERROR_INVALID_SOURCE, "%s/%s %s", walk->name, walk->path, why);
}

/* The next part of the way, which the caller frees; NULL: it is at its end. */
static char *next_part(struct beneath_walk *walk)
{
    const char *start = walk->rest + strspn(walk->rest, "/");
    size_t length = strcspn(start, "/");
    char *part = length ? xstrndup(start, length) : NULL;

    replace_string(&walk->rest, xstrdup(start + length));
    return part;
}

static int leave(struct beneath_walk *walk, struct error *err)
{
    if (walk->depth == 1)
        return refuse(walk, "leads out of the folder", err);
    close_fd(&walk->folders[--walk->depth]);
    return 0;
}

static int enter(struct beneath_walk *walk, int *folder, struct error *err)
{
    if (walk->depth == FOLDER_DEPTH_MAX)
        return refuse(walk, "is more folders deep than any tree", err);
    walk->folders[walk->depth++] = take_fd(folder);
    return 0;
}

/* The target of LINK takes the place of its name on the way. */
static int follow(struct beneath_walk *walk, int link, struct error *err)
{
    char target[FOLDER_PATH_MAX + 1];
    ssize_t length = readlinkat(link, "", target, sizeof target);

    if (length < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot read a symbolic link of %s/%s",
                               walk->name, walk->path);
    if (++walk->links > FOLDER_LINKS_MAX)
        return refuse(walk, "is a loop of symbolic links", err);
    if ((size_t)length + 1 + strlen(walk->rest) > FOLDER_PATH_MAX)
        return refuse(walk, "is longer than any path, with its symbolic links", err);
    if (length > 0 && target[0] == '/')
        return refuse(walk, "leads out of the folder, by an absolute symbolic link", err);
    replace_string(&walk->rest, xasprintf("%.*s/%s", (int)length, target, walk->rest));
    return 0;
}

/* The walk has come to what is no folder, PART. */
static int arrive(const struct beneath_walk *walk, const char *part, mode_t mode, int *file,
                  struct error *err)
{
    struct stat status;

    if (walk->rest[strspn(walk->rest, "/")])
        return 0;
    if (!S_ISREG(mode))
        return refuse(walk, "is neither a regular file nor a link to one", err);
    /* Looked at again once it is open: it may have been exchanged, and a fifo is not waited for. */
    auto_fd int fd = openat(walk->folders[walk->depth - 1], part,
                            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot open %s/%s", walk->name,
                               walk->path);
    if (!S_ISREG(status.st_mode))
        return refuse(walk, "is not a regular file any more", err);
    *file = take_fd(&fd);
    return 1;
}

static bool is_missing(int error)
{
    return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
}

/* One part of the way. 1: arrived; 0: it is not there; -1 with ERR; 2: on to the next. */
static int step(struct beneath_walk *walk, const char *part, int *file, struct error *err)
{
    struct stat status;

    if (strcmp(part, ".") == 0)
        return 2;
    if (strcmp(part, "..") == 0)
        return leave(walk, err) < 0 ? -1 : 2;
    auto_fd int fd = openat(walk->folders[walk->depth - 1], part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && is_missing(errno))
        return 0;
    if (fd < 0 || fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot look at %s/%s", walk->name,
                               walk->path);
    if (S_ISLNK(status.st_mode))
        return follow(walk, fd, err) < 0 ? -1 : 2;
    if (S_ISDIR(status.st_mode))
        return enter(walk, &fd, err) < 0 ? -1 : 2;
    return arrive(walk, part, status.st_mode, file, err);
}

int folder_open(int folder, const char *name, const char *path, int *file, struct error *err)
{
    struct beneath_walk walk = {.name = name, .path = path, .folders = {folder}, .depth = 1};
    int result = 2;

    walk.rest = xstrdup(path);
    while (result == 2) {
        auto_free char *part = next_part(&walk);
        result = part ? step(&walk, part, file, err) : refuse(&walk, "is a folder", err);
    }
    while (walk.depth > 1)
        close_fd(&walk.folders[--walk.depth]);
    replace_string(&walk.rest, NULL);
    return result;
}
