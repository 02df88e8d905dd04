/* The sums of one ramdisk. See digest.h; the contract is common/protocol/fetch.h, mode "sums".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/digest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/protocol/fetch.h"
#include "common/protocol/schemes.h"
#include "common/url.h"
#include "loader/helpers/call.h"
#include "loader/helpers/fetch.h"
#include "loader/helpers/limits.h"
#include "loader/helpers/member.h"
#include "loader/host/open_file.h"

/* --- URLs ---------------------------------------------------------------------------------- */

bool sums_is_url(const char *source)
{
    return url_is_fetched(source);
}

const char *sums_shown(const char *source)
{
    return sums_is_url(source) ? url_behind_login(source) : source;
}

/* --- the helper ---------------------------------------------------------------------------- */

int sums_read(const json_t *answer, struct ramdisk_sums *sums, struct error *err)
{
    const char *type = member_text(answer, "type");

    *sums = (struct ramdisk_sums){.type = NULL};
    if (!member_number(answer, "size", INT64_MAX, &sums->size) || sums->size == 0 ||
        !member_hex(answer, "md5", sums->md5, 32) ||
        !member_hex(answer, "sha256", sums->sha256, 64))
        return error_set(err, ERROR_INTERNAL, "the helper fetch gave an answer that is damaged");
    if (type)
        sums->type = strcmp(type, "ext2") == 0 ? "ext2" : "cpio";
    return 0;
}

static int run_helper(const struct settings *settings, const char *source, const char *request,
                      int fd, const struct fetch_limits *limits, json_t **answer, struct error *err)
{
    const struct helper_call call = {.name = "fetch",
                                     .request = request,
                                     .fds = &fd,
                                     .fd_count = fd >= 0 ? 1 : 0,
                                     .silence_seconds = HELPER_SILENCE,
                                     .total_seconds = helper_seconds(settings),
                                     .total_setting = "fetch-timeout",
                                     .doing = "reading",
                                     .quiet = settings->quiet};
    json_auto_t *failure = NULL;

    if (helper_run(&call, answer, &failure, err) == 0)
        return 0;
    /* Of a URL, the helper's sentence names it, without a password. */
    if (failure && !sums_is_url(source))
        error_prefix(err, "cannot take the sums of %s", source);
    return err->name == ERROR_LIMITS ? fetch_limit_hint(settings, limits, "ramdisk", err) : -1;
}

int sums_take(const struct settings *settings, const char *source, struct ramdisk_sums *sums,
              struct error *err)
{
    const struct fetch_limits limits = {.kernel_max = settings->kernel_max,
                                        .ramdisk_max = settings->ramdisk_max};
    auto_free char *folder = NULL, *path = NULL;
    json_auto_t *answer = NULL;
    auto_fd int fd = -1;

    size_t wrong;
    if (url_begins_wrong(source, &wrong))
        return error_set(err, ERROR_INVALID_SOURCE, "what begins with %.*s is no URL without //",
                         (int)wrong, source);
    if (sums_is_url(source)) {
        if (!url_split_file(source, &folder, &path))
            return error_set(err, ERROR_INVALID_SOURCE, "the URL of %s names no file",
                             sums_shown(source));
    } else if ((fd = disk_open(source, "ramdisk", false, ERROR_INVALID_SOURCE, err)) < 0) {
        return -1;
    }
    const struct tree_request tree = {.repository = folder, .ramdisk = path};
    auto_free char *request =
        fetch_make_request(settings, FETCH_SUMS, &tree, settings->proxy, &limits, err);
    if (!request || run_helper(settings, source, request, fd, &limits, &answer, err) < 0)
        return -1;
    return sums_read(answer, sums, err);
}
