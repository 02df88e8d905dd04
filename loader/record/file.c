/* The built-in record backend: one file a VM. See file.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"
#include "loader/record/changes.h"
#include "loader/record/file_lock.h"

#define SUFFIX           ".json"
#define TEMPORARY_RANDOM "XXXXXX" /* as mkostemp(3) has it */

/* A record that was loaded: the backend's `state`. */
struct record_file {
    char *directory;
    char *path;
    enum record_access access;
    int fd; /* holds the locks that `access` stands for */
};

static char *record_path(const char *directory, const char *id)
{
    return xasprintf("%s/%s" SUFFIX, directory, id);
}

static int no_such_vm(const char *directory, const char *id, struct error *err)
{
    return error_set(err, ERROR_INTERNAL,
                     "there is no VM '%s' in %s; `eliloader vm list` shows those there are", id,
                     directory);
}

/* --- reading -------------------------------------------------------------------------------- */

static json_t *parse_record(const char *path, const struct buffer *text, struct error *err)
{
    json_error_t error;
    json_t *json = json_loadb(buffer_text(text), text->length, JSON_REJECT_DUPLICATES, &error);
    if (!json) {
        (void)error_set(err, ERROR_INTERNAL, "the record %s is damaged: line %d: %s", path,
                        error.line, error.text);
        return NULL;
    }
    if (json_is_object(json))
        return json;
    json_decref(json);
    (void)error_set(err, ERROR_INTERNAL,
                    "the record %s is damaged: line 1: it holds a JSON array, not an object", path);
    return NULL;
}

/* The record in FD as TEXT and, returned, as JSON whose uuid is ID; NULL with ERR. */
static json_t *read_record(int fd, const char *path, const char *id, struct buffer *text,
                           struct error *err)
{
    *text = BUFFER_INIT(RECORD_SIZE_MAX);
    if (lseek(fd, 0, SEEK_SET) < 0 || read_all(fd, text) < 0) {
        if (errno == EFBIG)
            (void)error_set(err, ERROR_INTERNAL, "the record %s is larger than %d bytes", path,
                            RECORD_SIZE_MAX);
        else
            (void)error_set_errno(err, ERROR_INTERNAL, "cannot read the record %s", path);
        return NULL;
    }
    json_t *json = parse_record(path, text, err);
    /* The file's name decides: a copied file is a VM of its own. */
    if (json)
        json_object_set_new(json, "uuid", json_string(id));
    return json;
}

/* --- writing -------------------------------------------------------------------------------- */

/* JSON as a record file has it, into TEXT (which it initialises); NULL with ERR when it would be
 * larger than can be loaded again. */
static int render_record(const json_t *json, const char *id, struct buffer *text, struct error *err)
{
    auto_free char *dump = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    *text = BUFFER_INIT(RECORD_SIZE_MAX);
    if (!dump)
        return error_set(err, ERROR_INTERNAL, "the record of VM '%s' cannot be written as JSON",
                         id);
    if (!buffer_add_text(text, dump) || !buffer_add_text(text, "\n"))
        return error_set(err, ERROR_INTERNAL,
                         "the record of VM '%s' would be larger than %d bytes; remove something "
                         "from it first",
                         id, RECORD_SIZE_MAX);
    return 0;
}

/* Puts a change of names in DIRECTORY on the disk. The change is made and seen by all whether
 * or not that succeeds, so a failure ends nothing. */
static void sync_directory(const char *directory)
{
    auto_fd int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* EINVAL: a file system that has no such thing. */
    if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
        log_warning("the last change in %s may not survive a power failure: %s", directory,
                    strerror(errno));
}

/* A complete record under a temporary name, which is removed unless it is forgotten. */
struct temporary {
    char *path;
    int fd;
};

static void temporary_free(struct temporary *temporary)
{
    if (temporary->path) {
        int saved = errno;
        unlink(temporary->path);
        errno = saved;
    }
    replace_string(&temporary->path, NULL);
    close_fd(&temporary->fd);
}
#define auto_temporary __attribute__((cleanup(temporary_free)))

