/* The transfers of a repository, and the loop that drives them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/http/http.h"

#include "loader/fetch/http/content.h"
#include "loader/fetch/http/transfer.h"

/* Longest wait in one step, in milliseconds, so that progress is reported in time. */
#define STEP_MS 250

int http_open(struct http *http, const struct http_settings *settings, struct report *report,
              struct error *err)
{
    *http = (struct http){0};
    return connection_open(&http->connection, settings, report, err);
}

void http_close(struct http *http)
{
    for (size_t i = 0; i < HTTP_TRANSFERS_MAX; i++)
        if (http->transfers[i])
            transfer_stop(http->transfers[i]);
    connection_close(&http->connection);
    *http = (struct http){0};
}

const char *http_repository(const struct http *http)
{
    return http->connection.base.text;
}

int http_start(struct http *http, struct transfer *transfer, const char *path,
               const struct transfer_spec *spec, struct error *err)
{
    size_t slot = 0;

    *transfer = (struct transfer){0};
    while (slot < HTTP_TRANSFERS_MAX && http->transfers[slot])
        slot++;
    if (slot == HTTP_TRANSFERS_MAX)
        return error_set(err, ERROR_INTERNAL, "too many transfers at once");
    http->transfers[slot] = transfer;
    return transfer_start(transfer, &http->connection, path, spec, err);
}

void http_stop(struct http *http, struct transfer *transfer)
{
    for (size_t i = 0; i < HTTP_TRANSFERS_MAX; i++)
        if (http->transfers[i] == transfer)
            http->transfers[i] = NULL;
    transfer_stop(transfer);
}

void http_progress(void *context)
{
    struct http *http = context;
    uint64_t received = 0, total = 0;
    bool known = false, all_known = true;

    for (size_t i = 0; i < HTTP_TRANSFERS_MAX; i++) {
        const struct transfer *t = http->transfers[i];
        if (!t || !t->spec.what)
            continue;
        received += t->received;
        total += t->total_known ? t->total : 0;
        known |= t->total_known;
        all_known &= t->total_known;
    }
    report_progress(http->connection.report, received, known && all_known, total);
}

static unsigned count_running(const struct http *http)
{
    unsigned count = 0;
    for (size_t i = 0; i < HTTP_TRANSFERS_MAX; i++)
        count += http->transfers[i] && http->transfers[i]->state == TRANSFER_RUNNING;
    return count;
}

static void end_attempts(struct http *http)
{
    int left;
    for (CURLMsg *m = curl_multi_info_read(http->connection.multi, &left); m;
         m = curl_multi_info_read(http->connection.multi, &left)) {
        struct transfer *transfer = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &transfer);
        /* M is gone once the handle is. */
        if (m->msg == CURLMSG_DONE && transfer)
            transfer_attempt_done(transfer, m->data.result);
    }
}

int http_step(struct http *http, struct error *err)
{
    int running = 0, wait = STEP_MS;
    unsigned before = count_running(http);

    CURLMcode code = curl_multi_perform(http->connection.multi, &running);
    if (code != CURLM_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    end_attempts(http);
    for (size_t i = 0; i < HTTP_TRANSFERS_MAX; i++)
        if (http->transfers[i])
            wait = transfer_look(http->transfers[i], wait);
    http_progress(http);
    /* One that has just ended may be what the caller waits for. */
    if (count_running(http) != before)
        return 0;
    code = curl_multi_poll(http->connection.multi, NULL, 0, wait, NULL);
    if (code != CURLM_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    return 0;
}

static int take_metadata(void *context, const void *bytes, size_t length, struct error *err)
{
    struct buffer *out = context;
    if (buffer_add(out, bytes, length))
        return 0;
    return error_set(err, ERROR_INTERNAL, "metadata of a tree is larger than its buffer");
}

/* What a finished transfer of metadata means: see tree_reader. */
static int judge_metadata(struct http *http, struct transfer *transfer, struct buffer *out,
                          struct error *err)
{
    if (transfer->state == TRANSFER_MISSING)
        return 0;
    if (transfer->state == TRANSFER_FAILED && transfer->status == 403) {
        report_note(http->connection.report, "%s is forbidden (403): going on without it",
                    transfer->url);
        return 0;
    }
    if (transfer->state == TRANSFER_FAILED) {
        *err = transfer->err;
        transfer->err = ERROR_INIT;
        return -1;
    }
    const unsigned char *bytes = (const unsigned char *)buffer_text(out);
    if (content_recognise(bytes, out->length, true) != CONTENT_HTML)
        return 1;
    report_note(http->connection.report, "%s is an HTML page: going on without it", transfer->url);
    return 0;
}

int http_read_metadata(void *context, const char *path, size_t max, struct buffer *out,
                       struct error *err)
{
    struct http *http = context;
    struct transfer transfer = {0};
    struct transfer_spec spec = {
        .limit = max, .limit_error = ERROR_INVALID_SOURCE, .data = take_metadata, .context = out};
    int result;

    buffer_clear(out);
    if (spec.limit > out->maximum)
        spec.limit = out->maximum;
    result = http_start(http, &transfer, path, &spec, err);
    while (result == 0 && transfer.state == TRANSFER_RUNNING)
        result = http_step(http, err);
    if (result == 0)
        result = judge_metadata(http, &transfer, out, err);
    http_stop(http, &transfer);
    if (result <= 0)
        buffer_clear(out);
    return result;
}
