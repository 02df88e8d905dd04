/* A repository that is reached by HTTP: its connections, and what every request has in
 * common (verified TLS, no ambient credentials, bounded redirects), by one curl multi
 * handle, so that connections are used again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_HTTP_HTTP_H
#define LOADER_FETCH_HTTP_HTTP_H

#include <curl/curl.h>

#include "common/error.h"
#include "common/text.h"
#include "distros/distros.h"
#include "loader/fetch/http/url.h"
#include "loader/fetch/report.h"
#include "loader/fetch/request.h"

/* Kernel and ramdisk side by side. */
#define HTTP_TRANSFERS_MAX 2

struct transfer;

/* Starts zeroed; opened by http_open(), closed by http_close(). */
struct http {
    const struct fetch_request *request;
    struct report *report;
    struct base_url base, proxy; /* proxy.text NULL: none */
    char *proxy_url;             /* as curl wants it, or NULL */
    CURLM *multi;
    struct buffer certificates; /* PEM text for curl, empty: none of our own */
    const char *ca_folder;      /* the system's, or NULL */
    struct transfer *transfers[HTTP_TRANSFERS_MAX];
};

/* Prepares for REQUEST; connects nowhere. REQUEST and REPORT must outlive HTTP. 0, or -1
 * with ERR: a repository or proxy that is no http or https URL. */
int http_open(struct http *http, const struct fetch_request *request, struct report *report,
              struct error *err) must_check;
void http_close(struct http *http);

/* A new curl handle for URL with all that requests have in common. The user name and
 * password of the repository are set only for the repository's own scheme, host and port.
 * NULL when there is no memory or curl lacks an option that is relied on. */
CURL *http_handle(struct http *http, const char *url) must_check;

/* Lets the transfers in `transfers` go on for a moment: moves bytes, waits when there are
 * none, ends those that are done, reports progress. 0, or -1 with ERR. */
int http_step(struct http *http, struct error *err) must_check;
/* Reports the progress of all transfers of files; a context is a struct http. */
void http_progress(void *context);

/* struct tree_reader's read; CONTEXT is a struct http. What a server or a captive portal
 * answers as an HTML page, and what it forbids (403, as many do for names with a leading
 * dot), counts as not there. */
int http_read_metadata(void *context, const char *path, size_t max, struct buffer *out,
                       struct error *err);

#endif
