/* Asks the helpers what something is. See identify_source.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/identify_source.h"

#include <string.h>

#include "common/escape.h"
#include "common/protocol/fetch.h"
#include "common/protocol/schemes.h"
#include "common/url.h"
#include "distros/arguments.h"
#include "distros/families.h"
#include "distros/recognise.h"
#include "loader/boot/kernel_support.h"
#include "loader/commands/guest_kernel.h"
#include "loader/commands/probed_json.h"
#include "loader/helpers/digest.h"
#include "loader/helpers/fetch.h"
#include "loader/helpers/image.h"
#include "loader/helpers/medium.h"
#include "loader/helpers/mirrors.h"
#include "loader/media/tables.h"
#include "loader/sources/image_name.h"

/* --- what a helper answered, as JSON ----------------------------------------------------- */

static json_t *said_json(enum said said)
{
    return said == SAID_NOTHING ? json_null() : json_boolean(said == SAID_YES);
}

static json_t *number_json(bool known, uint64_t number)
{
    return known ? json_integer((json_int_t)number) : json_null();
}

static json_t *text_json(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *tree_json(const struct identity_tree *tree)
{
    if (!tree->known)
        return json_null();
    return json_pack("{s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:o,s:s?}", "family", tree->family, "name",
                     tree->name, "version", tree->version, "arch", tree->arch, "metadata",
                     tree->metadata, "release", tree->release, "release_assumed",
                     said_json(tree->release_assumed), "codename", tree->codename);
}

static json_t *file_json(const struct identity_file *file)
{
    if (!file->there)
        return json_null();
    return json_pack("{s:s?,s:s?,s:o,s:o,s:o,s:s?,s:s?,s:s?}", "url", file->url, "path", file->path,
                     "size", number_json(file->has_size, file->size), "md5", text_json(file->md5),
                     "sha256", text_json(file->sha256), "verified", file->verified, "compression",
                     file->compression, "content", file->content);
}

static json_t *iso_json(const struct identity_iso *iso)
{
    if (!iso->there)
        return json_null();
    return json_pack("{s:s?,s:o,s:o}", "label", iso->label, "md5", text_json(iso->md5), "verified",
                     said_json(iso->verified));
}

static json_t *problems_json(const struct identity *identity)
{
    json_t *problems = json_array();

    for (size_t i = 0; i < identity->problem_count; i++)
        json_array_append_new(problems, json_string(identity->problems[i]));
    return problems;
}

/* --- the object -------------------------------------------------------------------------- */

static json_t *new_object(const char *source, const char *kind, json_t *size)
{
    json_t *name = json_string(source);
    auto_free char *escaped = name ? NULL : text_escape(source);

    return json_pack("{s:o,s:s,s:o,s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:n,s:[]}", "source",
                     name ? name : json_string(escaped), "kind", kind, "size",
                     size ? size : json_null(), "tree", "iso", "layout", "kernel", "ramdisk", "xen",
                     "arguments", "entry", "disk", "problems");
}

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void add_support(json_t *object, const struct kernel_support *support)
{
    json_object_set_new(object, "xen", kernel_support_json(support));
}

/* What is in a tree or an image. */
static void add_tree(json_t *object, const struct identity *identity)
{
    json_object_set_new(object, "tree", tree_json(&identity->tree));
    json_object_set_new(object, "layout",
                        identity->layout ? json_string(identity->layout) : json_null());
    json_object_set_new(object, "kernel", file_json(&identity->kernel));
    json_object_set_new(object, "ramdisk", file_json(&identity->ramdisk));
    json_object_set_new(object, "problems", problems_json(identity));
}

/* The kernel that is open as FD and called NAME. */
static void add_looked_support(const struct settings *settings, json_t *object, int fd,
                               const char *name)
{
    auto_kernel_support struct kernel_support support = KERNEL_SUPPORT_INIT;
    auto_error struct error err = ERROR_INIT;

    if (kernel_support_look(settings, fd, name, &support, &err) < 0)
        support.why = take_pointer(err.text);
    add_support(object, &support);
}

static int add_arguments(json_t *object, const char *repository, struct error *err)
{
    const json_t *tree = json_object_get(object, "tree");
    const struct install_arguments arguments = {.distro = distro_find(text_at(tree, "family")),
                                                .repository = repository,
                                                .tree_name = text_at(tree, "name"),
                                                .tree_version = text_at(tree, "version"),
                                                .layout = text_at(object, "layout")};

    if (!arguments.distro || json_is_null(json_object_get(object, "kernel")))
        return 0;
    auto_free char *text = distro_arguments(&arguments, err);
    if (!text)
        return -1;
    json_object_set_new(object, "arguments", json_string(text));
    return 0;
}

/* What the tables of installation media know of the ramdisk. */
static int add_entry(const struct settings *settings, json_t *object, struct error *err)
{
    const json_t *tree = json_object_get(object, "tree");
    const json_t *ramdisk = json_object_get(object, "ramdisk");
    auto_media struct media media = MEDIA_INIT;
    struct map_entry entry;

    if (!json_is_object(ramdisk))
        return 0;
    if (media_open(settings, &media, err) < 0)
        return -1;
    if (!maps_find(media.maps, text_at(ramdisk, "md5"), text_at(ramdisk, "sha256"),
                   text_at(tree, "name"), text_at(tree, "version"), text_at(tree, "arch"), &entry))
        return 0;
    auto_free char *name = text_escape(entry.name), *table = text_escape(entry.table);
    json_object_set_new(object, "entry",
                        json_pack("{s:s,s:s,s:s?,s:s,s:i,s:b}", "name", name, "type",
                                  media_type_name(&entry), "overlay", entry.overlay, "table", table,
                                  "line", (int)entry.line, "by_tree", (int)entry.tree));
    return 0;
}

/* --- a repository ------------------------------------------------------------------------ */

/* A kernel that is a file of its own on a server. False when URL is nothing of that kind: it may
 * be a repository all the same. */
static bool identify_remote_kernel(const struct settings *settings, const char *url,
                                   const char *shown, json_t **object)
{
    auto_free char *folder = NULL, *path = NULL;
    auto_error struct error err = ERROR_INIT;
    auto_identity struct identity identity = IDENTITY_INIT;
    json_auto_t *failure = NULL;
    auto_fd int kernel = -1;

    if (!sums_is_url(url) || !url_split_file(url, &folder, &path))
        return false;
    const struct tree_request tree = {
        .family = "pygrub", .arch = ARCH_DEFAULT, .repository = folder, .kernel = path};
    if (fetch_identify(settings, NULL, &tree, NULL, &kernel, &identity, &failure, &err) < 0 ||
        !identity.kernel.there)
        return false;
    *object =
        new_object(shown, "kernel", number_json(identity.kernel.has_size, identity.kernel.size));
    json_object_set_new(*object, "kernel", file_json(&identity.kernel));
    add_looked_support(settings, *object, kernel, shown);
    return true;
}

/* The present one of MIRRORS. 1; or 0, and *OBJECT says that nothing is known there; or -1 with
 * ERR, and *FAILURE as fetch_identify() has it. */
static int identify_mirror(const struct mirrors *mirrors, json_t **object, json_t **failure,
                           struct error *err)
{
    const struct settings *settings = &mirrors->settings;
    const char *url = mirrors->repository;
    const struct tree_request tree = {.family = RECOGNISE_AUTO,
                                      .arch = settings->arch,
                                      .release = settings->release,
                                      .repository = url};
    auto_free char *shown = url_without_login(url);
    auto_fd int kernel = -1;
    auto_identity struct identity identity = IDENTITY_INIT;

    if (fetch_identify(settings, FETCH_IDENTIFY, &tree, mirrors->bound, &kernel, &identity, failure,
                       err) < 0)
        return -1;
    if (!identity.recognised && identify_remote_kernel(settings, url, shown, object))
        return 1;
    *object = new_object(shown, "repository", NULL);
    add_tree(*object, &identity);
    if (identity.kernel.there)
        add_looked_support(settings, *object, kernel, shown);
    if (add_arguments(*object, shown, err) < 0)
        return -1;
    return identity.recognised || identity.kernel.there;
}

/* The first mirror that has something that is known; else what is to be said of the last. */
static int identify_repository(const struct settings *settings, const char *list, json_t **object,
                               struct error *err)
{
    auto_mirrors struct mirrors mirrors;

    mirrors_start(&mirrors, settings, list);
    for (;;) {
        json_auto_t *failure = NULL;
        int found = identify_mirror(&mirrors, object, &failure, err);

        if (found > 0)
            return 0;
        auto_free char *shown = url_without_login(mirrors.repository);
        if (found == 0)
            error_set(err, ERROR_INVALID_SOURCE, "nothing that is known is at %s", shown);
        if (!mirrors_next(&mirrors, failure, err))
            break;
        json_decref(*object);
        *object = NULL;
    }
    if (!*object)
        return -1;
    error_clear(err);
    return 0;
}

/* --- a file or a device ------------------------------------------------------------------ */

/* A kernel or a ramdisk: the file itself stands where one of a tree would. */
static void add_file(json_t *object, const struct identity *identity)
{
    json_t *file = file_json(&identity->self);

    json_object_set(file, "path", json_object_get(object, "source"));
    json_object_set_new(object, identity->kind, file);
}

static void add_image(json_t *object, const struct identity *identity)
{
    json_object_set_new(object, "iso", iso_json(&identity->iso));
    add_tree(object, identity);
}

static bool is_disk(const struct probed *probed)
{
    return probed_has_type(probed, 0, NULL) ||
           (probed->disk_count && probed->disks[0].table && !probed_is_bare(probed, 0));
}

static int identify_disk(const struct settings *settings, const char *path, uint64_t size,
                         json_t **object, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    auto_kernel_support struct kernel_support support = KERNEL_SUPPORT_INIT;
    char *const paths[] = {(char *)path};

    if (probe_disks(settings, paths, 1, &(struct probe_want){.arch = settings->arch}, &probed,
                    err) < 0)
        return -1;
    if (!is_disk(&probed))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s is nothing that is known: no image of an installation medium, no "
                         "ramdisk, no kernel, and no disk with a partition table or a filesystem",
                         path);
    *object = new_object(path, "disk", number_json(true, size));
    json_object_set_new(*object, "disk", probed_json(&probed));
    json_object_set_new(*object, "problems", probed_json_problems(&probed));
    if (probed_kernel_look(settings, paths, &probed, &support))
        add_support(*object, &support);
    return 0;
}

