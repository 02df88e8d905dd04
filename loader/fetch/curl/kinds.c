/* Sources by curl: one multi handle drives the transfers of a repository. See kinds.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/kinds.h"

#include <stdlib.h>

#include "common/url.h"
#include "loader/fetch/curl/connection.h"
#include "loader/fetch/curl/ftp.h"
#include "loader/fetch/curl/http.h"
#include "loader/fetch/curl/tftp.h"
#include "loader/fetch/curl/transfer.h"

static int open_with(const struct protocol *protocol, struct file_source *source, struct error *err)
{
    struct connection *connection = xcalloc(1, sizeof *connection);
    struct source_needs needs = {.port_count = 0};

    source->own = connection;
    source->kind->needs(source->settings, &needs);
    if (connection_open(connection, protocol, source, &needs, err) < 0)
        return -1;
    source->repository = xstrdup(connection->base.text);
    return 0;
}

static void close_curl(struct file_source *source)
{
    struct connection *connection = source->own;

    if (!connection)
        return;
    connection_close(connection);
    free(connection);
}

static struct transfer *start(struct file_source *source, const char *path,
                              const struct transfer_spec *spec, struct error *err)
{
    struct curl_transfer *t = curl_transfer_start(source->own, path, spec, err);

    return t ? &t->base : NULL;
}

/* TRANSFER is the first member. */
static struct curl_transfer *curls(struct transfer *transfer)
{
    return (struct curl_transfer *)transfer;
}

static void stop(struct file_source *source, struct transfer *transfer)
{
    (void)source;
    curl_transfer_stop(curls(transfer));
}

static void end_attempts(struct connection *connection)
{
    int left;
    for (CURLMsg *m = curl_multi_info_read(connection->multi, &left); m;
         m = curl_multi_info_read(connection->multi, &left)) {
        struct curl_transfer *transfer = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &transfer);
        /* M is gone once the handle is. */
        if (m->msg == CURLMSG_DONE && transfer)
            curl_transfer_attempt_done(transfer, m->data.result);
    }
}

static int move(struct file_source *source, struct error *err)
{
    struct connection *connection = source->own;
    int running = 0;
    CURLMcode code = curl_multi_perform(connection->multi, &running);

    if (code != CURLM_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    end_attempts(connection);
    return 0;
}

static int look(struct file_source *source, struct transfer *transfer, int max)
{
    (void)source;
    return curl_transfer_look(curls(transfer), max);
}

static int wait_for(struct file_source *source, int ms, struct error *err)
{
    struct connection *connection = source->own;
    CURLMcode code = curl_multi_poll(connection->multi, NULL, 0, ms, NULL);

    if (code != CURLM_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    return 0;
}

/* --- HTTP ---------------------------------------------------------------------------------- */

/* Those of redirects, too. Behind a proxy, all requests go to the proxy. */
static void http_needs(const struct source_settings *settings, struct source_needs *needs)
{
    if (settings->proxy) {
        source_need_port(needs, url_port(settings->proxy));
        return;
    }
    source_need_port(needs, 80);
    source_need_port(needs, 443);
    source_need_port(needs, url_port(settings->repository));
    needs->any_port = settings->redirects == REACH_ALLOW_ANY;
}

static int http_open(struct file_source *source, struct error *err)
{
    return open_with(&protocol_http, source, err);
}

const struct source_kind source_http = {http_needs, http_open, close_curl, start,
                                        stop,       move,      look,       wait_for};

/* --- FTP ----------------------------------------------------------------------------------- */

/* The server names the port of each data connection. No proxy: those for HTTP speak no FTP that
 * could be relied on. */
static void ftp_needs(const struct source_settings *settings, struct source_needs *needs)
{
    source_need_port(needs, url_port(settings->repository));
    needs->any_port = true;
}

static int ftp_open(struct file_source *source, struct error *err)
{
    auto_free char *path = url_path(source->settings->repository);

    if (open_with(&protocol_ftp, source, err) < 0)
        return -1;
    if (path && text_is_clean(path))
        return 0;
    /* A line end would be the end of a command. */
    return error_set(err, ERROR_INVALID_SOURCE,
                     "%s: its path holds control characters, which no FTP server gets",
                     source->repository);
}

const struct source_kind source_ftp = {ftp_needs, ftp_open, close_curl, start,
                                       stop,      move,     look,       wait_for};

/* --- TFTP ---------------------------------------------------------------------------------- */

/* UDP alone; the port is only what reach.h looks at. */
static void tftp_needs(const struct source_settings *settings, struct source_needs *needs)
{
    source_need_port(needs, url_port(settings->repository));
    needs->bind = true;
}

static int tftp_open(struct file_source *source, struct error *err)
{
    return open_with(&protocol_tftp, source, err);
}

const struct source_kind source_tftp = {tftp_needs, tftp_open, close_curl, start,
                                        stop,       move,      look,       wait_for};
