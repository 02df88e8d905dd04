/* Kinds of locations, by how they begin. See scheme.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/sources/scheme.h"

#include <string.h>
#include <strings.h>

#include "common/protocol/schemes.h"
#include "common/text.h"

/* What may be named. The caller frees. */
static char *supported(void)
{
    auto_free char *fetched = url_fetched_prefixes(", ", false);

    return xasprintf(
        "%s, file://, a directory, or an ISO image, or an image or block device with a filesystem",
        fetched);
}

/* The path of a file: URL (RFC 8089): file:///PATH, file://localhost/PATH or file:/PATH. */
static int take_file_url(const char *option, const char *url, char **path, struct error *err)
{
    static const char localhost[] = "//localhost/";
    const char *rest = url + strlen("file:");

    if (text_starts(rest, "///"))
        rest += 2;
    else if (strncasecmp(rest, localhost, strlen(localhost)) == 0)
        rest += strlen(localhost) - 1;
    if (*rest != '/' || rest[1] == '/')
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s: its file: URL names no file of this host; write file:///PATH",
                         option);
    *path = xstrdup(rest);
    if (text_decode_percent(*path))
        return 0;
    return error_set(err, ERROR_INVALID_SOURCE,
                     "%s=%s has a percent sign that encodes nothing: write %%25 for one", option,
                     url);
}

/* What begins like no scheme that is known: a path, unless it is some other URL. */
static int take_path(const char *option, const char *location, char **path, struct error *err)
{
    size_t length;

    if (url_begins_wrong(location, &length)) {
        const struct url_scheme *scheme;
        auto_free char *name = xasprintf("%.*s//", (int)length, location);

        scheme = url_scheme_of(name);
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s begins with %.*s and is no URL; write %sHOST/…, or ./%.*s… for a path",
                         option, (int)length, location, scheme ? scheme->prefix : name, (int)length,
                         location);
    }
    if (!url_has_scheme(location, &length)) {
        *path = xstrdup(location);
        return 0;
    }
    auto_free char *known = supported();
    return error_set(err, ERROR_INVALID_SOURCE,
                     "%s begins with %.*s://, which is no kind of location that is known; use %s",
                     option, (int)length, location, known);
}

int location_kind_of(const char *option, const char *location, enum location_kind *kind,
                     char **path, struct error *err)
{
    *path = NULL;
    *kind = LOCATION_LOCAL;
    if (!text_is_clean(location))
        return error_set(err, ERROR_INVALID_SOURCE, "%s holds control characters", option);

    const struct url_scheme *scheme = url_scheme_of(location);
    if (!scheme)
        return take_path(option, location, path, err);
    if (!scheme->network)
        return take_file_url(option, location, path, err);
    *kind = LOCATION_NETWORK;
    return 0;
}
