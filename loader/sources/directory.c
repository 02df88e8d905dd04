/* Files of dom0 by a directory or a path. See directory.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/sources/directory.h"

#include <fcntl.h>
#include <string.h>

#include "common/log.h"
#include "distros/plan.h"
#include "distros/search.h"
#include "loader/host/beneath.h"
#include "loader/host/open_file.h"
#include "loader/sources/copy.h"

/* The directory, open. */
struct folder {
    const struct location_files *files;
    const char *name;
    int fd;
};

static int open_folder(const struct location_files *files, const char *name, struct folder *folder,
                       struct error *err)
{
    *folder = (struct folder){files, name, open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder->fd < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot open the location %s", name);
    return 0;
}

static int copy(const struct location_files *files, int fd, const char *name, const char *kind,
                struct error *err)
{
    bool is_kernel = strcmp(kind, "kernel") == 0;
    const struct fetch_limits *limits = files->limits;
    const struct local_file file = {.fd = fd,
                                    .name = name,
                                    .kind = kind,
                                    .max = is_kernel ? limits->kernel_max : limits->ramdisk_max,
                                    .quiet = files->settings->quiet};
    struct output_file *out = is_kernel ? &files->outputs->kernel : &files->outputs->ramdisk;

    if (outputs_make(files->outputs, out, err) < 0)
        return -1;
    if (local_copy(&file, out->fd, err) == 0) {
        log_step("%s: %s", kind, name);
        return 0;
    }
    if (err->name == ERROR_LIMITS)
        return fetch_limit_hint(files->settings, limits, kind, err);
    return -1;
}

static const char *relative(const char *path)
{
    return path + strspn(path, "/");
}

/* 1: copied; 0: it is not there; -1 with ERR. */
static int take(const struct folder *folder, const char *path, const char *kind, struct error *err)
{
    auto_fd int fd = -1;
    int found = folder_open(folder->fd, folder->name, path, &fd, err);

    if (found <= 0)
        return found;
    auto_free char *name = xasprintf("%s/%s", folder->name, path);
    return copy(folder->files, fd, name, kind, err) < 0 ? -1 : 1;
}

/* 1: both are copied; 0: the kernel is not there; -1 with ERR. */
static int take_both(const struct folder *folder, const char *kernel, const char *ramdisk,
                     struct error *err)
{
    int found = take(folder, kernel, "kernel", err);

    if (found <= 0 || !ramdisk)
        return found;
    found = take(folder, ramdisk, "ramdisk", err);
    if (found == 0)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s/%s is not there: the kernel is, its ramdisk is not", folder->name,
                         ramdisk);
    return found;
}

int location_folder_take(const struct location_files *files, const char *directory,
                         const char *kernel, const char *ramdisk, struct error *err)
{
    struct folder folder;

    if (open_folder(files, directory, &folder, err) < 0)
        return -1;
    int found = take_both(&folder, relative(kernel), ramdisk ? relative(ramdisk) : NULL, err);
    close_fd(&folder.fd);
    if (found == 0)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "there is no %s in the location %s: check --location and --kernel",
                         relative(kernel), directory);
    return found < 0 ? -1 : 0;
}

static int take_layout(void *context, const struct tree_layout *layout, struct error *err)
{
    return take_both(context, layout->kernel, layout->ramdisk, err);
}

int location_folder_search(const struct location_files *files, const char *directory,
                           const char *arch, const char *ramdisk, struct error *err)
{
    const struct tree_request request = {.arch = arch, .repository = directory, .ramdisk = ramdisk};
    struct folder folder;
    struct layout_search search = {take_layout, &folder, 0};
    auto_tree struct tree tree = {0};
    const char *family;

    if (open_folder(files, directory, &folder, err) < 0)
        return -1;
    int found = search_guesses(&search, &request, &tree, &family, err);
    close_fd(&folder.fd);
    if (found == 0)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s has no kernel in any of the %zu places where installers keep it, from "
                         "images/xen/vmlinuz on; check --location, or name the kernel with "
                         "--kernel=PATH",
                         directory, search.tried);
    return found < 0 ? -1 : 0;
}

int location_file_take(const struct location_files *files, const char *path, const char *kind,
                       struct error *err)
{
    auto_fd int fd = disk_open(path, kind, false, ERROR_INVALID_SOURCE, err);

    return fd < 0 ? -1 : copy(files, fd, path, kind, err);
}
