/* Teaching the tables one ramdisk. See add.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/media/add.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/child.h"
#include "common/io.h"
#include "common/log.h"
#include "distros/maps/maps_line.h"
#include "loader/helpers/digest.h"
#include "loader/media/tables.h"

#define DEFAULT_TABLE "local.map"
/* Another addition takes milliseconds: whoever holds the lock for longer is stuck. */
#define LOCK_WAIT_MS 10000
#define LOCK_POLL_MS 20

/* What is to be added, and where. Owned. */
struct addition {
    const struct settings *settings;
    const char *source;
    struct ramdisk_sums sums;
    const char *type;
    char *table, *folder;
    char *overlay; /* its name beside the table; NULL: "-" */
    char *copied;  /* path of an overlay that is to be copied there; NULL: it is there */
    int folder_fd; /* locked */
};

static void addition_free(struct addition *addition)
{
    replace_string(&addition->table, NULL);
    replace_string(&addition->folder, NULL);
    replace_string(&addition->overlay, NULL);
    replace_string(&addition->copied, NULL);
    close_fd(&addition->folder_fd);
}
#define auto_addition __attribute__((cleanup(addition_free)))

/* --- where --------------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static int choose_table(const struct media *media, struct addition *addition, struct error *err)
{
    const char *map = addition->settings->map;
    auto_free char *path = map ? xstrdup(map) : xasprintf("%s/" DEFAULT_TABLE, media->folders[0]);
    char resolved[PATH_MAX];

    /* The file that a link points to is replaced, and not the link. */
    addition->table = xstrdup(realpath(path, resolved) ? resolved : path);
    const char *name = base_name(addition->table);
    if (!text_ends(name, ".map") || name[0] == '.')
        return error_set(err, ERROR_USAGE,
                         "the table %s would never be read: a table's name ends in .map and does "
                         "not begin with a dot",
                         addition->table);
    addition->folder = name == addition->table
                           ? xstrdup(".")
                           : xstrndup(addition->table, (size_t)(name - addition->table - 1));
    if (!*addition->folder)
        replace_string(&addition->folder, xstrdup("/"));
    return map ? 0 : make_directory(addition->folder, 0755, err);
}

static int lock_folder(struct addition *addition, struct error *err)
{
    const struct timespec pause = {.tv_nsec = LOCK_POLL_MS * 1000000L};

    addition->folder_fd = open(addition->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (addition->folder_fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open the map folder %s",
                               addition->folder);
    for (int waited = 0; flock(addition->folder_fd, LOCK_EX | LOCK_NB) < 0;
         waited += LOCK_POLL_MS) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set_errno(err, ERROR_INTERNAL, "cannot lock the map folder %s",
                                   addition->folder);
        if (waited >= LOCK_WAIT_MS)
            return error_set(err, ERROR_INTERNAL,
                             "the map folder %s has been locked by another program for %d seconds; "
                             "end that one, or try again later",
                             addition->folder, LOCK_WAIT_MS / 1000);
        nanosleep(&pause, NULL);
    }
    return 0;
}

/* --- the overlay --------------------------------------------------------------------------- */

int media_check_overlay(const struct settings *settings, const char *path, struct error *err)
{
    struct ramdisk_sums sums;
    struct stat status;

    if (stat(path, &status) < 0)
        return error_set_errno(err, ERROR_SUPPORT_PACKAGE, "cannot use the overlay %s", path);
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_SUPPORT_PACKAGE,
                         "cannot use the overlay %s: it is not a regular file", path);
    if (sums_take(settings, path, &sums, err) < 0)
        return error_prefix(err, "the overlay");
    if (!sums.type || strcmp(sums.type, "cpio") != 0)
        return error_set(err, ERROR_SUPPORT_PACKAGE,
                         "cannot use the overlay %s: it is no cpio archive, plain or compressed",
                         path);
    return 0;
}

/* A bare name is that of an overlay on this host; else, and when there is none, FILE is a path.
 * What is elsewhere is to be copied. */
