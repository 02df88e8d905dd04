/* A repository that is reached by curl, and what every request to it has in common: verified TLS,
 * no ambient credentials, one protocol and no other; by one curl multi handle, so that connections
 * are used again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_CONNECTION_H
#define LOADER_FETCH_CURL_CONNECTION_H

#include <curl/curl.h>

#include "common/error.h"
#include "common/helper/report.h"
#include "common/text.h"
#include "loader/fetch/curl/reach.h"
#include "loader/fetch/curl/url.h"
#include "loader/fetch/source/source.h"

/* Starts zeroed; opened by connection_open(), closed by connection_close(). */
struct connection {
    const struct protocol *protocol;
    const struct source_settings *settings;
    struct report *report;       /* for notes */
    const int64_t *deadline;     /* the source's */
    struct source_needs needs;   /* its ports */
    struct base_url base, proxy; /* proxy.text NULL: none */
    char *proxy_url;             /* as curl wants it, or NULL */
    CURLM *multi;
    struct buffer certificates; /* PEM text for curl, empty: none of our own */
    const char *ca_folder;      /* the system's, or NULL */
    struct reach *reach;        /* owned: what all transfers learn of the repository's addresses */
};

/* Prepares for SOURCE, whose needs are NEEDS, by PROTOCOL; connects nowhere. SOURCE must outlive
 * CONNECTION. 0, or -1 with ERR: a repository or proxy that is no URL of this protocol. The caller
 * closes in either case. */
int connection_open(struct connection *connection, const struct protocol *protocol,
                    const struct file_source *source, const struct source_needs *needs,
                    struct error *err) must_check;
void connection_close(struct connection *connection);

/* A new curl handle for URL, the caller's, with all that requests have in common. The user name and
 * password of the repository are set only for the repository's own scheme, host and port.
 * NULL when there is no memory or curl lacks an option that is relied on. */
CURL *connection_handle(const struct connection *connection, const char *url) must_check;

#endif
