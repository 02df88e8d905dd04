/* Images on NFS servers. See nfs_image.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/nfs_image.h"

#include <string.h>
#include <strings.h>

#include "common/text.h"
#include "common/url.h"

static const char scheme[] = "nfs+iso:";

/* Parts of the place; lengths in bytes. */
struct place {
    const char *options, *host, *port, *path;
    size_t option_length, host_length, port_length, path_length;
};

bool nfs_image_is(const char *repository)
{
    return strncasecmp(repository, scheme, strlen(scheme)) == 0;
}

/* The end of the host at TEXT: behind the bracket of an IPv6 address, else before ':' or '/'. */
static const char *host_end(const char *text)
{
    const char *bracket = *text == '[' ? strchr(text, ']') : NULL;

    return bracket ? bracket + 1 : text + strcspn(text, ":/");
}

static bool take_place(const char *text, struct place *place)
{
    bool is_url = text_starts(text, "//");
    const char *begin = is_url ? text + 2 : text, *end = host_end(begin);

    *place = (struct place){.options = ""};
    if (!is_url && *end == ':' && end[1] != '/') {
        place->options = begin;
        place->option_length = (size_t)(end - begin);
        begin = end + 1;
        end = host_end(begin);
    }
    place->host = begin;
    place->host_length = (size_t)(end - begin);
    place->port = *end == ':' ? end + 1 : end;
    place->port_length = strcspn(place->port, "/");
    place->path = place->port + place->port_length;
    auto_free char *path = xstrndup(place->path, strcspn(place->path, is_url ? "?#" : ""));
    place->path_length = url_image_length(path);
    return place->host_length > 0 && place->path_length > 1;
}

char *nfs_image_told(const char *repository, enum image_form form)
{
    struct place place;

    if (!nfs_image_is(repository) || !take_place(repository + strlen(scheme), &place))
        return NULL;
    if (form == IMAGE_URL)
        return xasprintf("nfs://%.*s%s%.*s%.*s", (int)place.host_length, place.host,
                         place.port_length ? ":" : "", (int)place.port_length, place.port,
                         (int)place.path_length, place.path);
    if (form == IMAGE_FOLDER)
        while (place.path[place.path_length - 1] != '/')
            place.path_length--;
    /* A port is an option of mount. */
    const char *comma = place.option_length && place.port_length ? "," : "";
    bool options = place.option_length || place.port_length;
    return xasprintf("nfs:%.*s%s%s%.*s%s%.*s:%.*s", (int)place.option_length, place.options, comma,
                     place.port_length ? "port=" : "", (int)place.port_length, place.port,
                     options ? ":" : "", (int)place.host_length, place.host, (int)place.path_length,
                     place.path);
}