static int choose_overlay(const struct media *media, struct addition *addition, struct error *err)
{
    const char *file = addition->settings->overlay, *name = base_name(file);
    auto_free char *path = NULL, *beside = NULL;
    struct stat there, given;

    if (strcmp(file, "-") == 0)
        return 0;
    const char *fault = map_overlay_fault(name);
    if (fault || strcmp(name, "-") == 0)
        return error_set(err, ERROR_USAGE, "the overlay's name '%s' %s", name,
                         fault ? fault : "means that there is none");
    bool known = name == file && media_find_overlay(media, addition->table, name, &path);
    if (!known)
        replace_string(&path, xstrdup(file));
    if (media_check_overlay(addition->settings, path, err) < 0)
        return -1;
    addition->overlay = xstrdup(name);
    beside = xasprintf("%s/%s", addition->folder, name);
    bool same = stat(beside, &there) == 0 && stat(path, &given) == 0 &&
                there.st_dev == given.st_dev && there.st_ino == given.st_ino;
    if (known || same)
        return 0;
    if (text_ends(name, ".map"))
        return error_set(err, ERROR_USAGE,
                         "the overlay '%s' would be read as a table in the map folder %s; give it "
                         "a name that does not end in .map",
                         name, addition->folder);
    addition->copied = take_pointer(path);
    return 0;
}

/* A file under a temporary name in a folder, removed unless it got its own. */
struct temporary {
    char *path;
    int fd;
};

static void temporary_free(struct temporary *temporary)
{
    if (temporary->path)
        unlink(temporary->path);
    replace_string(&temporary->path, NULL);
    close_fd(&temporary->fd);
}
#define auto_temporary __attribute__((cleanup(temporary_free)))

/* Names that begin with a dot are no tables. */
static int make_temporary(const char *folder, const char *name, struct temporary *temporary,
                          struct error *err)
{
    auto_free char *path = xasprintf("%s/.%s.XXXXXX", folder, name);

    temporary->fd = mkostemp(path, O_CLOEXEC);
    if (temporary->fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make a file in the map folder %s",
                               folder);
    temporary->path = take_pointer(path);
    return 0;
}

/* link(2) never replaces: what has the name already is another overlay. */
static int copy_overlay(const struct addition *addition, struct error *err)
{
    auto_temporary struct temporary temporary = {.fd = -1};
    auto_free char *path = xasprintf("%s/%s", addition->folder, addition->overlay);
    auto_fd int from = open(addition->copied, O_RDONLY | O_CLOEXEC);

    if (from < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open the overlay %s", addition->copied);
    if (make_temporary(addition->folder, addition->overlay, &temporary, err) < 0)
        return -1;
    if (copy_file(from, temporary.fd) < 0 || fchmod(temporary.fd, 0644) < 0 ||
        fsync(temporary.fd) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot copy the overlay %s to %s",
                               addition->copied, path);
    if (link(temporary.path, path) == 0)
        return 0;
    bool taken = errno == EEXIST;
    error_set_errno(err, ERROR_INTERNAL, "cannot copy the overlay %s to %s", addition->copied,
                    path);
    if (taken)
        error_hint(err, "give yours another name, or take the one that is there: --overlay=%s",
                   addition->overlay);
    return -1;
}

/* --- the line ------------------------------------------------------------------------------ */

static int choose_type(struct addition *addition, struct error *err)
{
    const char *type = addition->settings->type;

    addition->type = type ? type : addition->sums.type;
    if (!addition->type)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s begins neither like a cpio archive nor like a compressed ext2 "
                         "filesystem; if it is a ramdisk, say which with --type",
                         sums_shown(addition->source));
    if (strcmp(addition->type, "cpio") == 0 || strcmp(addition->type, "ext2") == 0 ||
        strcmp(addition->type, "cpio+append") == 0)
        return 0;
    return error_set(err, ERROR_USAGE, "--type is '%s', which is none of cpio, ext2, cpio+append",
                     type);
}

static int refuse_known(const struct media *media, const struct addition *addition,
                        struct error *err)
{
    struct map_entry entry;

    if (!maps_find(media->maps, addition->sums.md5, addition->sums.sha256, NULL, NULL, NULL,
                   &entry) ||
        entry.tree)
        return 0;
    return error_set(err, ERROR_INTERNAL,
                     "%s was not added to %s, for it is known already: %s, line %u has it as %s",
                     sums_shown(addition->source), addition->table, entry.table, entry.line,
                     entry.name);
}

static char *make_line(const struct addition *addition, struct error *err)
{
    const char *given = addition->settings->name;
    const char *name = given ? given : sums_shown(addition->source);

    while (*name == ' ')
        name++;
    if (!*name || !text_is_clean(name)) {
        error_set(err, ERROR_USAGE,
                  "the name '%s' is empty or holds control characters; say "
                  "another with --name",
                  name);
        return NULL;
    }
    return xasprintf("%s %s %s %s", addition->sums.md5, addition->type,
                     addition->overlay ? addition->overlay : "-", name);
}

