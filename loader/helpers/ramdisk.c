/* Starts the helper `ramdisk`, and takes its result in the place of the vendor's ramdisk. See
 * ramdisk.h; the contract is common/protocol/ramdisk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/ramdisk.h"

#include <fcntl.h>

#include "common/escape.h"
#include "common/protocol/ramdisk.h"
#include "loader/helpers/call.h"
#include "loader/helpers/limits.h"
#include "loader/helpers/member.h"
#include "loader/host/open_file.h"

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
