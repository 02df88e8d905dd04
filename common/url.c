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
