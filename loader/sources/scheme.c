/* Kinds of locations, by how they begin. See scheme.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/sources/scheme.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"

/* What xenpvnetboot's users know it by, in any case; the first that fits counts. */
static const struct {
    const char *prefix;
    enum { NETWORK, FILE_URL, NOT_YET } means;
    const char *name;
} kinds[] = {
    {"http://", NETWORK, NULL},
    {"https://", NETWORK, NULL},
    {"file:", FILE_URL, NULL},
    {"ftp://", NOT_YET, "over ftp"},
    {"tftp://", NOT_YET, "over tftp"},
    {"nfs+iso:", NOT_YET, "out of an ISO image on an NFS server"},
    {"nfs:", NOT_YET, "over NFS"},
};

static const char supported[] =
    "http://, https://, file://, a directory, or an image or block device with ext2, 3 or 4";

/* A name, then "://". */
static bool has_scheme(const char *text, size_t *length)
{
    size_t end = 0;

    while (isalnum((unsigned char)text[end]) || (text[end] && strchr("+.-", text[end])))
        end++;
    *length = end;
    return end > 0 && text_starts(text + end, "://");
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

/* What begins like no kind above: a path, unless it is some other URL. */
static int take_path(const char *option, const char *location, char **path, struct error *err)
{
    size_t length;

    if (has_scheme(location, &length))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s begins with %.*s://, which is no kind of location that is known; use "
                         "%s",
                         option, (int)length, location, supported);
    *path = xstrdup(location);
    return 0;
}

int location_kind_of(const char *option, const char *location, enum location_kind *kind,
                     char **path, struct error *err)
{
    *path = NULL;
    *kind = LOCATION_LOCAL;
    if (!text_is_clean(location))
        return error_set(err, ERROR_INVALID_SOURCE, "%s holds control characters", option);
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (strncasecmp(location, kinds[i].prefix, strlen(kinds[i].prefix)) != 0)
            continue;
        if (kinds[i].means == FILE_URL)
            return take_file_url(option, location, path, err);
        if (kinds[i].means == NOT_YET)
            return error_set(err, ERROR_INVALID_SOURCE,
                             "%s: this version cannot get files %s yet; use %s", option,
                             kinds[i].name, supported);
        *kind = LOCATION_NETWORK;
        return 0;
    }
    return take_path(option, location, path, err);
}
