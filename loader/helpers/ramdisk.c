/* Starts the helper `ramdisk`, and takes its result in the place of the vendor's ramdisk. See
 * ramdisk.h; the contract is common/protocol/ramdisk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/ramdisk.h"

#include <fcntl.h>
#include <string.h>

#include "common/escape.h"
#include "common/protocol/ramdisk.h"
#include "loader/helpers/call.h"
#include "loader/helpers/limits.h"
#include "loader/helpers/member.h"
#include "loader/host/open_file.h"

/* A start of a file is looked at. Seconds. */
#define LOOK_SECONDS 60

/* --- talking to the helper ----------------------------------------------------------------- */

static char *make_request(const struct settings *settings, const struct ramdisk_overlay *overlay,
                          struct error *err)
{
    auto_free char *vendor = text_escape(overlay->vendor);
    auto_free char *path = text_escape(overlay->overlay);
    json_t *request =
        json_pack("{s:s, s:b, s:I, s:s, s:s}", "type", overlay->ext2 ? "ext2" : "cpio", "append",
                  (int)overlay->append, "limit", (json_int_t)overlay->limits->ramdisk_max, "vendor",
                  vendor, "overlay", path);
    helper_add_user(request, settings);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;

    json_decref(request);
    if (!text)
        error_set(err, ERROR_INTERNAL, "cannot make the request for the helper ramdisk");
    return text;
}

static int run_helper(const struct settings *settings, const struct ramdisk_overlay *overlay,
                      const int fds[3], json_t **answer, struct error *err)
{
    auto_free char *request = make_request(settings, overlay, err);
    const struct helper_call call = {.name = "ramdisk",
                                     .request = request,
                                     .fds = fds,
                                     .fd_count = 3,
                                     .silence_seconds = HELPER_SILENCE,
                                     .total_seconds = helper_seconds(settings),
                                     .total_setting = "fetch-timeout",
                                     .doing = "laying the overlay",
                                     .quiet = settings->quiet};

    if (!request)
        return -1;
    int result = helper_run(&call, answer, NULL, err);
    if (result < 0 && err->name == ERROR_LIMITS)
        return fetch_limit_hint(settings, overlay->limits, "ramdisk", err);
    return result;
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

static int lay_into(const struct settings *settings, const struct ramdisk_overlay *overlay,
                    const struct outputs *outputs, struct output_file *result, struct error *err)
{
    /* A filesystem is changed where it is; an archive is only written. */
    int flags = overlay->ext2 ? O_RDWR : O_WRONLY;
    auto_fd int vendor = -1, path = -1, output = -1;
    json_auto_t *answer = NULL;

    if ((path = disk_open(overlay->overlay, "overlay", false, ERROR_SUPPORT_PACKAGE, err)) < 0 ||
        (vendor = reopen(outputs->ramdisk.fd, O_RDONLY, err)) < 0 ||
        (output = reopen(result->fd, flags, err)) < 0)
        return -1;
    const int fds[] = {vendor, path, output};
    if (run_helper(settings, overlay, fds, &answer, err) < 0)
        return -1;
    close_fd(&output);
    if (output_file_seal(result, err) < 0)
        return -1;
    if (!member_fits(answer, "size", result->fd, overlay->limits->ramdisk_max))
        return error_set(err, ERROR_INTERNAL,
                         "the helper ramdisk gave a file that does not fit its answer");
    return 0;
}

int ramdisk_lay(const struct settings *settings, const struct ramdisk_overlay *overlay,
                struct outputs *outputs, struct error *err)
{
    struct output_file result = OUTPUT_FILE_INIT;

    if (outputs_make(outputs, &result, err) < 0 ||
        lay_into(settings, overlay, outputs, &result, err) < 0) {
        outputs_drop(outputs, &result);
        return -1;
    }
    outputs_drop(outputs, &outputs->ramdisk);
    outputs->ramdisk = result;
    return 0;
}

/* --- what a ramdisk is ----------------------------------------------------------------------- */

static char *make_question(const struct settings *settings, const char *vendor,
                           const struct fetch_limits *limits, struct error *err)
{
    auto_free char *escaped = text_escape(vendor);
    json_auto_t *request = json_pack("{s:s, s:b, s:I, s:s}", "type", "look", "append", 0, "limit",
                                     (json_int_t)limits->ramdisk_max, "vendor", escaped);
    helper_add_user(request, settings);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;

    if (!text)
        error_set(err, ERROR_INTERNAL, "cannot make the request for the helper ramdisk");
    return text;
}

static int read_content(const json_t *answer, enum ramdisk_content *content, struct error *err)
{
    static const struct {
        const char *name;
        enum ramdisk_content content;
    } contents[] = {{RAMDISK_LOOK_CPIO, RAMDISK_IS_ARCHIVE},
                    {RAMDISK_LOOK_PACKED, RAMDISK_IS_ARCHIVE},
                    {RAMDISK_LOOK_EXT2, RAMDISK_IS_EXT2},
                    {RAMDISK_LOOK_OTHER, RAMDISK_IS_OTHER}};
    const char *name = member_text(answer, "content");

    for (size_t i = 0; name && i < ARRAY_SIZE(contents); i++) {
        if (strcmp(name, contents[i].name) != 0)
            continue;
        *content = contents[i].content;
        return 0;
    }
    return error_set(err, ERROR_INTERNAL, "the helper ramdisk gave an answer that is damaged");
}

int ramdisk_ask(const struct settings *settings, struct output_file *ramdisk, const char *vendor,
                const struct fetch_limits *limits, enum ramdisk_content *content, struct error *err)
{
    auto_free char *request = make_question(settings, vendor, limits, err);
    json_auto_t *answer = NULL;

    if (!request || output_file_seal(ramdisk, err) < 0)
        return -1;
    const struct helper_call call = {.name = "ramdisk",
                                     .request = request,
                                     .fds = &ramdisk->fd,
                                     .fd_count = 1,
                                     .total_seconds = LOOK_SECONDS};
    if (helper_run(&call, &answer, NULL, err) < 0)
        return -1;
    return read_content(answer, content, err);
}
