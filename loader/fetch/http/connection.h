/* A repository that is reached by HTTP, and what every request to it has in common: verified TLS,
 * no ambient credentials, bounded redirects; by one curl multi handle, so that connections are used
 * again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_HTTP_CONNECTION_H
#define LOADER_FETCH_HTTP_CONNECTION_H

#include <curl/curl.h>

#include "common/error.h"
#include "common/helper/report.h"
#include "common/text.h"
#include "loader/fetch/http/reach.h"
#include "loader/fetch/http/url.h"

/* Strings belong to the caller. */
struct http_settings {
    const char *repository;                  /* its URL */
    const char *proxy;                       /* URL or HOST:PORT; NULL: none */
    const char *cacert;                      /* PEM text of further certificates; or NULL */
    const char *agent;                       /* as who requests say to come */
    unsigned connect_timeout, stall_timeout; /* seconds */
    unsigned total_timeout;                  /* seconds, for all that is asked of the repository */
    bool allow_downgrade;                    /* a redirect may leave https for http */
    enum reach_allowed redirects;            /* and may go there */
    const uint16_t *ports;                   /* that connections may go to */
    size_t port_count;
};

/* Starts zeroed; opened by connection_open(), closed by connection_close(). */
struct connection {
    const struct http_settings *settings;
    struct report *report;       /* for notes */
    struct base_url base, proxy; /* proxy.text NULL: none */
    char *proxy_url;             /* as curl wants it, or NULL */
    CURLM *multi;
    struct buffer certificates; /* PEM text for curl, empty: none of our own */
    const char *ca_folder;      /* the system's, or NULL */
    struct reach *reach;        /* owned: what all transfers learn of the repository's addresses */
    int64_t deadline;           /* clock_ms() */
};

/* Prepares for SETTINGS; connects nowhere. SETTINGS and REPORT must outlive CONNECTION. 0, or -1
 * with ERR: a repository or proxy that is no http or https URL. The caller closes in either case.
 */
int connection_open(struct connection *connection, const struct http_settings *settings,
                    struct report *report, struct error *err) must_check;
void connection_close(struct connection *connection);

/* A new curl handle for URL, the caller's, with all that requests have in common. The user name and
 * password of the repository are set only for the repository's own scheme, host and port.
 * NULL when there is no memory or curl lacks an option that is relied on. */
CURL *connection_handle(const struct connection *connection, const char *url) must_check;

#endif
