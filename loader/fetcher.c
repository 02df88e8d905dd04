/* Starts the helper `fetch`, listens, and trusts nothing of what it says that can be checked.
 * See fetcher.h; the contract is fetch/fetch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetcher.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "common/child.h"
#include "common/io.h"
#include "common/log.h"
#include "loader/fetch/fetch.h"
#include "loader/progress.h"

/* The helper says something every second: so long a silence means that it hangs. Seconds. */
#define SILENCE 60
/* Notes of one run that are logged: a helper that was taken over must not fill the log. */
#define NOTES_MAX 100

struct conversation {
    const struct settings *settings;
    const struct fetch_limits *limits;
    struct media *media;
    struct progress progress;
    unsigned notes;
    json_t *answer; /* the last line's, or NULL */
    struct fetched *fetched;
};

/* --- the request ------------------------------------------------------------------------- */

/* A string or null: "s?" of jansson, but NULL-safe for text that is not UTF-8. */
static int add_text(json_t *request, const char *key, const char *value, struct error *err)
{
    json_t *text;

    if (!value)
        return 0;
    text = json_string(value);
    if (!text)
        return error_set(err, ERROR_INVALID_SOURCE, "the %s '%s' is not UTF-8 text", key, value);
    json_object_set_new(request, key, text);
    return 0;
}

static int add_certificates(json_t *request, const char *path, struct error *err)
{
    autobuffer struct buffer pem = BUFFER_INIT(0);
    int found;

    if (!path)
        return 0;
    found = read_file(path, FETCH_REQUEST_MAX / 2, &pem, err);
    if (found < 0)
        return error_prefix(err, "the CA certificates");
    if (!found)
        return error_set(err, ERROR_USAGE, "there is no file %s of CA certificates (cacert)", path);
    return add_text(request, "cacert", buffer_text(&pem), err);
}

char *fetch_make_request(const struct settings *settings, const char *mode,
                         const struct tree_request *tree, const char *proxy,
                         const struct fetch_limits *limits, struct error *err)
{
    char *text = NULL;
    json_t *request =
        json_pack("{s:I, s:I, s:i, s:i, s:I, s:s}", "kernel_max", (json_int_t)limits->kernel_max,
                  "ramdisk_max", (json_int_t)limits->ramdisk_max, "connect_timeout",
                  (int)settings->connect_timeout, "stall_timeout", (int)settings->stall_timeout,
                  "uid", (json_int_t)settings->runas, "agent", "eliloader/" ELILOADER_VERSION);

    if (request && add_text(request, "mode", mode, err) == 0 &&
        add_text(request, "repository", tree->repository, err) == 0 &&
        add_text(request, "family", tree->family, err) == 0 &&
        add_text(request, "arch", tree->arch, err) == 0 &&
        add_text(request, "release", tree->release, err) == 0 &&
        add_text(request, "kernel", tree->kernel, err) == 0 &&
        add_text(request, "ramdisk", tree->ramdisk, err) == 0 &&
        add_text(request, "proxy", proxy, err) == 0 &&
        add_certificates(request, settings->cacert, err) == 0)
        text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    return text;
}

/* --- the answer -------------------------------------------------------------------------- */

static char *copy_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? xstrdup(text) : NULL;
}

static bool copy_hex(const json_t *object, const char *key, char *out, size_t digits)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (!text || strlen(text) != digits || strspn(text, "0123456789abcdef") != digits)
        return false;
    memcpy(out, text, digits + 1);
    return true;
}

/* What is in the file counts, not what the helper says. */
static int take_file(const json_t *object, const char *kind, int fd, uint64_t max,
                     struct fetched_file *file, struct error *err)
{
    struct stat status;