static int check_table(const struct addition *addition, const struct buffer *text,
                       struct error *err)
{
    struct maps *maps = maps_new();
    int result = maps_add(maps, addition->table, buffer_text(text), text->length, err);

    maps_free(maps);
    return result;
}

/* As the file was that it replaces, as far as that is allowed. */
static int take_over_mode(const char *table, int fd)
{
    struct stat old;

    if (stat(table, &old) < 0)
        return errno == ENOENT ? fchmod(fd, 0644) : -1;
    if (fchown(fd, old.st_uid, old.st_gid) < 0 && errno != EPERM)
        return -1;
    return fchmod(fd, old.st_mode & 07777);
}

static int append(const struct addition *addition, const char *line, struct error *err)
{
    auto_temporary struct temporary temporary = {.fd = -1};
    auto_buffer struct buffer text = BUFFER_INIT(0);

    if (read_file(addition->table, MAP_SIZE_MAX, &text, err) < 0)
        return -1;
    bool open_line = text.length && text.data[text.length - 1] != '\n';
    if (!buffer_add_text(&text, open_line ? "\n" : "") || !buffer_add_text(&text, line) ||
        !buffer_add_text(&text, "\n"))
        return error_set(err, ERROR_INTERNAL, "the table %s would be larger than %d bytes",
                         addition->table, MAP_SIZE_MAX);
    if (check_table(addition, &text, err) < 0 ||
        make_temporary(addition->folder, base_name(addition->table), &temporary, err) < 0)
        return -1;
    if (write_all(temporary.fd, text.data, text.length) < 0 ||
        take_over_mode(addition->table, temporary.fd) < 0 || fsync(temporary.fd) < 0 ||
        rename(temporary.path, addition->table) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the table %s", addition->table);
    replace_string(&temporary.path, NULL);
    /* EINVAL: a filesystem that has no such thing. */
    if (fsync(addition->folder_fd) < 0 && errno != EINVAL)
        log_warning("the new line of %s may not survive a power failure: %s", addition->table,
                    strerror(errno));
    return 0;
}

/* --- together ------------------------------------------------------------------------------ */

/* A table outside of the map folders is written all the same, and said to be one. */
static int read_target(struct media *media, const struct addition *addition, struct error *err)
{
    struct stat folder, other;

    for (size_t i = 0; i < media->folder_count; i++)
        if (fstat(addition->folder_fd, &folder) == 0 && stat(media->folders[i], &other) == 0 &&
            folder.st_dev == other.st_dev && folder.st_ino == other.st_ino)
            return 0;
    log_warning("%s is in no map folder: it is read only where map-dir names its folder",
                addition->table);
    return media_read_table(media->maps, addition->table, err);
}

/* With the folder locked: nobody else changes what is looked at. */
static int add_locked(struct addition *addition, char **line, struct error *err)
{
    auto_media struct media media = MEDIA_INIT;

    if (media_open(addition->settings, &media, err) < 0 || read_target(&media, addition, err) < 0 ||
        refuse_known(&media, addition, err) < 0 || choose_overlay(&media, addition, err) < 0)
        return -1;
    auto_free char *text = make_line(addition, err);
    if (!text)
        return -1;
    if (signals_pending())
        return error_set(err, ERROR_INTERRUPTED, "stopped by a signal before anything was added");
    if (addition->copied && copy_overlay(addition, err) < 0)
        return -1;
    if (append(addition, text, err) < 0) {
        /* A copy that no line names is nobody's. */
        auto_free char *copy = xasprintf("%s/%s", addition->folder, addition->overlay);
        if (addition->copied)
            unlink(copy);
        return -1;
    }
    *line = xasprintf("%s: %s", addition->table, text);
    return 0;
}

int media_add(const struct settings *settings, const char *source, char **line, struct error *err)
{
    auto_addition struct addition addition = {
        .settings = settings, .source = source, .folder_fd = -1};
    auto_media struct media media = MEDIA_INIT;

    if (media_find_tables(settings, &media, err) < 0 || choose_table(&media, &addition, err) < 0 ||
        sums_take(settings, source, &addition.sums, err) < 0 || choose_type(&addition, err) < 0 ||
        lock_folder(&addition, err) < 0)
        return -1;
    return add_locked(&addition, line, err);
}
