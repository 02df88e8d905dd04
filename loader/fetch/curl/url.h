/* URLs: the repository's, those of its files, and how they may be shown.
 *
 * A user name and password in a URL are taken out when it is read, so that no URL that
 * is passed on, shown or answered can hold them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_URL_H
#define LOADER_FETCH_CURL_URL_H

#include <stdbool.h>

#include <curl/curl.h>

#include "common/error.h"
#include "common/memory.h"

/* A URL taken apart. All owned; starts zeroed. */
struct base_url {
    CURLU *parts;          /* without user name and password */
    char *text;            /* the same as text */
    char *path;            /* its path, always ending in "/" */
    char *host_port;       /* "host:80" */
    char *user, *password; /* decoded; NULL when there is none */
};

/* Takes TEXT apart, which must have a host and one of SCHEMES ("http,https"). WHAT it is stands in
 * messages ("the repository"). 0, or -1 with ERROR_INVALID_SOURCE. */
int base_url_parse(const char *text, const char *what, const char *schemes, struct base_url *base,
                   struct error *err) must_check;
void base_url_free(struct base_url *base);

/* The URL of PATH (raw bytes, relative) below BASE: each segment percent-encoded, BASE's
 * query kept behind it. The caller frees. NULL with ERR when it is no URL. */
char *base_url_join(const struct base_url *base, const char *path, struct error *err) must_check;

/* URL for people: without user name and password, even when it is malformed. The caller
 * frees. */
char *url_shown(const char *url) must_check;
/* The path of URL, decoded, from its first '/' on. The caller frees; NULL: it has none that holds
 * no NUL. */
char *url_path(const char *url) must_check;
/* "host:port" of URL, for messages. The caller frees; "" when URL is malformed. */
char *url_host_port(const char *url) must_check;
/* True when both have the same scheme, host and port. */
bool url_same_origin(const char *a, const char *b);
/* True when both have the same host, whatever their ports. */
bool url_same_host(const char *a, const char *b) must_check;
/* True when URL begins with "https:", any case. */
bool url_is_https(const char *url);

#endif
