/* URLs, by curl's own parser, so that what is checked is what is connected to.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"

static void cleanup_curlu(CURLU **parts)
{
    curl_url_cleanup(*parts);
}
#define auto_curlu __attribute__((cleanup(cleanup_curlu)))

static void cleanup_curl_text(char **text)
{
    curl_free(*text);
}
#define auto_curl_text __attribute__((cleanup(cleanup_curl_text)))

/* A part as our own memory; NULL when there is none. */
static char *part(CURLU *parts, CURLUPart which, unsigned flags)
{
    auto_curl_text char *text = NULL;
    if (curl_url_get(parts, which, &text, flags) != CURLUE_OK)
        return NULL;
    return xstrdup(text);
}

static CURLU *parse(const char *text)
{
    CURLU *parts = curl_url();
    if (parts && curl_url_set(parts, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
        return parts;
    curl_url_cleanup(parts);
    return NULL;
}

static char *host_port_of(CURLU *parts)
{
    auto_free char *host = part(parts, CURLUPART_HOST, 0);
    auto_free char *port = part(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (!host)
        return xstrdup("");
    return port ? xasprintf("%s:%s", host, port) : take_pointer(host);
}

/* "X is not a URL": for what curl's parser refuses. */
static int refuse_malformed(const char *text, const char *what, struct error *err)
{
    auto_free char *shown = url_shown(text);
    if (!strstr(text, "://"))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s \"%s\" is not a URL: it must begin with http:// or https://", what,
                         shown);
    return error_set(err, ERROR_INVALID_SOURCE, "%s \"%s\" is not a well-formed URL", what, shown);
}

static int take_credentials(struct base_url *base)
{
    auto_free char *user = part(base->parts, CURLUPART_USER, 0);
    auto_free char *password = part(base->parts, CURLUPART_PASSWORD, 0);
    base->user = part(base->parts, CURLUPART_USER, CURLU_URLDECODE);
    base->password = part(base->parts, CURLUPART_PASSWORD, CURLU_URLDECODE);
    /* What curl refuses to decode (control characters) must not silently become none. */
    if ((user && !base->user) || (password && !base->password))
        return -1;
    if (curl_url_set(base->parts, CURLUPART_USER, NULL, 0) != CURLUE_OK ||
        curl_url_set(base->parts, CURLUPART_PASSWORD, NULL, 0) != CURLUE_OK ||
        curl_url_set(base->parts, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK)
        return -1;
    return 0;
}

/* Whether SCHEME is one of SCHEMES, "http,https". */
static bool is_among(const char *scheme, const char *schemes)
{
    size_t length = strlen(scheme);

    for (const char *at = schemes; *at; at += strspn(at, ",")) {
        size_t size = strcspn(at, ",");
        if (size == length && strncmp(at, scheme, size) == 0)
            return true;
        at += size;
    }
    return false;
}

/* The URL is well-formed, and curl shall not follow it all the same. */
static int refuse_scheme(const char *text, const char *what, const char *scheme,
                         const char *schemes, struct error *err)
{
    auto_free char *shown = url_shown(text);
    const char *comma = strchr(schemes, ',');
    auto_free char *all = comma
                              ? xasprintf("%.*s and %s", (int)(comma - schemes), schemes, comma + 1)
                              : xstrdup(schemes);

    return error_set(err, ERROR_INVALID_SOURCE,
                     "%s \"%s\" has the scheme \"%s\", which is not supported; supported are %s",
                     what, shown, scheme, all);
}

int base_url_parse(const char *text, const char *what, const char *schemes, struct base_url *base,
                   struct error *err)
{
    *base = (struct base_url){0};
    base->parts = parse(text);
    if (!base->parts)
        return refuse_malformed(text, what, err);
    auto_free char *scheme = part(base->parts, CURLUPART_SCHEME, 0);
    if (!scheme || !is_among(scheme, schemes))
        return refuse_scheme(text, what, scheme ? scheme : "", schemes, err);
    if (take_credentials(base) < 0)
        return refuse_malformed(text, what, err);
    /* libcurl decodes a host's percent signs each time that it reads one, and encodes none alike:
     * no name has them. */
    auto_free char *host = part(base->parts, CURLUPART_HOST, 0);
    if (!host || strchr(host, '%'))
        return refuse_malformed(text, what, err);
    base->text = part(base->parts, CURLUPART_URL, 0);
    base->host_port = host_port_of(base->parts);
    auto_free char *path = part(base->parts, CURLUPART_PATH, 0);
    if (!base->text || !path)
        return refuse_malformed(text, what, err);
    base->path = text_ends(path, "/") ? take_pointer(path) : xasprintf("%s/", path);
    return 0;
}

void base_url_free(struct base_url *base)
{
    curl_url_cleanup(base->parts);
    free(base->text);
    free(base->path);
    free(base->host_port);
    free(base->user);
    free(base->password);
    *base = (struct base_url){0};
}

/* RFC 3986: what may stand in a path as it is. Letters and digits are checked apart. */
static bool stands_in_path(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("/-._~!$&'()*+,;=:@", c));
}

static void add_encoded(struct buffer *out, const char *path)
{
    for (const char *p = path; *p; p++) {
        if (stands_in_path((unsigned char)*p))
            buffer_add(out, p, 1);
        else
            buffer_addf(out, "%%%02x", (unsigned char)*p);
    }
}

char *base_url_join(const struct base_url *base, const char *path, struct error *err)
{
    /* Three bytes for each that is encoded. */
    auto_buffer struct buffer full = BUFFER_INIT(strlen(base->path) + 3 * strlen(path) + 1);
    buffer_add_text(&full, base->path);
    add_encoded(&full, path);
    auto_curlu CURLU *parts = curl_url_dup(base->parts);
    char *url = NULL;
    if (parts && !full.full &&
        curl_url_set(parts, CURLUPART_PATH, buffer_text(&full), 0) == CURLUE_OK)
        url = part(parts, CURLUPART_URL, 0);
    if (!url)
        error_set(err, ERROR_INVALID_SOURCE, "%s with the path \"%s\" is not a URL", base->text,
                  path);
    return url;
}

/* Without trust in any structure: from "://" to the last "@" could be a password. */
static char *shown_malformed(const char *url)
{
    const char *at = strrchr(url, '@');
    const char *scheme_end = strstr(url, "://");
    if (!at)
        return xstrdup(url);
    int scheme = scheme_end && scheme_end < at ? (int)(scheme_end + 3 - url) : 0;
    return xasprintf("%.*s%s", scheme, url, at + 1);
}

char *url_shown(const char *url)
{
    auto_curlu CURLU *parts = parse(url);
    char *shown = NULL;
    if (parts && curl_url_set(parts, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
        curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK)
        shown = part(parts, CURLUPART_URL, 0);
    return shown ? shown : shown_malformed(url);
}

char *url_path(const char *url)
{
    auto_curlu CURLU *parts = parse(url);
    auto_free char *path = parts ? part(parts, CURLUPART_PATH, 0) : NULL;

    return path && *path == '/' && text_decode_percent(path) ? take_pointer(path) : NULL;
}

char *url_host_port(const char *url)
{
    auto_curlu CURLU *parts = parse(url);
    return parts ? host_port_of(parts) : xstrdup("");
}

bool url_is_https(const char *url)
{
    return strncasecmp(url, "https:", 6) == 0;
}

bool url_same_host(const char *a, const char *b)
{
    auto_curlu CURLU *parts_a = parse(a);
    auto_curlu CURLU *parts_b = parse(b);
    auto_free char *host_a = parts_a ? part(parts_a, CURLUPART_HOST, 0) : NULL;
    auto_free char *host_b = parts_b ? part(parts_b, CURLUPART_HOST, 0) : NULL;

    return host_a && host_b && strcasecmp(host_a, host_b) == 0;
}

bool url_same_origin(const char *a, const char *b)
{
    auto_free char *host_a = url_host_port(a);
    auto_free char *host_b = url_host_port(b);
    return *host_a && strcasecmp(host_a, host_b) == 0 && url_is_https(a) == url_is_https(b);
}
