/* Kernel and ramdisk from a location: what kind it is, and who gets them from there. See
 * location.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/sources/location.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "common/log.h"
#include "common/url.h"
#include "distros/guess.h"
#include "loader/helpers/digest.h"
#include "loader/helpers/fsprobe.h"
#include "loader/helpers/tree.h"
#include "loader/host/open_file.h"
#include "loader/sources/directory.h"
#include "loader/sources/image_name.h"
#include "loader/sources/scheme.h"

/* Bytes of the sentences about an image on which nothing was found. */
#define PROBLEMS_MAX 1024

/* One call of location_fetch(). */
struct wish {
    const struct settings *settings;
    const char *kernel, *ramdisk; /* not empty */
    const char *proxy;
    const struct fetch_limits *limits;
    struct outputs *outputs;
};

/* --- a location in a network --------------------------------------------------------------- */

static int fetch(const struct wish *wish, const struct tree_request *request, struct error *err)
{
    auto_fetched struct fetched fetched = FETCHED_INIT;

    return fetch_tree(wish->settings, request, wish->proxy, wish->limits, 0, wish->outputs,
                      &fetched, err);
}

static int fetch_repository(const struct wish *wish, const char *location, struct error *err)
{
    const struct tree_request request = {.family = wish->kernel ? "pygrub" : GUESS_ANY,
                                         .arch = arch_own(),
                                         .repository = location,
                                         .kernel = wish->kernel,
                                         .ramdisk = wish->ramdisk};

    return fetch(wish, &request, err);
}

/* --- an image ------------------------------------------------------------------------------ */

static int nothing_in_image(const char *image, const struct probed *probed, struct error *err)
{
    auto_buffer struct buffer problems = BUFFER_INIT(PROBLEMS_MAX);
    const char *problem;

    for (size_t i = 0; (problem = probed_problem(probed, i)); i++)
        (void)buffer_addf(&problems, "%s%s", i ? "; " : ": ", problem);
    return error_set(err, ERROR_INVALID_SOURCE, "cannot get the files out of the image %s%s", image,
                     buffer_text(&problems));
}

/* An installer's, by what it says of itself, or by the places where installers keep their kernel.
 */
static int search_image(const struct wish *wish, const struct image_name *name, struct error *err)
{
    auto_fetched struct fetched fetched = FETCHED_INIT;
    char *const disks[] = {name->path};
    const struct tree_medium medium = {disks, 1, name->folder};
    const struct tree_request request = {
        .family = GUESS_ANY, .arch = arch_own(), .ramdisk = wish->ramdisk};

    return tree_take(wish->settings, &medium, &request, wish->limits, false, wish->outputs,
                     &fetched, err);
}

static char *path_in_image(const struct image_name *name, const char *path)
{
    return path ? xasprintf("%s/%s", name->folder ? name->folder : "", path + strspn(path, "/"))
                : NULL;
}

static int copy_from_image(const struct wish *wish, const struct image_name *name,
                           struct error *err)
{
    auto_free char *kernel = path_in_image(name, wish->kernel);
    auto_free char *ramdisk = path_in_image(name, wish->ramdisk);
    auto_probed struct probed probed = PROBED_INIT;
    struct probed_entry entry;
    char *image = name->path;

    const struct probe_want want = {.kernel = kernel,
                                    .ramdisk = ramdisk,
                                    .outputs = wish->outputs,
                                    .kernel_max = wish->limits->kernel_max,
                                    .ramdisk_max = wish->limits->ramdisk_max,
                                    .vm = wish->limits->vm};

    if (probe_disks(wish->settings, &image, 1, &want, &probed, err) < 0)
        return -1;
    if (!probed_boot(&probed, &entry) || wish->outputs->kernel.fd < 0)
        return nothing_in_image(image, &probed, err);
    log_step("%s: kernel %s, ramdisk %s", image, entry.kernel, ramdisk ? ramdisk : "none");
    return 0;
}

/* --- a path in dom0 ------------------------------------------------------------------------ */

static int fetch_local(const struct wish *wish, const char *location, struct error *err)
{
    const struct location_files files = {wish->settings, wish->limits, wish->outputs};
    auto_image_name struct image_name name = {.path = NULL};
    struct stat status;

    if (image_name_split("location", location, &name, err) < 0)
        return -1;
    const char *path = name.path;
    if (stat(path, &status) < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot look at the location %s", path);
    if (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode))
        return wish->kernel ? copy_from_image(wish, &name, err) : search_image(wish, &name, err);
    if (!S_ISDIR(status.st_mode))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "the location %s is neither a directory, an image nor a block device",
                         path);
    if (wish->kernel)
        return location_folder_take(&files, path, wish->kernel, wish->ramdisk, err);
    return location_folder_search(&files, path, arch_own(), wish->ramdisk, err);
}

