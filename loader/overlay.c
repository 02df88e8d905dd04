/* Starts the helper `ramdisk`, and takes its result in the place of the vendor's ramdisk. See
 * overlay.h; the contract is ramdisk/ramdisk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "common/child.h"
#include "common/log.h"
#include "loader/progress.h"
#include "loader/ramdisk/ramdisk.h"

/* The helper says something every second: so long a silence means that it hangs. Seconds. */
#define SILENCE 60

/* One overlay to lay. */
struct laying {
    const struct settings *settings;
    const struct map_entry *entry;
    const char *vendor;  /* where the vendor's ramdisk came from, for messages */
    const char *overlay; /* path */
    const struct fetch_limits *limits;
    struct progress progress;
    json_t *last; /* what the helper said last, or NULL */
};

/* --- talking to the helper ----------------------------------------------------------------- */

static char *make_request(const struct laying *laying, struct error *err)
{
    autofree char *vendor = text_escape(laying->vendor);
    autofree char *overlay = text_escape(laying->overlay);
    json_t *request =
        json_pack("{s:s, s:b, s:I, s:I, s:s, s:s}", "type",
                  laying->entry->type == RAMDISK_EXT2 ? "ext2" : "cpio", "append",
                  (int)laying->entry->append, "limit", (json_int_t)laying->limits->ramdisk_max,
                  "uid", (json_int_t)laying->settings->runas, "vendor", vendor, "overlay", overlay);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;

    json_decref(request);
    if (!text)
        error_set(err, ERROR_INTERNAL, "cannot make the request for the helper ramdisk");
    return text;
}

static int take_line(void *context, const char *line, size_t length, struct error *err)
{
    struct laying *laying = context;
    json_error_t where;
    json_t *object = json_loadb(line, length, 0, &where), *member;

    if (!json_is_object(object)) {
        json_decref(object);
        return error_set(err, ERROR_INTERNAL,
                         "the helper ramdisk answered something that is not JSON: %s", where.text);
    }
    if ((member = json_object_get(object, "progress"))) {
        progress_update(&laying->progress,
                        (uint64_t)json_integer_value(json_object_get(member, "received")),
                        (uint64_t)json_integer_value(json_object_get(member, "total")));
        json_decref(object);
    } else if ((member = json_object_get(object, "note"))) {
        if (json_is_string(member))
            log_step("%s", json_string_value(member));
        json_decref(object);
    } else {
        json_decref(laying->last);
        laying->last = object;
    }
    return 0;
}

static int run_helper(struct laying *laying, const char *request, const int fds[3],
                      struct error *err)
{
    static const char *const argv[] = {"ramdisk", NULL};
    autofree char *path = helper_path("ramdisk", err);
    const struct child_spec spec = {.name = "ramdisk",
                                    .path = path,
                                    .argv = argv,
                                    .input = request,
                                    .separator = '\n',
                                    .fds = fds,
                                    .fd_count = 3,
                                    .silence_seconds = SILENCE,
                                    .line = take_line,
                                    .context = laying};

    if (!path)
        return -1;
    progress_start(&laying->progress, "laying the overlay", laying->settings->quiet);
    int result = child_run(&spec, err);
    progress_end(&laying->progress);
    return result;
}

static int take_error(const struct laying *laying, const json_t *error, struct error *err)
{
    const char *name = json_string_value(json_object_get(error, "name"));
    const char *text = json_string_value(json_object_get(error, "text"));

    error_set(err, name ? error_from_toolstack_name(name) : ERROR_INTERNAL, "%s",
              text ? text : "the helper ramdisk failed without saying why");
    if (err->name == ERROR_LIMITS)
        return fetch_limit_hint(laying->settings, laying->limits, "ramdisk", err);
    return -1;
}

/* What is in the file counts, not what the helper says. */
static int take_answer(const struct laying *laying, const json_t *answer, int fd, struct error *err)
{
    json_int_t size = json_integer_value(json_object_get(answer, "size"));
    struct stat status;

    if (fstat(fd, &status) < 0 || size <= 0 || status.st_size != size ||
        (uint64_t)size > laying->limits->ramdisk_max)
        return error_set(err, ERROR_INTERNAL,
                         "the helper ramdisk gave a file that does not fit its answer");
    return 0;
}

/* --- the files ----------------------------------------------------------------------------- */

