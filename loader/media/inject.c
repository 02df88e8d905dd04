/* What is put into a ramdisk: named, opened, looked at. See inject.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/media/inject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "loader/output/ours.h"

#define WHAT "install-inject"

void inject_free(struct inject *inject)
{
    for (size_t i = 0; i < inject->count; i++) {
        replace_string(&inject->files[i].path, NULL);
        replace_string(&inject->files[i].name, NULL);
        close_fd(&inject->files[i].fd);
    }
    inject->count = 0;
}

/* --- its name ------------------------------------------------------------------------------ */

/* What is wrong with NAME, as the end of a sentence; NULL: nothing. */
static const char *name_fault(const char *name)
{
    if (!*name)
        return "is empty";
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return "is a folder's";
    if (strchr(name, '/'))
        return "holds a '/': the file is put at the top of the ramdisk";
    if (strlen(name) > INJECT_NAME_MAX)
        return "is too long";
    if (!text_is_clean(name))
        return "holds control characters";
    if (strcmp(name, "TRAILER!!!") == 0)
        return "ends an archive";
    return NULL;
}

/* Takes WORD, PATH[=NAME], apart into FILE. */
static int read_word(const char *word, enum inject_from from, struct injected_file *file,
                     struct error *err)
{
    const char *equals = strrchr(word, '=');

    file->path = equals ? xstrndup(word, (size_t)(equals - word)) : xstrdup(word);
    const char *slash = strrchr(file->path, '/');
    file->name = xstrdup(equals ? equals + 1 : slash ? slash + 1 : file->path);
    if (!*file->path)
        return error_set(err, ERROR_USAGE, WHAT ": '%s' names no file (PATH[=NAME],…)", word);
    const char *fault = name_fault(file->name);
    if (fault)
        return error_set(err, ERROR_USAGE, WHAT ": %s: its name in the ramdisk, '%s', %s",
                         file->path, file->name, fault);
    if (from == INJECT_FROM_FILE && file->path[0] != '/')
        return error_set(err, ERROR_USAGE,
                         WHAT ": '%s' is no absolute path, and it is not known in which folder it "
                              "would be looked for",
                         file->path);
    return 0;
}

static int check_twice(const struct inject *inject, const struct injected_file *file,
                       struct error *err)
{
    for (const struct injected_file *other = inject->files; other < file; other++)
        if (strcmp(other->name, file->name) == 0)
            return error_set(err, ERROR_USAGE,
                             WHAT ": %s and %s would both be '%s' in the ramdisk; give one of them "
                                  "another name: PATH=NAME",
                             other->path, file->path, file->name);
    return 0;
}

/* --- the file ------------------------------------------------------------------------------ */

static int refuse(const struct injected_file *file, const char *why, struct error *err)
{
    return error_set(err, ERROR_SUPPORT_PACKAGE, WHAT ": cannot use %s: %s", file->path, why);
}

/* Whether nobody but root and we decide which file PATH is; else WHY. */
static bool is_ours(const char *path, struct error *why)
{
    auto_free char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);

    if (path[0] != '/' && !here) {
        error_set_errno(why, ERROR_INTERNAL, "it cannot be told where it is");
        return false;
    }
    auto_free char *absolute = here ? xasprintf("%s/%s", here, path) : xstrdup(path);
    return directory_is_ours(absolute, why);
}

/* Opens PATH to read, and follows no symbolic link on the way to it. -1 with errno; ELOOP: there is
 * one. */
