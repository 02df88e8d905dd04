/* Where VM records are: which backend a setting means. See store.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/child.h"
#include "loader/record/file.h"
#include "loader/record/program.h"

#define AUTO           "auto"
#define PROGRAM_PREFIX "record-" /* of a backend's program beside the helpers */

static bool is_auto(const struct record_places *places)
{
    return !places->backend || strcmp(places->backend, AUTO) == 0;
}

/* --- auto ---------------------------------------------------------------------------------- */

/* True when the directory has ID's record, or will not say: then the file backend finds out why. */
static bool has_file(const struct record_places *places, const char *id)
{
    auto_free char *path = xasprintf("%s/%s.json", places->directory, id);
    struct stat status;
    return lstat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static bool is_socket(const char *path)
{
    struct stat status;
    return path && stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

/* Whether xapi is at home here, running or not: SOCKET's directory is there. */
static bool xapi_installed(const char *socket)
{
    struct stat status;
    auto_free char *directory = xstrdup(socket ? socket : "");
    char *slash = strrchr(directory, '/');
    if (!slash || slash == directory)
        return false;
    *slash = '\0';
    return stat(directory, &status) == 0 && S_ISDIR(status.st_mode);
}

/* To ERR, which says why VM ID could not be loaded from STORE, adds where else it is not, when
 * STORE was chosen by "auto". */
static void explain(const struct record_store *store, const char *id, struct error *err)
{
    const struct record_places *places = &store->places;
    if (!is_auto(places) || err->name == ERROR_INTERRUPTED)
        return;
    if (store->backend == &record_xapi_backend)
        (void)error_hint(err, "and there is no record of it in %s", places->directory);
    else if (!has_file(places, id) && xapi_installed(places->xapi_socket))
        (void)error_hint(err, "and xapi was not asked, for it does not listen on %s",
                         places->xapi_socket);
}

/* --- programs ------------------------------------------------------------------------------ */

/* 0 when PATH is a program; else -1 with ERR the end of a sentence. */
static int check_program(const char *path, struct error *err)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return error_set_errno(err, ERROR_USAGE, "%s cannot be run", path);
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_USAGE, "%s is not a program", path);
    if (access(path, X_OK) < 0)
        return error_set_errno(err, ERROR_USAGE, "%s cannot be run", path);
    return 0;
}

static bool is_bare_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return *name && strspn(name, allowed) == strlen(name);
}

static int is_backend_file(const struct dirent *entry)
{
    return text_starts(entry->d_name, PROGRAM_PREFIX);
}

/* Adds to ERR which backends there are, by name. */
static void hint_known(const char *directory, struct error *err)
{
    auto_buffer struct buffer names = BUFFER_INIT(4096);
    struct dirent **entries;
    int count = scandir(directory, &entries, is_backend_file, alphasort);
    for (int i = 0; i < count; i++) {
        (void)buffer_addf(&names, ", %s", entries[i]->d_name + strlen(PROGRAM_PREFIX));
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    (void)error_hint(err,
                     "those known are " AUTO ", %s%s, and the absolute path of any other program",
                     record_file_backend.name, buffer_text(&names));
}

/* The program of the backend NAME, or ERR. The caller frees. */
static char *find_program(const char *name, struct error *err)
{
    auto_free char *directory = helper_directory(err);
    if (!directory)
        return NULL;
    auto_free char *path = xasprintf("%s/" PROGRAM_PREFIX "%s", directory, name);
    if (check_program(path, err) == 0)
        return take_pointer(path);
    (void)error_prefix(err, "'%s' is no place for VM records", name);
    hint_known(directory, err);
    return NULL;
}

static int choose_program(struct record_store *store, struct error *err)
{
    const char *backend = store->places.backend;
    store->backend = &record_program_backend;
    if (is_bare_name(backend)) {
        store->program = find_program(backend, err);
        return store->program ? 0 : -1;
    }
    if (*backend != '/')
        return error_set(err, ERROR_USAGE,
                         "'%s' is no place for VM records: it is neither a name nor the absolute "
                         "path of a program",
                         backend);
    if (check_program(backend, err) < 0)
        return error_prefix(err, "no VM records can be had");
    store->program = xstrdup(backend);
    return 0;
}

/* --- choosing ------------------------------------------------------------------------------ */

static int choose_file(struct record_store *store, struct error *err)
{
    if (!store->places.directory || !*store->places.directory)
        return error_set(err, ERROR_USAGE, "no directory for VM records is set (--record-dir)");
    store->backend = &record_file_backend;
    return 0;
}

static int choose_xapi(struct record_store *store, struct error *err)
{
    store->backend = &record_xapi_backend;
    store->program = helper_path(PROGRAM_PREFIX "xapi", err);
    return store->program ? 0 : -1;
}

int record_store_choose(const struct record_places *places, const char *id,
                        struct record_store *store, struct error *err)
{
    *store = (struct record_store){.places = *places};
    if (is_auto(places)) {
        if (choose_file(store, err) < 0)
            return -1;
        if (id && record_id_valid(id) && !has_file(places, id) && is_socket(places->xapi_socket))
            return choose_xapi(store, err);
        return 0;
    }
    if (strcmp(places->backend, record_file_backend.name) == 0)
        return choose_file(store, err);
    if (strcmp(places->backend, record_xapi_backend.name) == 0)
        return choose_xapi(store, err);
    return choose_program(store, err);
}

void record_store_free(struct record_store *store)
{
    replace_string(&store->program, NULL);
}

/* --- loading ------------------------------------------------------------------------------- */

int record_load(const struct record_store *store, const char *id, enum record_access access,
                struct record *record, struct error *err)
{
    *record = RECORD_INIT;
    if (!record_id_valid(id))
        return error_set(err, ERROR_INTERNAL, "'%s' cannot be a VM: " RECORD_ID_RULE, id);
    record->backend = store->backend;
    record->id = xstrdup(id);
    if (store->backend->load(store, id, access, record, err) == 0)
        return 0;
    explain(store, id, err);
    record_free(record);
    return -1;
}
