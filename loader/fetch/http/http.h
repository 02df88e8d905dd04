/* Files from a repository that is reached by HTTP, two side by side.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_HTTP_HTTP_H
#define LOADER_FETCH_HTTP_HTTP_H

#include "common/error.h"
#include "common/helper/report.h"
#include "common/text.h"
#include "loader/fetch/http/connection.h"
#include "loader/fetch/http/transfer_state.h"

/* Kernel and ramdisk side by side. */
#define HTTP_TRANSFERS_MAX 2

/* Starts zeroed; opened by http_open(), closed by http_close(). */
struct http {
    struct connection connection;
    struct transfer *transfers[HTTP_TRANSFERS_MAX]; /* that were started and not stopped */
};

/* As connection_open() and connection_close(). What was started is stopped. */
int http_open(struct http *http, const struct http_settings *settings, struct report *report,
              struct error *err) must_check;
void http_close(struct http *http);

/* The repository's URL, without user name and password. It belongs to HTTP. */
const char *http_repository(const struct http *http) must_check;

/* Starts TRANSFER, which must not move until it is stopped, for PATH of the repository. 0, or -1
 * with ERR. The caller stops it in either case. */
int http_start(struct http *http, struct transfer *transfer, const char *path,
               const struct transfer_spec *spec, struct error *err) must_check;
/* Ends TRANSFER, whatever its state, and frees all of it. One that is zeroed is passed over. */
void http_stop(struct http *http, struct transfer *transfer);

/* Lets the transfers that were started go on for a moment: moves bytes, waits when there are
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