static int open_without_links(const char *path)
{
    auto_free char *copy = xstrdup(path);
    auto_fd int at = open(path[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char *rest = copy, *part = strsep(&rest, "/");

    while (at >= 0 && rest) {
        char *next = strsep(&rest, "/");
        struct stat status;
        int below = *part ? openat(at, part, O_PATH | O_NOFOLLOW | O_CLOEXEC)
                          : fcntl(at, F_DUPFD_CLOEXEC, 0);
        if (below < 0)
            return -1;
        close_fd(&at);
        at = below;
        if (fstat(at, &status) < 0 || S_ISLNK(status.st_mode)) {
            errno = ELOOP;
            return -1;
        }
        part = next;
    }
    return at < 0 ? -1
                  : openat(at, *part ? part : ".",
                           O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
}

/* What root opens may be what somebody else, who may not read it, has put a link to where FILE was.
 */
static int open_file(struct injected_file *file, bool for_toolstack, struct error *err)
{
    auto_error struct error why = ERROR_INIT;
    bool ours = is_ours(file->path, &why);
    struct stat status;

    if (!ours && for_toolstack && geteuid() == 0)
        return error_set(err, ERROR_SUPPORT_PACKAGE,
                         WHAT ": cannot use %s: %s, who could put any file of dom0 in its place; "
                              "use a file of root's, below directories of root's",
                         file->path, why.text);
    /* Not blocking: a fifo is refused below, and not waited for. */
    file->fd = ours ? open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
                    : open_without_links(file->path);
    if (file->fd < 0 && errno == ELOOP && !ours)
        return refuse(file,
                      "it is a symbolic link, or is behind one, which others may have made; name "
                      "the file that it leads to",
                      err);
    if (file->fd < 0 || fstat(file->fd, &status) < 0)
        return error_set_errno(err, ERROR_SUPPORT_PACKAGE, WHAT ": cannot open %s", file->path);
    if (S_ISDIR(status.st_mode))
        return refuse(file, "it is a directory; name the files in it", err);
    if (!S_ISREG(status.st_mode))
        return refuse(file, "it is not a regular file", err);
    if (!ours && status.st_nlink > 1)
        return refuse(file,
                      "it has other names too (hard links), which others can make in a folder "
                      "that is not root's; copy it",
                      err);
    file->size = (uint64_t)status.st_size;
    file->mode = status.st_mode & 0777;
    file->mtime = status.st_mtime;
    return 0;
}

/* --- all of them --------------------------------------------------------------------------- */

static int open_one(const char *word, enum inject_from from, bool for_toolstack,
                    struct inject *inject, struct error *err)
{
    if (inject->count == INJECT_FILES_MAX)
        return error_set(err, ERROR_USAGE, WHAT " names more than %d files", INJECT_FILES_MAX);
    struct injected_file *file = &inject->files[inject->count++];
    *file = (struct injected_file){.fd = -1};
    if (read_word(word, from, file, err) < 0 || check_twice(inject, file, err) < 0)
        return -1;
    return open_file(file, for_toolstack, err);
}

static int check_size(const struct inject *inject, const struct fetch_limits *limits,
                      struct error *err)
{
    uint64_t size = 0;

    for (size_t i = 0; i < inject->count; i++) {
        const struct injected_file *file = &inject->files[i];
        char limit[TEXT_SIZE_LENGTH];
        /* A number of an archive has 32 bits. */
        if (file->size > UINT32_MAX || __builtin_add_overflow(size, file->size, &size) ||
            size > limits->ramdisk_max)
            return error_set(
                err, ERROR_LIMITS,
                WHAT ": %s makes the ramdisk larger than the limit of %s (%llu bytes); raise "
                     "ramdisk-max-size",
                file->path, text_from_size(limits->ramdisk_max, limit),
                (unsigned long long)file->size);
    }
    return 0;
}

int inject_open(const char *list, enum inject_from from, bool for_toolstack,
                const struct fetch_limits *limits, struct inject *inject, struct error *err)
{
    auto_free char *copy = list && strcmp(list, INJECT_NONE) != 0 ? xstrdup(list) : NULL;
    char *rest = copy, *word;

    while ((word = strsep(&rest, ",")))
        if (open_one(word, from, for_toolstack, inject, err) < 0)
            return -1;
    return check_size(inject, limits, err);
}

int inject_open_set(const struct settings *settings, bool for_toolstack,
                    const struct fetch_limits *limits, struct inject *inject, struct error *err)
{
    bool by_hand = settings->install_inject_origin == ORIGIN_COMMAND_LINE;

    return inject_open(settings->install_inject, by_hand ? INJECT_BY_HAND : INJECT_FROM_FILE,
                       for_toolstack, limits, inject, err);
}