static int write_temporary(const char *directory, const char *id, enum record_access access,
                           const struct buffer *text, struct temporary *temporary,
                           struct error *err)
{
    char *path = xasprintf("%s/.%s" SUFFIX "." TEMPORARY_RANDOM, directory, id);
    temporary->fd = mkostemp(path, O_CLOEXEC);
    if (temporary->fd < 0) {
        (void)error_set_errno(err, ERROR_INTERNAL, "cannot write the record of VM '%s' in %s", id,
                              directory);
        free(path);
        return -1;
    }
    temporary->path = path;
    if (record_lock_new(temporary->fd, access) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot lock %s", path);
    if (write_all(temporary->fd, text->data, text->length) < 0 || fsync(temporary->fd) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the record of VM '%s' in %s", id,
                               directory);
    return 0;
}

/* True when NAME is that of a temporary file of VM ID. */
static bool is_temporary_of(const char *name, const char *id)
{
    size_t length = strlen(id);
    return name[0] == '.' && strncmp(name + 1, id, length) == 0 &&
           text_starts(name + 1 + length, SUFFIX ".") &&
           strlen(name + 1 + length) == strlen(SUFFIX "." TEMPORARY_RANDOM) &&
           !strchr(name + 1 + length + strlen(SUFFIX "."), '.');
}

/* Removes what killed processes left of VM ID. The caller holds its change lock, under which
 * alone such files are made for a VM that there is, so none is in use. One that stays, stays:
 * it does no harm. */
static void sweep_temporaries(const char *directory, const char *id)
{
    DIR *stream = opendir(directory);
    if (!stream)
        return;
    for (struct dirent *entry; (entry = readdir(stream));)
        if (is_temporary_of(entry->d_name, id))
            (void)unlinkat(dirfd(stream), entry->d_name, 0);
    closedir(stream);
}

/* --- the backend ----------------------------------------------------------------------------- */

/* Whether others than root can write what STATUS is of. */
static bool is_others(const struct stat *status)
{
    return status->st_uid != 0 || (status->st_mode & S_IWOTH) ||
           ((status->st_mode & S_IWGRP) && status->st_gid != 0);
}

/* The same of FILE, whoever can put another one in its place included. Who is not root has nothing
 * that others could take. */
static bool others_can_write(const struct record_file *file)
{
    struct stat directory, itself;

    if (geteuid() != 0)
        return false;
    return stat(file->directory, &directory) < 0 || fstat(file->fd, &itself) < 0 ||
           is_others(&directory) || is_others(&itself);
}

static int file_load(const struct record_store *store, const char *id, enum record_access access,
                     struct record *record, struct error *err)
{
    struct record_file *file = xcalloc(1, sizeof *file);
    file->directory = xstrdup(store->places.directory);
    file->path = record_path(store->places.directory, id);
    file->access = access;
    file->fd = -1;
    record->state = file; /* freed by the caller, also on failure */

    int found = record_lock(file->path, id, access, &file->fd, err);
    if (found == 0)
        return no_such_vm(file->directory, id, err);
    if (found < 0)
        return -1;
    record->others = others_can_write(file);
    if (record->others)
        log_step("VM %s: others than root can write %s: what it says is an editor's", id,
                 file->path);
    auto_buffer struct buffer text = BUFFER_INIT(0);
    record->json = read_record(file->fd, file->path, id, &text, err);
    if (access == RECORD_RUN)
        record_unlock_change(file->fd);
    return record->json ? 0 : -1;
}

/* Puts TEXT in the place of the record, whose change lock is held. */
static int replace_record(struct record_file *file, const char *id, const struct buffer *text,
                          struct error *err)
{
    auto_temporary struct temporary temporary = {NULL, -1};
    /* The new file carries our locks from before the moment that others can see it. */
    if (write_temporary(file->directory, id, file->access, text, &temporary, err) < 0)
        return -1;
    if (rename(temporary.path, file->path) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot replace the record %s", file->path);
    replace_string(&temporary.path, NULL);
    close_fd(&file->fd);
    file->fd = take_fd(&temporary.fd);
    sync_directory(file->directory);
    return 0;
}

/* file_commit() under the change lock. The record is read again: a person with an editor
 * knows no locks. */
static int commit_locked(struct record *record, const json_t *changes, struct error *err)
{
    struct record_file *file = record->state;
    auto_buffer struct buffer old_text = BUFFER_INIT(0);
    auto_buffer struct buffer new_text = BUFFER_INIT(0);
    sweep_temporaries(file->directory, record->id);
    json_auto_t *json = read_record(file->fd, file->path, record->id, &old_text, err);
    if (!json)
        return -1;
    if (record_apply(json, changes, err) < 0)
        return error_prefix(err, "cannot change VM '%s'", record->id);
    if (render_record(json, record->id, &new_text, err) < 0)
        return -1;
    if (strcmp(buffer_text(&old_text), buffer_text(&new_text)) != 0 &&
        replace_record(file, record->id, &new_text, err) < 0)
        return -1;
    json_decref(record->json);
    record->json = json_incref(json);
    return 0;
}

static int file_commit(struct record *record, const json_t *changes, struct error *err)
{
    struct record_file *file = record->state;
    if (file->access == RECORD_READ)
        return error_set(err, ERROR_INTERNAL, "VM '%s' was loaded to be looked at, not changed",
                         record->id);
    if (file->access == RECORD_RUN) {
        int found = record_lock(file->path, record->id, RECORD_RUN, &file->fd, err);
        if (found == 0)
            return error_set(err, ERROR_INTERNAL, "VM '%s' was removed from %s while it started",
                             record->id, file->directory);
        if (found < 0)
            return -1;
    }
    int result = commit_locked(record, changes, err);
    if (file->access == RECORD_RUN)
        record_unlock_change(file->fd);
    return result;
}

static void file_release(struct record *record)
{
    struct record_file *file = record->state;
    close_fd(&file->fd);
    free(file->directory);
    free(file->path);
    free(file);
    record->state = NULL;
}

const struct record_backend record_file_backend = {
    .name = "file",
    .toolstack_adds_args = false,
    .only_roots = true,
    .load = file_load,
    .commit = file_commit,
    .release = file_release,
};

/* --- what people do -------------------------------------------------------------------------- */

static int exists_already(const char *directory, const char *id, struct error *err)
{
    return error_set(err, ERROR_INTERNAL,
                     "there is a VM '%s' in %s already; change it with `eliloader vm set`, or "
                     "remove it first",
                     id, directory);
}

int record_file_create(const struct record_store *store, const char *id, json_t *json,
                       struct error *err)
{
    auto_free char *path = record_path(store->places.directory, id);
    auto_buffer struct buffer text = BUFFER_INIT(0);
    auto_temporary struct temporary temporary = {NULL, -1};
    struct stat status;