/* SOURCE is how somebody named the file PATH, and FOLDER in it (NULL: none). */
static int identify_file(const struct settings *settings, const char *source, const char *path,
                         const char *folder, json_t **object, struct error *err)
{
    auto_identity struct identity identity = IDENTITY_INIT;

    if (medium_identify(settings, path, &identity, err) < 0)
        return -1;
    const char *kind = identity.kind;
    bool iso = strcmp(kind, "iso") == 0;
    if (!iso && folder)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s is no image of an installation medium, so that no folder in it can be "
                         "identified",
                         path);
    if (!iso && strcmp(kind, "ramdisk") != 0 && strcmp(kind, "kernel") != 0)
        return identify_disk(settings, path, identity.self.size, object, err);
    if (iso && image_identify(settings, path, folder, &identity, err) < 0)
        return -1;
    *object = new_object(source, iso ? "iso" : kind, number_json(true, identity.self.size));
    if (iso)
        add_image(*object, &identity);
    else
        add_file(*object, &identity);
    if (identity.has_support)
        add_support(*object, &identity.support);
    return iso ? add_arguments(*object, "cdrom", err) : 0;
}

int identify(const struct settings *settings, const char *source, struct identified *identified,
             struct error *err)
{
    const struct url_scheme *scheme = url_scheme_of(source);
    auto_image_name struct image_name name = {.path = NULL};
    int result = image_name_find("identify", source, &name, err);

    if (result < 0)
        return -1;
    if (result == 0 && (url_has_scheme(source, NULL) || (scheme && scheme->network)))
        result = identify_repository(settings, source, &identified->json, err);
    else
        result = identify_file(settings, source, result > 0 ? name.path : source, name.folder,
                               &identified->json, err);

    return result < 0 ? -1 : add_entry(settings, identified->json, err);
}

void identified_free(struct identified *identified)
{
    json_decref(identified->json);
    identified->json = NULL;
}