    file->url = copy_text(object, "url");
    file->size = (uint64_t)json_integer_value(json_object_get(object, "size"));
    file->verified = copy_text(object, "verified");
    if (!file->url || !copy_hex(object, "md5", file->md5, 32) ||
        !copy_hex(object, "sha256", file->sha256, 64) || fstat(fd, &status) < 0 ||
        (uint64_t)status.st_size != file->size || file->size == 0 || file->size > max)
        return error_set(err, ERROR_INTERNAL,
                         "the helper fetch gave a %s that does not fit its "
                         "answer",
                         kind);
    log_step("%s: %s, %llu bytes, MD5 %s, SHA-256 %s, %s", kind, file->url,
             (unsigned long long)file->size, file->md5, file->sha256,
             file->verified ? "verified by the tree's checksum"
                            : "the tree has no checksum for it");
    return 0;
}

static void take_recognised(const json_t *answer, struct fetched *fetched)
{
    const json_t *recognised = json_object_get(answer, "recognised");
    const char *name = json_string_value(json_object_get(recognised, "name"));
    const char *version = json_string_value(json_object_get(recognised, "version"));

    fetched->recognised_family = copy_text(recognised, "family");
    if (name || version)
        fetched->recognised_as = xasprintf("%s%s%s", name ? name : "version", version ? " " : "",
                                           version ? version : "");
}

static int take_answer(struct conversation *conversation, const json_t *answer,
                       const struct outputs *outputs, struct error *err)
{
    struct fetched *fetched = conversation->fetched;
    const json_t *tree = json_object_get(answer, "tree");
    const json_t *ramdisk = json_object_get(answer, "ramdisk");

    take_recognised(answer, fetched);
    fetched->family = copy_text(answer, "family");
    fetched->layout = copy_text(answer, "layout");
    fetched->tree_metadata = copy_text(tree, "metadata");
    fetched->tree_name = copy_text(tree, "name");
    fetched->tree_version = copy_text(tree, "version");
    fetched->tree_arch = copy_text(tree, "arch");
    fetched->has_ramdisk = json_is_object(ramdisk);
    if (take_file(json_object_get(answer, "kernel"), "kernel", outputs->kernel.fd,
                  conversation->limits->kernel_max, &fetched->kernel, err) < 0)
        return -1;
    if (!fetched->layout)
        return error_set(err, ERROR_INTERNAL, "the helper fetch gave an answer without a layout");
    if (!fetched->has_ramdisk)
        return 0;
    return take_file(ramdisk, "ramdisk", outputs->ramdisk.fd, conversation->limits->ramdisk_max,
                     &fetched->ramdisk, err);
}

int fetch_limit_hint(const struct settings *settings, const struct fetch_limits *limits,
                     const char *kind, struct error *err)
{
    if (limits->vm)
        return error_hint(err,
                          "raise it with `eliloader vm set %s platform:pv-%s-max-size=BYTES` for "
                          "this VM, or with %s-max-size in %s for all",
                          limits->vm, kind, kind, settings->config);
    return error_hint(err, "raise it with --%s-max-size=SIZE", kind);
}

static int take_error(const struct conversation *conversation, const json_t *error,
                      struct error *err)
{
    const char *name = json_string_value(json_object_get(error, "name"));
    const char *text = json_string_value(json_object_get(error, "text"));
    const char *file = json_string_value(json_object_get(error, "file"));

    take_recognised(error, conversation->fetched);
    conversation->fetched->no_kernel = json_is_true(json_object_get(error, "no_kernel"));
    error_set(err, name ? error_from_toolstack_name(name) : ERROR_INTERNAL, "%s",
              text ? text : "the helper fetch failed without saying why");
    if (err->name != ERROR_LIMITS || !file)
        return -1;
    return fetch_limit_hint(conversation->settings, conversation->limits,
                            strcmp(file, "kernel") == 0 ? "kernel" : "ramdisk", err);
}