    json_object_set_new(json, "uuid", json_string(id));
    if (render_record(json, id, &text, err) < 0 ||
        make_directory(store->places.directory, 0700, err) < 0)
        return -1;
    if (lstat(path, &status) == 0)
        return exists_already(store->places.directory, id, err);
    if (write_temporary(store->places.directory, id, RECORD_CHANGE, &text, &temporary, err) < 0)
        return -1;
    /* link(2), for it never replaces. Two may create the same VM at once: the second finds
     * the first's record there, or its own temporary file swept by a change of that one. */
    if (link(temporary.path, path) < 0) {
        int saved = errno;
        if (saved == EEXIST || lstat(path, &status) == 0)
            return exists_already(store->places.directory, id, err);
        errno = saved;
        return error_set_errno(err, ERROR_INTERNAL, "cannot make the record %s", path);
    }
    temporary_free(&temporary);
    sync_directory(store->places.directory);
    return 0;
}

int record_file_remove(const struct record_store *store, const char *id, struct error *err)
{
    auto_free char *path = record_path(store->places.directory, id);
    auto_fd int fd = -1;
    int found = record_lock(path, id, RECORD_CHANGE, &fd, err);
    if (found == 0)
        return no_such_vm(store->places.directory, id, err);
    if (found < 0)
        return -1;
    sweep_temporaries(store->places.directory, id);
    if (unlink(path) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot remove the record %s", path);
    sync_directory(store->places.directory);
    return 0;
}

/* The ID that the file NAME is the record of, or NULL; the caller frees. */
static char *id_from_name(const char *name)
{
    if (!text_ends(name, SUFFIX))
        return NULL;
    auto_free char *id = xstrndup(name, strlen(name) - strlen(SUFFIX));
    return record_id_valid(id) ? take_pointer(id) : NULL;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct id_list {
    char **ids;
    size_t count, capacity;
};

static void id_list_free(struct id_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->ids[i]);
    free(list->ids);
}

/* Takes ID over. */
static void id_list_add(struct id_list *list, char *id)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 64;
        list->ids = xreallocarray(list->ids, list->capacity, sizeof *list->ids);
    }
    list->ids[list->count++] = id;
}

/* The records in the directory STREAM. 0, or -1 with errno. */
static int read_ids(DIR *stream, struct id_list *list)
{
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry)
            return errno ? -1 : 0;
        struct stat status;
        char *id = id_from_name(entry->d_name);
        if (id && fstatat(dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(status.st_mode))
            id_list_add(list, id);
        else
            free(id);
    }
}

int record_file_list(const struct record_store *store, struct buffer *out, struct error *err)
{
    __attribute__((cleanup(id_list_free))) struct id_list list = {0};
    DIR *stream = opendir(store->places.directory);
    if (!stream && errno == ENOENT)
        return 0;
    int result = stream ? read_ids(stream, &list) : -1;
    if (result < 0)
        (void)error_set_errno(err, ERROR_INTERNAL, "cannot list the VMs in %s",
                              store->places.directory);
    if (stream)
        closedir(stream);
    if (list.count)
        qsort(list.ids, list.count, sizeof *list.ids, compare_ids);
    for (size_t i = 0; i < list.count; i++)
        (void)buffer_addf(out, "%s\n", list.ids[i]);
    if (result == 0 && out->full)
        return error_set(err, ERROR_INTERNAL, "there are too many VMs in %s to list",
                         store->places.directory);
    return result;
}
