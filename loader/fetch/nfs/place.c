/* Places on NFS servers. See place.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/nfs/place.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"

static int refuse(const char *text, const char *why, struct error *err)
{
    /* NFS has no logins, and somebody may have written one all the same. */
    const char *at = strrchr(text, '@');

    return error_set(err, ERROR_INVALID_SOURCE,
                     "the repository \"%s%s\" %s; write nfs://HOST/PATH, nfs:HOST:/PATH or "
                     "nfs:OPTIONS:HOST:/PATH",
                     at ? "nfs:…@" : "", at ? at + 1 : text, why);
}

/* --- ports, versions, options -------------------------------------------------------------- */

static bool take_port(const char *value, uint16_t *port)
{
    uint64_t number;

    if (!text_to_number(value, UINT16_MAX, &number) || number == 0)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* "3", "4", "4.1": of the minor versions every server of 4 has the first. */
static bool take_version(const char *value, unsigned *version)
{
    if (strcmp(value, "3") == 0)
        *version = 3;
    else if (strcmp(value, "4") == 0 || (text_starts(value, "4.") && strlen(value) == 3))
        *version = 4;
    else
        return false;
    return true;
}

/* NAME=VALUE of mount(8). Most say how the kernel caches, locks and waits, and mean nothing here.
 * False: it asks for what there is not. */
static bool take_option(struct nfs_place *place, const char *name, const char *value)
{
    if (strcmp(name, "vers") == 0 || strcmp(name, "nfsvers") == 0)
        return take_version(value, &place->version);
    if (strcmp(name, "port") == 0)
        return take_port(value, &place->nfs_port);
    if (strcmp(name, "mountport") == 0)
        return take_port(value, &place->mount_port);
    if (strcmp(name, "proto") == 0)
        return text_starts(value, "tcp");
    if (strcmp(name, "sec") == 0)
        return strcmp(value, "sys") == 0;
    return strcmp(name, "udp") != 0;
}

/* The same of libnfs's arguments; its others (who we say to be, among them) are not for whoever
 * writes a URL. */
static bool take_argument(struct nfs_place *place, const char *name, const char *value)
{
    if (strcmp(name, "version") == 0)
        return take_version(value, &place->version);
    if (strcmp(name, "nfsport") == 0)
        return take_port(value, &place->nfs_port);
    if (strcmp(name, "mountport") == 0)
        return take_port(value, &place->mount_port);
    return false;
}

/* Each NAME=VALUE of LIST, which is cut up. */
static int take_list(char *list, const char *separator,
                     bool (*take)(struct nfs_place *, const char *, const char *),
                     struct nfs_place *place, struct error *err)
{
    char *rest = NULL;

    for (char *one = strtok_r(list, separator, &rest); one;
         one = strtok_r(NULL, separator, &rest)) {
        char *equals = strchr(one, '=');
        if (equals)
            *equals = '\0';
        const char *value = equals ? equals + 1 : "";
        if (!take(place, one, value))
            return error_set(err, ERROR_INVALID_SOURCE,
                             "the repository's NFS option \"%s%s%s\" is not known here; version 3 "
                             "or 4 by TCP is spoken, with sec=sys",
                             one, equals ? "=" : "", value);
    }
    return 0;
}

/* --- host and path ------------------------------------------------------------------------- */

/* The end of the host at TEXT: behind the bracket of an IPv6 address, else before ':' or '/'. */
static const char *host_end(const char *text)
{
    if (*text == '[') {
        const char *bracket = strchr(text, ']');
        return bracket ? bracket + 1 : text;
    }
    return text + strcspn(text, ":/");
}

static void take_host(const char *from, const char *to, struct nfs_place *place)
{
    bool bracket = *from == '[';

    place->host = xstrndup(from + bracket, (size_t)(to - from) - (bracket ? 2 : 0));
}

/* HOST[:[PORT]]/PATH[?ARGUMENTS]: TEXT stands behind the two slashes. */
static int take_url(const char *whole, const char *text, struct nfs_place *place, struct error *err)
{
    const char *end = host_end(text), *path = strchr(end, '/');

    if (end == text || !path || (*end != ':' && *end != '/'))
        return refuse(whole, "has no host or no path", err);
    take_host(text, end, place);
    if (*end == ':' && end + 1 < path) {
        auto_free char *port = xstrndup(end + 1, (size_t)(path - end - 1));
        if (!take_port(port, &place->nfs_port))
            return refuse(whole, "has a port that is none", err);
    }
    size_t length = strcspn(path, "?#");
    place->path = xstrndup(path, length);
    auto_free char *arguments = xstrdup(path[length] == '?' ? path + length + 1 : "");
    if (!text_decode_percent(place->path) || !text_is_clean(place->path))
        return refuse(whole, "has a percent sign that encodes nothing, or a control character",
                      err);
    return take_list(arguments, "&", take_argument, place, err);
}

/* [OPTIONS:]HOST:/PATH. */
static int take_mount(const char *whole, const char *text, struct nfs_place *place,
                      struct error *err)
{
    const char *end = host_end(text);
    auto_free char *options = NULL;

    if (*end == ':' && end[1] != '/') {
        options = xstrndup(text, (size_t)(end - text));
        text = end + 1;
        end = host_end(text);
    }
    if (end == text || *end != ':' || end[1] != '/')
        return refuse(whole, "has no host or no path", err);
    take_host(text, end, place);
    place->path = xstrdup(end + 1);
    return options ? take_list(options, ",", take_option, place, err) : 0;
}

/* --- together ------------------------------------------------------------------------------ */

int nfs_place_parse(const char *text, struct nfs_place *place, struct error *err)
{
    const char *rest = strchr(text, ':');

    *place = (struct nfs_place){.version = 0};
    if (!rest || !text_is_clean(text))
        return refuse(text, "is not a place on an NFS server", err);
    rest++;
    int result = text_starts(rest, "//") ? take_url(text, rest + 2, place, err)
                                         : take_mount(text, rest, place, err);
    /* A mount daemon compares with its exports. */
    for (size_t end = place->path ? strlen(place->path) : 0;
         end > 1 && place->path[end - 1] == '/';)
        place->path[--end] = '\0';
    if (result == 0 && (!*place->host || strpbrk(place->host, "/%@,?#[]")))
        return refuse(text, "has a host that is none", err);
    return result;
}

void nfs_place_free(struct nfs_place *place)
{
    free(place->host);
    free(place->path);
    *place = (struct nfs_place){.version = 0};
}
