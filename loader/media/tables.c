/* The map folders: which tables there are, and which overlays. See tables.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/media/tables.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/child.h"
#include "common/io.h"

#define SUFFIX ".map"

/* --- folders ------------------------------------------------------------------------------- */

/* "DIR/../share/eliloader/maps" for a program in DIR, without "bin/.." where DIR is one: these
 * paths are shown. NULL with ERR. */
static char *own_folder(struct error *err)
{
    auto_free char *program = program_directory(err);
    const char *slash = program ? strrchr(program, '/') : NULL;

    if (!program)
        return NULL;
    return xasprintf("%.*s/share/eliloader/maps", slash ? (int)(slash - program) : 0, program);
}

/* Takes FOLDER. */
static int add_folder(struct media *media, char *folder, struct error *err)
{
    if (media->folder_count == MEDIA_FOLDERS_MAX) {
        free(folder);
        return error_set(err, ERROR_USAGE, "map-dir names more than %d folders", MEDIA_FOLDERS_MAX);
    }
    for (char *end = folder + strlen(folder); end > folder + 1 && end[-1] == '/';)
        *--end = '\0';
    media->folders[media->folder_count++] = folder;
    return 0;
}

static int add_named_folders(struct media *media, const char *names, struct error *err)
{
    auto_free char *copy = xstrdup(names);

    for (char *rest = copy, *name; (name = strsep(&rest, ":"));)
        if (*name && add_folder(media, xstrdup(name), err) < 0)
            return -1;
    if (media->folder_count == 0)
        return error_set(err, ERROR_USAGE, "map-dir is '%s', which names no folder", names);
    return 0;
}

static int add_default_folders(struct media *media, struct error *err)
{
    char *own = own_folder(err);

    if (!own || add_folder(media, own, err) < 0)
        return -1;
    return add_folder(media, xstrdup(MEDIA_VENDOR_FOLDER), err);
}

/* --- tables -------------------------------------------------------------------------------- */

bool media_is_own(const char *table)
{
    const char *slash = strrchr(table, '/');

    return text_starts(slash ? slash + 1 : table, MEDIA_OWN_PREFIX);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_table(struct media *media, const char *folder, const char *name, struct error *err)
{
    if (media->table_count == MEDIA_TABLES_MAX)
        return error_set(err, ERROR_INTERNAL, "the map folders hold more than %d tables",
                         MEDIA_TABLES_MAX);
    media->tables = xreallocarray(media->tables, media->table_count + 1, sizeof *media->tables);
    media->tables[media->table_count++] = xasprintf("%s/%s", folder, name);
    return 0;
}

/* A name that begins with a dot is that of a file that is being written. */
static bool is_table(const char *name)
{
    return name[0] != '.' && text_ends(name, SUFFIX);
}

static int list_folder(struct media *media, const char *folder, bool must_exist, struct error *err)
{
    size_t first = media->table_count;
    DIR *stream = opendir(folder);
    int result = 0;

    if (!stream && !must_exist && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (!stream)
        return error_set_errno(err, ERROR_INTERNAL, "cannot read the map folder %s", folder);
    for (struct dirent *entry; result == 0 && (entry = readdir(stream));)
        if (is_table(entry->d_name))
            result = add_table(media, folder, entry->d_name, err);
    closedir(stream);
    if (media->table_count > first)
        qsort(media->tables + first, media->table_count - first, sizeof *media->tables,
              compare_names);
    return result;
}

/* The project's own go to the end; else the order stays. */
static void put_own_last(struct media *media)
{
    size_t kept = 0, own_count = 0;
    auto_free char **own = xcalloc(media->table_count + 1, sizeof *own);

    for (size_t i = 0; i < media->table_count; i++) {
        if (media_is_own(media->tables[i]))
            own[own_count++] = media->tables[i];
        else
            media->tables[kept++] = media->tables[i];
    }
    for (size_t i = 0; i < own_count; i++)
        media->tables[kept + i] = own[i];
}

int media_find_tables(const struct settings *settings, struct media *media, struct error *err)
{
    bool named = settings->map_dir != NULL;

    if ((named ? add_named_folders(media, settings->map_dir, err)
               : add_default_folders(media, err)) < 0)
        return -1;
    for (size_t i = 0; i < media->folder_count; i++)
        if (list_folder(media, media->folders[i], named, err) < 0)
            return -1;
    put_own_last(media);
    return 0;
}

int media_read_table(struct maps *maps, const char *path, struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(0);
    int found = read_file(path, MAP_SIZE_MAX, &text, err);

    if (found < 0)
        return error_prefix(err, "the table of installation media");
    /* It went away since the folder was listed. */
    if (!found)
        return 0;
    size_t length = text.length;
    return maps_take(maps, path, buffer_take(&text), length, err);
}

int media_open(const struct settings *settings, struct media *media, struct error *err)
{
    media->maps = maps_new();
    if (media_find_tables(settings, media, err) < 0)
        return -1;
    for (size_t i = 0; i < media->table_count; i++)
        if (media_read_table(media->maps, media->tables[i], err) < 0)
            return -1;
    return 0;
}

void media_free(struct media *media)
{
    maps_free(media->maps);
    for (size_t i = 0; i < media->folder_count; i++)
        free(media->folders[i]);
    for (size_t i = 0; i < media->table_count; i++)
        free(media->tables[i]);
    free(media->tables);
    *media = MEDIA_INIT;
}

/* --- overlays ------------------------------------------------------------------------------ */

static bool is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

bool media_find_overlay(const struct media *media, const char *table, const char *name, char **path)
{
    const char *slash = strrchr(table, '/');

    *path = slash ? xasprintf("%.*s/%s", (int)(slash - table), table, name) : xstrdup(name);
    if (is_file(*path))
        return true;
    for (size_t i = 0; i < media->folder_count; i++) {
        auto_free char *other = xasprintf("%s/%s", media->folders[i], name);
        if (is_file(other)) {
            replace_string(path, take_pointer(other));
            return true;
        }
    }
    return false;
}

bool media_has_overlay_of(const struct media *media, const char *table)
{
    struct map_entry entry;
    const char *sum;

    for (size_t i = 0; maps_entry(media->maps, i, &sum, &entry); i++) {
        auto_free char *path = NULL;
        if (entry.overlay && strcmp(entry.table, table) == 0 &&
            media_find_overlay(media, table, entry.overlay, &path))
            return true;
    }
    return false;
}

const char *media_type_name(const struct map_entry *entry)
{
    if (entry->type == RAMDISK_EXT2)
        return "ext2";
    return entry->append ? "cpio+append" : "cpio";
}