static int take_line(void *context, const char *line, size_t length, struct error *err)
{
    struct conversation *conversation = context;
    json_error_t where;
    json_t *object = json_loadb(line, length, 0, &where), *member;

    if (!json_is_object(object)) {
        json_decref(object);
        return error_set(err, ERROR_INTERNAL,
                         "the helper fetch answered something that is not "
                         "JSON: %s",
                         where.text);
    }
    if ((member = json_object_get(object, "progress"))) {
        progress_update(&conversation->progress,
                        (uint64_t)json_integer_value(json_object_get(member, "received")),
                        (uint64_t)json_integer_value(json_object_get(member, "total")));
        json_decref(object);
    } else if ((member = json_object_get(object, "note"))) {
        if (json_is_string(member) && conversation->notes++ < NOTES_MAX)
            log_step("%s", json_string_value(member));
        json_decref(object);
    } else {
        json_decref(conversation->answer);
        conversation->answer = object;
    }
    return 0;
}

/* --- together ---------------------------------------------------------------------------- */

static int read_tables(void *context, struct error *err)
{
    struct conversation *conversation = context;

    return media_open(conversation->settings, conversation->media, err);
}

static int run_helper(struct conversation *conversation, const char *request,
                      const struct outputs *outputs, struct error *err)
{
    static const char *const argv[] = {"fetch", NULL};
    autofree char *path = helper_path("fetch", err);
    autofd int kernel = -1, ramdisk = -1;

    if (!path || (kernel = outputs_write_fd(&outputs->kernel, err)) < 0 ||
        (ramdisk = outputs_write_fd(&outputs->ramdisk, err)) < 0)
        return -1;
    const int fds[] = {kernel, ramdisk};
    const struct child_spec spec = {.name = "fetch",
                                    .path = path,
                                    .argv = argv,
                                    .input = request,
                                    .separator = '\n',
                                    .fds = fds,
                                    .fd_count = ARRAY_SIZE(fds),
                                    .silence_seconds = SILENCE,
                                    .meanwhile = read_tables,
                                    .line = take_line,
                                    .context = conversation};
    progress_start(&conversation->progress, "fetching", conversation->settings->quiet);
    int result = child_run(&spec, err);
    progress_end(&conversation->progress);
    return result;
}

int fetch_tree(const struct settings *settings, const struct tree_request *request,
               const char *proxy, const struct fetch_limits *limits, struct media *media,
               struct outputs *outputs, struct fetched *fetched, struct error *err)
{
    struct conversation conversation = {
        .settings = settings, .limits = limits, .media = media, .answer = NULL, .fetched = fetched};
    autofree char *text = fetch_make_request(settings, NULL, request, proxy, limits, err);
    int result;

    if (!text)
        return -1;
    if (outputs_make(outputs, &outputs->kernel, err) < 0 ||
        outputs_make(outputs, &outputs->ramdisk, err) < 0)
        return -1;
    result = run_helper(&conversation, text, outputs, err);
    /* A helper that says what is wrong may end with any status. */
    const json_t *member = json_object_get(conversation.answer, "error");
    if (member && (result == 0 || err->name != ERROR_INTERRUPTED))
        result = take_error(&conversation, member, err);
    else if (result == 0 && (member = json_object_get(conversation.answer, "answer")))
        result = take_answer(&conversation, member, outputs, err);
    else if (result == 0)
        result = error_set(err, ERROR_INTERNAL, "the helper fetch ended without an answer");
    json_decref(conversation.answer);
    if (result == 0 && !fetched->has_ramdisk)
        outputs_drop(outputs, &outputs->ramdisk);
    return result;
}

static void free_file(struct fetched_file *file)
{
    replace_string(&file->url, NULL);
    replace_string(&file->verified, NULL);
}

void fetched_free(struct fetched *fetched)
{
    free_file(&fetched->kernel);
    free_file(&fetched->ramdisk);
    replace_string(&fetched->layout, NULL);
    replace_string(&fetched->family, NULL);
    replace_string(&fetched->recognised_family, NULL);
    replace_string(&fetched->recognised_as, NULL);
    replace_string(&fetched->tree_metadata, NULL);
    replace_string(&fetched->tree_name, NULL);
    replace_string(&fetched->tree_version, NULL);
    replace_string(&fetched->tree_arch, NULL);
}
