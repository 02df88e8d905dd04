/* A tree in an image on an NFS server. See iso.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/iso/iso.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "common/url.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/iso9660/iso9660.h"
#include "loader/fetch/iso/image.h"

struct iso_source {
    struct nfs nfs; /* first; its place is the directory of the image */
    char *name;     /* of the image in that directory; owned */
    char *folder;   /* inside the image: "", or "/FOLDER"; owned */
    struct nfs_handle *handle;
    struct volume volume; /* its filesystem is NULL until the image was opened */
    uint64_t budget;
};

static struct iso_source *isos(const struct file_source *source)
{
    return source->own;
}

/* --- its life ------------------------------------------------------------------------------ */

/* From the path of what is in the image to the directory that is mounted. */
static int split_place(struct iso_source *iso, const char *repository, struct error *err)
{
    char *path = iso->nfs.place.path;
    size_t length = url_image_length(path);
    const char *slash = memrchr(path, '/', length);

    if (!slash || (size_t)(slash - path) + 1 == length)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "the repository \"%s\" names no image; write nfs+iso:HOST:/PATH/IMAGE.iso",
                         repository);
    iso->folder = xstrdup(path + length);
    iso->name = xstrndup(slash + 1, length - (size_t)(slash + 1 - path));
    path[slash == path ? 1 : slash - path] = '\0';
    return 0;
}

static int open_iso(struct file_source *source, struct error *err)
{
    struct iso_source *iso = xcalloc(1, sizeof *iso);

    iso->budget = SOURCE_BUDGET;
    if (nfs_source_open(source, &iso->nfs, err) < 0)
        return -1;
    return split_place(iso, source->repository, err);
}

static void close_iso(struct file_source *source)
{
    struct iso_source *iso = isos(source);

    if (!iso)
        return;
    nfs_source_end(&iso->nfs);
    volume_free(&iso->volume);
    nfs_handle_drop(iso->handle);
    free(iso->name);
    free(iso->folder);
    free(iso);
}

/* --- the image ----------------------------------------------------------------------------- */

static int open_filesystem(struct file_source *source, struct error *err)
{
    struct iso_source *iso = isos(source);
    struct volume *volume = &iso->volume;
    auto_free char *note = NULL;

    *volume = (struct volume){.size = iso->handle->size,
                              .where = xstrdup(iso->handle->url),
                              .source = image_source(source, iso->handle, &iso->budget)};
    if (iso9660_filesystem.open(NULL, volume, &note, err) < 0) {
        volume_free(volume);
        if (err->name != ERROR_INTERNAL)
            return -1;
        err->name = ERROR_INVALID_SOURCE;
        return error_hint(err, "it has to be the image of an installation disc, all of it");
    }
    if (note)
        report_note(source->report, "%s", note);
    return 0;
}

/* The image, once. */
static int open_image(struct file_source *source, struct error *err)
{
    struct iso_source *iso = isos(source);

    if (iso->volume.filesystem)
        return 0;
    nfs_mount_begin(&iso->nfs.mount);
    if (!iso->handle)
        iso->handle = nfs_handle_new(&iso->nfs.mount, source->repository, iso->name);
    return image_wait(source, iso->handle, err) < 0 ? -1 : open_filesystem(source, err);
}

/* --- files --------------------------------------------------------------------------------- */

/* Where in the image the bytes of the file at PATH are, into MAP. 1; 0: no such regular file; -1
 * with ERR. */
static int find_file(struct iso_source *iso, const char *path, struct file_map *map,
                     struct error *err)
{
    struct volume *volume = &iso->volume;
    struct file_status status = {.size = 0};
    uint64_t sum = 0;

    if (strlen(path) > GUEST_PATH_MAX)
        return 0;
    int found = volume->filesystem->status(volume, path, &status, err);
    if (found <= 0 || !status.regular)
        return found < 0 ? -1 : 0;
    found = volume->filesystem->map(volume, path, map, err);
    for (size_t i = 0; found > 0 && i < map->count; i++)
        sum += map->runs[i].length;
    if (found > 0 && sum != map->size)
        return error_set(err, ERROR_INVALID_SOURCE, "%s in %s has bytes that are nowhere", path,
                         volume->where);
    return found;
}

static struct nfs_file *start_runs(struct file_source *source, const char *url,
                                   const struct file_map *map, const struct transfer_spec *spec)
{
    auto_free struct nfs_piece *pieces = xcalloc(map->count + 1, sizeof *pieces);

    for (size_t i = 0; i < map->count; i++)
        pieces[i] = (struct nfs_piece){map->runs[i].place, map->runs[i].length};
    return nfs_file_start_pieces(isos(source)->handle, source->settings, url, pieces, map->count,
                                 false, spec);
}

static struct transfer *start(struct file_source *source, const char *path,
                              const struct transfer_spec *spec, struct error *err)
{
    struct iso_source *iso = isos(source);
    auto_free char *inside = xasprintf("%s/%s", iso->folder, path + strspn(path, "/"));
    auto_free char *url = nfs_source_url(source, path);
    auto_file_map struct file_map map = FILE_MAP_INIT;

    if (open_image(source, err) < 0)
        return NULL;
    int found = find_file(iso, inside, &map, err);
    if (found < 0) {
        /* What is wrong with an image is wrong with the source that was named. */
        err->name = ERROR_INVALID_SOURCE;
        return NULL;
    }
    struct nfs_file *file = start_runs(source, url, &map, spec);
    if (found == 0)
        transfer_missing(&file->base, "the image has no such file");
    return &file->base;
}

const struct source_kind source_nfs_iso = {
    nfs_source_needs, open_iso,        close_iso,       start,
    nfs_source_stop,  nfs_source_move, nfs_source_look, nfs_source_wait};
