/* The sums of one ramdisk. See sums.h; the contract is fetch/fetch.h, mode "sums".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/sums.h"

#include <ctype.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/child.h"
#include "common/log.h"
#include "loader/fetch/fetch.h"
#include "loader/fetcher.h"
#include "loader/progress.h"

/* The helper says something every second: so long a silence means that it hangs. Seconds. */
#define SILENCE 60

struct summing {
    struct progress progress;
    json_t *last; /* what the helper said last, or NULL */
};

/* --- URLs ---------------------------------------------------------------------------------- */

bool sums_is_url(const char *source)
{
    return strncasecmp(source, "http://", 7) == 0 || strncasecmp(source, "https://", 8) == 0;
}

const char *sums_shown(const char *source)
{
    if (!sums_is_url(source))
        return source;
    const char *host = strstr(source, "://") + 3;
    const char *end = host + strcspn(host, "/?#");

    for (const char *at = host; at < end; at++)
        if (*at == '@')
            host = at + 1;
    return host;
}

static bool decode(char *text)
{
    char *out = text;

    for (const char *in = text; *in; in++) {
        if (*in != '%') {
            *out++ = *in;
            continue;
        }
        if (!isxdigit((unsigned char)in[1]) || !isxdigit((unsigned char)in[2]))
            return false;
        const char digits[] = {in[1], in[2], '\0'};
        *out = (char)strtol(digits, NULL, 16);
        if (!*out++)
            return false;
        in += 2;
    }
    *out = '\0';
    return true;
}

bool sums_split_url(const char *url, char **folder, char **path)
{
    size_t end = strcspn(url, "?#"), start = end;
    const char *host = strstr(url, "://");
    size_t first = host ? (size_t)(host - url) + 3 : 0;
    size_t query = strcspn(url + end, "#");

    while (start > first && url[start - 1] != '/')
        start--;
    if (start <= first || start == end)
        return false;
    *path = xstrndup(url + start, end - start);
    *folder = xasprintf("%.*s%.*s", (int)start, url, (int)query, url + end);
    return decode(*path);
}

/* --- the helper ---------------------------------------------------------------------------- */

static int take_line(void *context, const char *line, size_t length, struct error *err)
{
    struct summing *summing = context;
    json_error_t where;
    json_t *object = json_loadb(line, length, 0, &where), *member;

    if (!json_is_object(object)) {
        json_decref(object);
        return error_set(err, ERROR_INTERNAL,
                         "the helper fetch answered something that is not JSON: %s", where.text);
    }
    if ((member = json_object_get(object, "progress"))) {
        progress_update(&summing->progress,
                        (uint64_t)json_integer_value(json_object_get(member, "received")),
                        (uint64_t)json_integer_value(json_object_get(member, "total")));
        json_decref(object);
    } else if ((member = json_object_get(object, "note"))) {
        if (json_is_string(member))
            log_step("%s", json_string_value(member));
        json_decref(object);
    } else {
        json_decref(summing->last);
        summing->last = object;
    }
    return 0;
}

static bool copy_hex(const json_t *object, const char *key, char *out, size_t digits)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (!text || strlen(text) != digits || strspn(text, "0123456789abcdef") != digits)
        return false;
    memcpy(out, text, digits + 1);
    return true;
}

static int take_answer(const json_t *answer, struct ramdisk_sums *sums, struct error *err)
{
    const char *type = json_string_value(json_object_get(answer, "type"));
    json_int_t size = json_integer_value(json_object_get(answer, "size"));

    *sums = (struct ramdisk_sums){.size = (uint64_t)size};
    if (size <= 0 || !copy_hex(answer, "md5", sums->md5, 32) ||
        !copy_hex(answer, "sha256", sums->sha256, 64))
        return error_set(err, ERROR_INTERNAL, "the helper fetch gave an answer that is damaged");
    if (type)
        sums->type = strcmp(type, "ext2") == 0 ? "ext2" : "cpio";
    return 0;
}

static int take_error(const struct settings *settings, const char *source, const json_t *error,
                      const struct fetch_limits *limits, struct error *err)
{
    const char *name = json_string_value(json_object_get(error, "name"));
    const char *text = json_string_value(json_object_get(error, "text"));

    error_set(err, name ? error_from_toolstack_name(name) : ERROR_INTERNAL, "%s",
              text ? text : "the helper fetch failed without saying why");
    /* Of a URL, the helper's sentence names it, without a password. */
    if (!sums_is_url(source))
        error_prefix(err, "cannot take the sums of %s", source);
    return err->name == ERROR_LIMITS ? fetch_limit_hint(settings, limits, "ramdisk", err) : -1;
}

static int run_helper(const struct settings *settings, const char *request, int fd,
                      struct summing *summing, struct error *err)
{
    static const char *const argv[] = {"fetch", NULL};
    autofree char *path = helper_path("fetch", err);
    const struct child_spec spec = {.name = "fetch",
                                    .path = path,
                                    .argv = argv,
                                    .input = request,
                                    .separator = '\n',
                                    .fds = &fd,
                                    .fd_count = fd >= 0 ? 1 : 0,
                                    .silence_seconds = SILENCE,
                                    .line = take_line,
                                    .context = summing};

    if (!path)
        return -1;
    progress_start(&summing->progress, "reading", settings->quiet);
    int result = child_run(&spec, err);
    progress_end(&summing->progress);
    return result;
}

static int open_file(const char *path, struct error *err)
{
    struct stat status;
    /* Not blocking: a fifo is refused below, and not waited for. */
    autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 || fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot open the ramdisk %s", path);
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_INVALID_SOURCE, "the ramdisk %s is not a regular file", path);
    return take_fd(&fd);
}

int sums_take(const struct settings *settings, const char *source, struct ramdisk_sums *sums,
              struct error *err)
{
    const struct fetch_limits limits = {settings->kernel_max, settings->ramdisk_max, NULL};
    autofree char *folder = NULL, *path = NULL;
    struct summing summing = {.last = NULL};
    autofd int fd = -1;

    if (sums_is_url(source)) {
        if (!sums_split_url(source, &folder, &path))
            return error_set(err, ERROR_INVALID_SOURCE, "the URL of %s names no file",
                             sums_shown(source));
    } else if ((fd = open_file(source, err)) < 0) {
        return -1;
    }
    const struct tree_request tree = {.repository = folder, .ramdisk = path};
    autofree char *request =
        fetch_make_request(settings, FETCH_SUMS, &tree, settings->proxy, &limits, err);
    if (!request)
        return -1;
    int result = run_helper(settings, request, fd, &summing, err);
    const json_t *member = json_object_get(summing.last, "error");
    if (member && (result == 0 || err->name != ERROR_INTERRUPTED))
        result = take_error(settings, source, member, &limits, err);
    else if (result == 0 && (member = json_object_get(summing.last, "answer")))
        result = take_answer(member, sums, err);
    else if (result == 0)
        result = error_set(err, ERROR_INTERNAL, "the helper fetch ended without an answer");
    json_decref(summing.last);
    return result;
}
