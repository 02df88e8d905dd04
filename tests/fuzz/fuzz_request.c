/* Fuzz target: the requests of the four helpers.
 *
 * The first byte of the input chooses the helper, the rest is its request. Most of it is
 * eliloader's own, but names, URLs and paths in it are those of a VM's editor. It is refused with a
 * sentence, or all that it asks for is in its bounds.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "loader/medium/request.h"
#include "loader/ramdisk/request.h"

/* Two helpers have a bound of this name each. */
#include "fsprobe/request.h"
enum { PROBE_TEXT_MAX = REQUEST_TEXT_MAX };
#undef REQUEST_TEXT_MAX
#include "loader/fetch/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool is_short(const char *text, size_t max)
{
    return !text || strlen(text) <= max;
}

static bool is_clean(const char *text, size_t max)
{
    return !text || (strlen(text) <= max && text_is_clean(text));
}

static bool is_timeout(unsigned seconds)
{
    return seconds >= 1 && seconds <= REQUEST_TIMEOUT_MAX;
}

static int read_fetch(const char *text, size_t size, struct error *err)
{
    auto_fetch_request struct fetch_request r = {.json = NULL};

    if (fetch_request_parse(text, size, &r, err) < 0)
        return -1;
    must(is_clean(r.repository, REQUEST_URL_MAX) && is_clean(r.proxy, REQUEST_URL_MAX));
    must(is_clean(r.kernel, REQUEST_TEXT_MAX) && is_clean(r.ramdisk, REQUEST_TEXT_MAX));
    must(is_clean(r.family, REQUEST_TEXT_MAX) && is_clean(r.arch, REQUEST_TEXT_MAX));
    must(is_clean(r.release, REQUEST_TEXT_MAX) && is_clean(r.agent, REQUEST_TEXT_MAX) && r.agent);
    must(r.sums || r.repository);
    must(r.sums || r.ramdisk_alone || r.family);
    must(!r.ramdisk_alone || r.ramdisk);
    must(r.sums + r.identify + r.ramdisk_alone <= 1);
    must(!(r.redirects_private && r.redirects_any));
    must(is_timeout(r.connect_timeout) && is_timeout(r.stall_timeout));
    must(is_timeout(r.total_timeout) && r.kernel_max >= 1 && r.kernel_max <= REQUEST_SIZE_MAX);
    must(r.ramdisk_max >= 1 && r.ramdisk_max <= REQUEST_SIZE_MAX && r.uid != (uid_t)-1);
    return 0;
}

static int read_probe(const char *text, size_t size, struct error *err)
{
    struct probe_request r = {.json = NULL};
    int result = probe_request_parse(text, size, &r, err);

    if (result == 0) {
        must(r.disk_count >= 1 && r.disk_count <= GUEST_DISKS_MAX && r.uid != (uid_t)-1);
        for (unsigned i = 0; i < r.disk_count; i++)
            must(r.disks[i] && is_short(r.disks[i], REQUEST_NAME_MAX));
        must(is_short(r.family, PROBE_TEXT_MAX) && is_short(r.arch, PROBE_TEXT_MAX));
        must(!r.tree.wanted || (r.tree.family && is_short(r.tree.family, PROBE_TEXT_MAX)));
        must(is_short(r.tree.folder, GUEST_PATH_MAX) && is_short(r.tree.kernel, GUEST_PATH_MAX));
    }
    probe_request_free(&r);
    return result;
}

static int read_medium(const char *text, size_t size, struct error *err)
{
    struct medium_request r = {.json = NULL};
    int result = medium_request_parse(text, size, &r, err);

    if (result == 0) {
        must(r.name && is_short(r.name, MEDIUM_NAME_MAX) && r.uid != (uid_t)-1);
        must(r.length <= INT64_MAX - r.at && r.digest <= DIGEST_SHA512);
    }
    medium_request_free(&r);
    return result;
}

static int read_ramdisk(const char *text, size_t size, struct error *err)
{
    struct ramdisk_request r = {.json = NULL};
    int result = ramdisk_request_parse(text, size, &r, err);

    if (result == 0) {
        must(r.vendor && is_short(r.vendor, RAMDISK_NAME_MAX) && r.overlay);
        must(is_short(r.overlay, RAMDISK_NAME_MAX) && r.limit <= RAMDISK_LIMIT_MAX);
        must(r.uid != (uid_t)-1);
    }
    ramdisk_request_free(&r);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int (*const readers[])(const char *, size_t, struct error *) = {
        read_fetch, read_probe, read_medium, read_ramdisk};
    auto_error struct error err = ERROR_INIT;

    if (size < 1)
        return 0;
    if (readers[data[0] % ARRAY_SIZE(readers)]((const char *)data + 1, size - 1, &err) < 0)
        must(err.text && err.name != ERROR_NONE);
    return 0;
}
