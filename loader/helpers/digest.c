/* The sums of one ramdisk. See digest.h; the contract is common/protocol/fetch.h, mode "sums".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/digest.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* A request for DIGESTS (a list, which is taken) of a file of this host. The caller frees. */
static char *make_fd_request(const struct settings *settings, json_t *digests, uint64_t size,
                             struct error *err)
{
    const struct fetch_limits limits = {.kernel_max = size, .ramdisk_max = size};
    const struct tree_request none = {.repository = NULL};
    auto_free char *plain = fetch_make_request(settings, FETCH_SUMS, &none, NULL, &limits, err);
    json_auto_t *request = plain ? json_loads(plain, 0, NULL) : NULL;

    if (!request || json_object_set(request, "digests", digests) < 0)
        return NULL;
    return json_dumps(request, JSON_COMPACT);
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

int sums_of_fd(const struct settings *settings, int fd, char sha256[65], char *md5,
               struct error *err)
{
    const struct fetch_limits limits = {.kernel_max = 0};
    json_auto_t *answer = NULL, *digests = json_array();
    auto_free char *self = xasprintf("/proc/self/fd/%d", fd);
    /* At its beginning, whoever has read it before. */
    auto_fd int own = open(self, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (own < 0 || fstat(own, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open a file to take its digests");
    if (status.st_size <= 0)
        return error_set(err, ERROR_INTERNAL, "it is empty");
    json_array_append_new(digests, json_string("sha256"));
    if (md5)
        json_array_append_new(digests, json_string("md5"));
    auto_free char *request = make_fd_request(settings, digests, (uint64_t)status.st_size, err);
    if (!request || run_helper(settings, "it", request, own, &limits, &answer, err) < 0)
        return -1;
    if (!member_hex(answer, "sha256", sha256, 64) || (md5 && !member_hex(answer, "md5", md5, 32)))
        return error_set(err, ERROR_INTERNAL, "the helper fetch gave an answer that is damaged");
    return 0;
}
