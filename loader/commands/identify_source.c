/* Starts the helpers that say what something is. See identify_source.h; the contracts are
 * fetch/fetch.h, medium/medium.h and, by way of the prober, ../common/protocol/fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/identify_source.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "common/protocol/fetch.h"
#include "common/protocol/schemes.h"
#include "common/url.h"
#include "distros/recognise.h"
#include "loader/boot/kernel_support.h"
#include "loader/commands/guest_kernel.h"
#include "loader/commands/probed_json.h"
#include "loader/helpers/call.h"
#include "loader/helpers/digest.h"
#include "loader/helpers/fetch.h"
#include "loader/helpers/medium.h"
#include "loader/media/tables.h"

/* --- a helper ---------------------------------------------------------------------------- */

/* Runs the helper NAME; its "answer", which the caller frees, or NULL with ERR. */
static json_t *ask(const struct settings *settings, const char *name, const char *what,
                   const char *request, const int *fds, size_t count, struct error *err)
{
    const struct helper_call call = {.name = name,
                                     .request = request,
                                     .fds = fds,
                                     .fd_count = count,
                                     .silence_seconds = HELPER_SILENCE,
                                     .doing = what,
                                     .quiet = settings->quiet};
    json_t *answer = NULL;

    return request && helper_run(&call, &answer, NULL, err) == 0 ? answer : NULL;
}

/* --- what a helper answered, checked ----------------------------------------------------- */

enum shape { TEXT, NUMBER, SUM_MD5, SUM_SHA256, TRUTH };

struct member {
    const char *name;
    enum shape shape;
};

static bool has_shape(const json_t *value, enum shape shape)
{
    const char *text = json_string_value(value);

    switch (shape) {
    case TEXT:
        return text != NULL;
    case NUMBER:
        return json_is_integer(value) && json_integer_value(value) >= 0;
    case SUM_MD5:
        return text && text_is_hex(text, 32);
    case SUM_SHA256:
        return text && text_is_hex(text, 64);
    case TRUTH:
        break;
    }
    return json_is_boolean(value);
}

/* A copy of OBJECT with those members alone; what has another shape is null. Null when it is no
 * object. */
static json_t *copy_object(const json_t *object, const struct member *members, size_t count)
{
    if (!json_is_object(object))
        return json_null();
    json_t *copy = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_object_get(object, members[i].name);
        json_object_set_new(copy, members[i].name,
                            has_shape(value, members[i].shape) ? json_incref(value) : json_null());
    }
    return copy;
}

static json_t *copy_tree(const json_t *answer)
{
    static const struct member members[] = {
        {"family", TEXT},   {"name", TEXT},    {"version", TEXT},          {"arch", TEXT},
        {"metadata", TEXT}, {"release", TEXT}, {"release_assumed", TRUTH}, {"codename", TEXT}};
    const json_t *recognised = json_object_get(answer, "recognised");
    const char *family = json_string_value(json_object_get(recognised, "family"));

    return distro_find(family) ? copy_object(recognised, members, ARRAY_SIZE(members))
                               : json_null();
}

static json_t *copy_file(const json_t *file)
{
    static const struct member members[] = {
        {"url", TEXT},          {"path", TEXT},     {"size", NUMBER},      {"md5", SUM_MD5},
        {"sha256", SUM_SHA256}, {"verified", TEXT}, {"compression", TEXT}, {"content", TEXT}};

    return copy_object(file, members, ARRAY_SIZE(members));
}

static json_t *copy_iso(const json_t *iso)
{
    static const struct member members[] = {{"label", TEXT}, {"md5", SUM_MD5}, {"verified", TRUTH}};

    return copy_object(iso, members, ARRAY_SIZE(members));
}