/* --- no location: each file by itself ------------------------------------------------------ */

/* Where one file is: PATH in dom0; else the file NAME in FOLDER, a URL. All owned. */
struct source {
    char *path, *folder, *name;
};

static void source_free(struct source *source)
{
    replace_string(&source->path, NULL);
    replace_string(&source->folder, NULL);
    replace_string(&source->name, NULL);
}
#define auto_source __attribute__((cleanup(source_free)))

static int find_source(const char *option, const char *text, struct source *source,
                       struct error *err)
{
    enum location_kind kind;

    if (location_kind_of(option, text, &kind, &source->path, err) < 0)
        return -1;
    if (kind == LOCATION_LOCAL && source->path[0] != '/')
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s=%s is neither a URL nor an absolute path, and there is no --location "
                         "that it could be relative to",
                         option, text);
    if (kind == LOCATION_NETWORK && !url_split_file(text, &source->folder, &source->name))
        return error_set(err, ERROR_INVALID_SOURCE, "%s: the URL of %s names no file", option,
                         sums_shown(text));
    return 0;
}

static int fetch_kernel(const struct wish *wish, const struct source *kernel,
                        const struct source *ramdisk, struct error *err)
{
    const struct location_files files = {wish->settings, wish->limits, wish->outputs};
    const struct tree_request request = {.family = "pygrub",
                                         .arch = arch_own(),
                                         .repository = kernel->folder,
                                         .kernel = kernel->name,
                                         .ramdisk = ramdisk->name};

    return kernel->path ? location_file_take(&files, kernel->path, "kernel", err)
                        : fetch(wish, &request, err);
}

static int fetch_each(const struct wish *wish, struct error *err)
{
    const struct location_files files = {wish->settings, wish->limits, wish->outputs};
    auto_source struct source kernel = {.path = NULL}, ramdisk = {.path = NULL};
    const struct source none = {.path = NULL};

    if (!wish->kernel)
        return error_set(err, ERROR_USAGE,
                         "neither --location nor --kernel says where the kernel is (--help tells "
                         "more)");
    if (find_source("--kernel", wish->kernel, &kernel, err) < 0 ||
        (wish->ramdisk && find_source("--ramdisk", wish->ramdisk, &ramdisk, err) < 0))
        return -1;
    /* Two files of one folder come side by side. */
    bool together = kernel.folder && ramdisk.folder && strcmp(kernel.folder, ramdisk.folder) == 0;
    if (fetch_kernel(wish, &kernel, together ? &ramdisk : &none, err) < 0)
        return -1;
    if (ramdisk.path)
        return location_file_take(&files, ramdisk.path, "ramdisk", err);
    if (!ramdisk.folder || together)
        return 0;
    return fetch_ramdisk(wish->settings, ramdisk.folder, ramdisk.name, wish->proxy, wish->limits,
                         wish->outputs, err);
}

/* --- together ------------------------------------------------------------------------------ */

static const char *unless_empty(const char *text)
{
    return text && *text ? text : NULL;
}

int location_fetch(const struct settings *settings, const char *location, const char *kernel,
                   const char *ramdisk, const char *proxy, const struct fetch_limits *limits,
                   struct outputs *outputs, struct error *err)
{
    const struct wish wish = {.settings = settings,
                              .kernel = unless_empty(kernel),
                              .ramdisk = unless_empty(ramdisk),
                              .proxy = proxy,
                              .limits = limits,
                              .outputs = outputs};
    auto_free char *path = NULL;
    enum location_kind kind;

    if (!unless_empty(location))
        return fetch_each(&wish, err);
    if (location_kind_of("--location", location, &kind, &path, err) < 0 ||
        (wish.kernel && guess_check_path("--kernel", wish.kernel, err) < 0) ||
        (wish.ramdisk && guess_check_path("--ramdisk", wish.ramdisk, err) < 0))
        return -1;
    return kind == LOCATION_NETWORK ? fetch_repository(&wish, location, err)
                                    : fetch_local(&wish, path, err);
}

static int is_local(const char *option, const char *text, bool *local, struct error *err)
{
    auto_free char *path = NULL;
    enum location_kind kind;

    if (location_kind_of(option, text, &kind, &path, err) < 0)
        return -1;
    *local = *local || kind == LOCATION_LOCAL;
    return 0;
}

int location_is_local(const char *location, const char *kernel, const char *ramdisk, bool *local,
                      struct error *err)
{
    *local = false;
    /* The other two are below it. */
    if (unless_empty(location))
        return is_local("--location", location, local, err);
    if (unless_empty(kernel) && is_local("--kernel", kernel, local, err) < 0)
        return -1;
    return unless_empty(ramdisk) ? is_local("--ramdisk", ramdisk, local, err) : 0;
}
