/* URLs as text. See url.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/url.h"

#include <string.h>

#include "common/text.h"

/* Where the login would begin: behind "://"; NULL when there is none. */
static const char *authority_of(const char *url)
{
    const char *found = strstr(url, "://");

    return found ? found + strlen("://") : NULL;
}

const char *url_behind_login(const char *url)
{
    const char *authority = authority_of(url);

    if (!authority)
        return url;
    const char *at = memrchr(authority, '@', strcspn(authority, "/?#"));
    return at ? at + 1 : authority;
}

char *url_without_login(const char *url)
{
    const char *authority = authority_of(url);

    if (!authority)
        return xstrdup(url);
    return xasprintf("%.*s%s", (int)(authority - url), url, url_behind_login(url));
}

/* The port that a URL means which names none. */
static uint16_t usual_port(const char *url)
{
    static const struct {
        const char *scheme;
        uint16_t port;
    } ports[] = {{"https:", 443}, {"ftp:", 21}, {"tftp:", 69}};

    for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
        if (strncasecmp(url, ports[i].scheme, strlen(ports[i].scheme)) == 0)
            return ports[i].port;
    return 80;
}

uint16_t url_port(const char *url)
{
    const uint16_t usual = usual_port(url);
    const char *host = url_behind_login(url);
    size_t length = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', length);
    auto_free char *text =
        at ? xstrndup(at + 1, length - (size_t)(at + 1 - host)) : xstrndup(host, length);
    /* The colons of an IPv6 address stand in brackets. */
    const char *behind = *text == '[' ? strchr(text, ']') : text;
    const char *colon = behind ? strchr(behind, ':') : NULL;
    uint64_t port;

    if (!behind)
        return 0;
    if (!colon || !colon[1])
        return usual;
    return text_to_number(colon + 1, UINT16_MAX, &port) ? (uint16_t)port : 0;
}

size_t url_image_length(const char *path)
{
    static const char suffix[] = ".iso";
    const size_t length = strlen(suffix);
    const char *part = path;

    while (*part) {
        size_t end;

        part += strspn(part, "/");
        end = strcspn(part, "/");
        if (end > length && strncasecmp(part + end - length, suffix, length) == 0)
            return (size_t)(part - path) + end;
        part += end;
    }
    return strlen(path);
}

bool url_split_file(const char *url, char **folder, char **path)
{
    const char *authority = authority_of(url);
    size_t first = authority ? (size_t)(authority - url) : 0;
    size_t end = strcspn(url, "?#"), start = end;
    size_t query = strcspn(url + end, "#");

    while (start > first && url[start - 1] != '/')
        start--;
    if (start <= first || start == end)
        return false;
    *path = xstrndup(url + start, end - start);
    *folder = xasprintf("%.*s%.*s", (int)start, url, (int)query, url + end);
    return text_decode_percent(*path);
}