static json_t *copy_problems(const json_t *answer)
{
    const json_t *problem = json_object_get(answer, "problem"), *item;
    json_t *problems = json_array();
    size_t i;

    if (json_is_string(problem))
        json_array_append(problems, (json_t *)problem);
    json_array_foreach(json_object_get(answer, "problems"), i, item) if (json_is_string(item))
        json_array_append(problems, (json_t *)item);
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

/* What the helper medium has found in the kernel. */
static void add_found_support(json_t *object, const json_t *answer)
{
    auto_kernel_support struct kernel_support support = KERNEL_SUPPORT_INIT;

    if (kernel_support_take(json_object_get(answer, "support"), &support))
        add_support(object, &support);
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
                                                .tree_version = text_at(tree, "version")};

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

/* Asks fetch for TREE. The kernel comes into *KERNEL, a file without a name that the caller closes;
 * nobody wants the ramdisk: only what can be told of it. The answer, which the caller frees; NULL
 * with ERR. */
static json_t *ask_fetch(const struct settings *settings, const char *mode,
                         const struct tree_request *tree, int *kernel, struct error *err)
{
    const struct fetch_limits limits = {settings->kernel_max, settings->ramdisk_max, NULL};
    auto_free char *request =
        fetch_make_request(settings, mode, tree, settings->proxy, &limits, err);
    auto_fd int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    auto_fd int memory = memfd_create("kernel", MFD_CLOEXEC);
    const struct output_file file = {.fd = memory};

    if (nowhere < 0 || memory < 0) {
        error_set_errno(err, ERROR_INTERNAL, "cannot make a place for the kernel");
        return NULL;
    }
    auto_fd int output = outputs_write_fd(&file, err);
    if (output < 0)
        return NULL;
    const int fds[] = {output, nowhere};
    json_t *answer = ask(settings, "fetch", "fetching", request, fds, ARRAY_SIZE(fds), err);
    *kernel = answer ? take_fd(&memory) : -1;
    return answer;
}

/* A kernel that is a file of its own on a server. False when URL is nothing of that kind: it may
 * be a repository all the same. */
static bool identify_remote_kernel(const struct settings *settings, const char *url,
                                   const char *shown, json_t **object)
{
    auto_free char *folder = NULL, *path = NULL;
    auto_error struct error err = ERROR_INIT;
    auto_fd int kernel = -1;

    if (!sums_is_url(url) || !url_split_file(url, &folder, &path))
        return false;
    const struct tree_request tree = {
        .family = "pygrub", .arch = "x86_64", .repository = folder, .kernel = path};
    json_auto_t *answer = ask_fetch(settings, NULL, &tree, &kernel, &err);
    json_t *file = json_object_get(answer, "kernel");
    if (!json_is_object(file))
        return false;
    *object = new_object(shown, "kernel", json_incref(json_object_get(file, "size")));
    json_object_set_new(*object, "kernel", copy_file(file));
    add_looked_support(settings, *object, kernel, shown);
    return true;
}

static int identify_repository(const struct settings *settings, const char *url, json_t **object,
                               struct error *err)
{
    const struct tree_request tree = {.family = RECOGNISE_AUTO,
                                      .arch = settings->arch,
                                      .release = settings->release,
                                      .repository = url};
    auto_free char *shown = url_without_login(url);
    auto_fd int kernel = -1;
    json_auto_t *answer = ask_fetch(settings, FETCH_IDENTIFY, &tree, &kernel, err);

    if (!answer)
        return -1;
    if (!json_is_object(json_object_get(answer, "recognised")) &&
        identify_remote_kernel(settings, url, shown, object))
        return 0;
    *object = new_object(shown, "repository", NULL);
    json_object_set_new(*object, "tree", copy_tree(answer));
    const char *layout = text_at(answer, "layout");
    json_object_set_new(*object, "layout", layout ? json_string(layout) : json_null());
    json_object_set_new(*object, "kernel", copy_file(json_object_get(answer, "kernel")));
    json_object_set_new(*object, "ramdisk", copy_file(json_object_get(answer, "ramdisk")));
    json_object_set_new(*object, "problems", copy_problems(answer));
    if (json_is_object(json_object_get(*object, "kernel")))
        add_looked_support(settings, *object, kernel, shown);
    return add_arguments(*object, shown, err);
}

/* --- a file or a device ------------------------------------------------------------------ */

/* A kernel or a ramdisk: the file itself stands where one of a tree would. */
static void add_file(json_t *object, const json_t *answer, const char *kind)
{
    json_t *file = copy_file(answer);

    json_object_set(file, "path", json_object_get(object, "source"));
    json_object_set_new(object, kind, file);
    add_found_support(object, answer);
}

static void add_image(json_t *object, const json_t *answer)
{
    const char *layout = text_at(answer, "layout");

    json_object_set_new(object, "iso", copy_iso(json_object_get(answer, "iso")));
    json_object_set_new(object, "tree", copy_tree(answer));
    json_object_set_new(object, "layout", layout ? json_string(layout) : json_null());
    json_object_set_new(object, "kernel", copy_file(json_object_get(answer, "kernel")));
    json_object_set_new(object, "ramdisk", copy_file(json_object_get(answer, "ramdisk")));
    json_object_set_new(object, "problems", copy_problems(answer));
    add_found_support(object, answer);
}

static bool is_disk(const struct probed *probed)
{
    return probed_has_type(probed, 0, NULL) ||
           (probed->disk_count && probed->disks[0].table && !probed_is_bare(probed, 0));
}

static int identify_disk(const struct settings *settings, const char *path, json_t *size,
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
    *object = new_object(path, "disk", json_incref(size));
    json_object_set_new(*object, "disk", probed_json(&probed));
    json_object_set_new(*object, "problems", probed_json_problems(&probed));
    if (probed_kernel_look(settings, paths, &probed, &support))
        add_support(*object, &support);
    return 0;
}

static int identify_file(const struct settings *settings, const char *path, json_t **object,
                         struct error *err)
{
    json_auto_t *answer = NULL;

    if (medium_ask(settings, path, &answer, err) < 0)
        return -1;
    const char *kind = text_at(answer, "kind");
    json_t *size = json_object_get(answer, "size");
    if (!kind || !has_shape(size, NUMBER))
        return error_set(err, ERROR_INTERNAL, "the helper medium gave an answer that is damaged");
    if (strcmp(kind, "iso") == 0) {
        *object = new_object(path, "iso", json_incref(size));
        add_image(*object, answer);
        return add_arguments(*object, "cdrom", err);
    }
    if (strcmp(kind, "ramdisk") != 0 && strcmp(kind, "kernel") != 0)
        return identify_disk(settings, path, size, object, err);
    *object = new_object(path, kind, json_incref(size));
    add_file(*object, answer, kind);
    return 0;
}

int identify(const struct settings *settings, const char *source, struct identified *identified,
             struct error *err)
{
    const struct url_scheme *scheme = url_scheme_of(source);
    int result = url_has_scheme(source, NULL) || (scheme && scheme->network)
                     ? identify_repository(settings, source, &identified->json, err)
                     : identify_file(settings, source, &identified->json, err);

    return result < 0 ? -1 : add_entry(settings, identified->json, err);
}

void identified_free(struct identified *identified)
{
    json_decref(identified->json);
    identified->json = NULL;
}
