/* Starts the helper `ramdisk`, and takes its result in the place of the vendor's ramdisk. See
 * overlay.h; the contract is ramdisk/ramdisk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/media/overlay.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "common/log.h"
#include "common/protocol/ramdisk.h"
#include "loader/helpers/call.h"
#include "loader/host/open_file.h"

/* The helper says something every second: so long a silence means that it hangs. Seconds. */
#define SILENCE 60

/* One overlay to lay. */
struct laying {
    const struct settings *settings;
    const struct map_entry *entry;
    const char *vendor;  /* where the vendor's ramdisk came from, for messages */
    const char *overlay; /* path */
    const struct fetch_limits *limits;
};

/* --- talking to the helper ----------------------------------------------------------------- */

static char *make_request(const struct laying *laying, struct error *err)
{
    auto_free char *vendor = text_escape(laying->vendor);
    auto_free char *overlay = text_escape(laying->overlay);
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
    auto_free char *self = xasprintf("/proc/self/fd/%d", fd);
    int own = open(self, flags | O_CLOEXEC);

    if (own < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open a file of this run");
    return own;
}

static int run_helper(const struct laying *laying, const int fds[3], json_t **answer,
                      struct error *err)
{
    auto_free char *request = make_request(laying, err);
    const struct helper_call call = {.name = "ramdisk",
                                     .request = request,
                                     .fds = fds,
                                     .fd_count = 3,
                                     .silence_seconds = SILENCE,
                                     .doing = "laying the overlay",
                                     .quiet = laying->settings->quiet};

    if (!request)
        return -1;
    int result = helper_run(&call, answer, NULL, err);
    if (result < 0 && err->name == ERROR_LIMITS)
        return fetch_limit_hint(laying->settings, laying->limits, "ramdisk", err);
    return result;
}

static int lay_into(const struct laying *laying, const struct outputs *outputs,
                    const struct output_file *result, struct error *err)
{
    /* A filesystem is changed where it is; an archive is only written. */
    int flags = laying->entry->type == RAMDISK_EXT2 ? O_RDWR : O_WRONLY;
    auto_fd int vendor = -1, overlay = -1, output = -1;
    json_auto_t *answer = NULL;

    if ((overlay = disk_open(laying->overlay, "overlay", false, ERROR_SUPPORT_PACKAGE, err)) < 0 ||
        (vendor = reopen(outputs->ramdisk.fd, O_RDONLY, err)) < 0 ||
        (output = reopen(result->fd, flags, err)) < 0)
        return -1;
    const int fds[] = {vendor, overlay, output};
    if (run_helper(laying, fds, &answer, err) < 0)
        return -1;
    return take_answer(laying, answer, result->fd, err);
}

static int lay(const struct laying *laying, struct outputs *outputs, struct error *err)
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
    auto_free char *path = NULL;

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
    const struct laying laying = {.settings = settings,
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