/* A descriptor of its own to the file that FD is, so that it has an offset of its own. */
static int reopen(int fd, int flags, struct error *err)
{
    autofree char *self = xasprintf("/proc/self/fd/%d", fd);
    int own = open(self, flags | O_CLOEXEC);

    if (own < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open a file of this run");
    return own;
}

static int open_overlay(const char *path, struct error *err)
{
    struct stat status;
    /* Not blocking: a fifo is refused below, and not waited for. */
    autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 && errno == ENOENT)
        return error_set(err, ERROR_SUPPORT_PACKAGE, "the overlay %s is not there", path);
    if (fd < 0 || fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_SUPPORT_PACKAGE, "cannot open the overlay %s", path);
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_SUPPORT_PACKAGE, "the overlay %s is not a regular file", path);
    return take_fd(&fd);
}

static int lay_into(struct laying *laying, const struct outputs *outputs,
                    const struct output_file *result, struct error *err)
{
    autofree char *request = make_request(laying, err);
    /* A filesystem is changed where it is; an archive is only written. */
    int flags = laying->entry->type == RAMDISK_EXT2 ? O_RDWR : O_WRONLY;
    autofd int vendor = -1, overlay = -1, output = -1;

    if (!request || (overlay = open_overlay(laying->overlay, err)) < 0 ||
        (vendor = reopen(outputs->ramdisk.fd, O_RDONLY, err)) < 0 ||
        (output = reopen(result->fd, flags, err)) < 0)
        return -1;
    const int fds[] = {vendor, overlay, output};
    int status = run_helper(laying, request, fds, err);
    /* A helper that says what is wrong may end with any status. */
    const json_t *member = json_object_get(laying->last, "error");
    if (member && (status == 0 || err->name != ERROR_INTERRUPTED))
        status = take_error(laying, member, err);
    else if (status == 0 && (member = json_object_get(laying->last, "answer")))
        status = take_answer(laying, member, result->fd, err);
    else if (status == 0)
        status = error_set(err, ERROR_INTERNAL, "the helper ramdisk ended without an answer");
    json_decref(laying->last);
    return status;
}

static int lay(struct laying *laying, struct outputs *outputs, struct error *err)
{
    struct output_file result = OUTPUT_FILE_INIT;

    if (outputs_make(outputs, &result, err) < 0 || lay_into(laying, outputs, &result, err) < 0) {
        outputs_drop(outputs, &result);
        return -1;
    }
    outputs_drop(outputs, &outputs->ramdisk);
    outputs->ramdisk = result;
    return 0;
}

/* --- what the tables say ------------------------------------------------------------------- */

static int missing_overlay(const struct media *media, const struct map_entry *entry,
                           const char *path, struct error *err)
{
    if (!entry->tree || !media_is_own(entry->table) || media_has_overlay_of(media, entry->table))
        return error_set(err, ERROR_SUPPORT_PACKAGE,
                         "the overlay %s is not there, which %s, line %u names for this ramdisk "
                         "(%s); put it there, or correct that line",
                         path, entry->table, entry->line, entry->name);
    log_warning("the ramdisk of this installer (%s) is used as it came: its overlay '%s' is not on "
                "this host; put the vendor's overlays into a map folder, or say that it needs "
                "none: eliloader media add",
                entry->name, entry->overlay);
    return 0;
}

int overlay_apply(const struct settings *settings, const struct media *media,
                  const struct fetched *fetched, const struct fetch_limits *limits,
                  struct outputs *outputs, const char *who, struct error *err)
{
    const struct fetched_file *ramdisk = &fetched->ramdisk;
    struct map_entry entry;
    autofree char *path = NULL;

    if (!fetched->has_ramdisk)
        return 0;
    if (!maps_find(media->maps, ramdisk->md5, ramdisk->sha256, fetched->tree_name,
                   fetched->tree_version, fetched->tree_arch, &entry)) {
        log_step("%s: the ramdisk is in no table: it is used as it came", who);
        return 0;
    }
    log_step("%s: the ramdisk is known as %s (%s, line %u)", who, entry.name, entry.table,
             entry.line);
    if (!entry.overlay)
        return 0;
    if (!media_find_overlay(media, entry.table, entry.overlay, &path))
        return missing_overlay(media, &entry, path, err);
    struct laying laying = {.settings = settings,
                            .entry = &entry,
                            .vendor = ramdisk->url,
                            .overlay = path,
                            .limits = limits};
    if (lay(&laying, outputs, err) < 0)
        return error_prefix(err, "cannot lay the overlay %s over the ramdisk", path);
    log_step("%s: the overlay %s is laid over the ramdisk (%s)", who, path,
             media_type_name(&entry));
    return 0;
}
