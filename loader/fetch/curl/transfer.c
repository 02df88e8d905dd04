/* Transfers: curl's callbacks, what an attempt's end means, and the next attempt. See transfer.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/transfer.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/protocol/fetch.h"
#include "loader/fetch/curl/failure.h"
#include "loader/fetch/curl/gate.h"
#include "loader/fetch/curl/protocol.h"
#include "loader/fetch/curl/resume.h"

/* The first resume is at once, each later one this much later than the one before. */
#define RESUME_DELAY_MS 500

/* Headers are no sign of life, nor are the responses in front of the real one (1xx): both could
 * trickle for ever. */
static int count_header(struct curl_transfer *t, size_t length)
{
    t->header_bytes += length;
    if (t->header_bytes > FETCH_HEADER_MAX)
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: the server sends more than %d KiB of response headers", t->base.url,
                  FETCH_HEADER_MAX / 1024);
    else if (++t->header_lines > FETCH_HEADER_LINES_MAX)
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: the server sends more than %d lines of response headers", t->base.url,
                  FETCH_HEADER_LINES_MAX);
    else
        return 0;
    return transfer_fail(&t->base);
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct curl_transfer *t = context;
    size_t length = size * count;

    if (count_header(t, length) < 0 || t->connection->protocol->line(t, line, length) < 0)
        return 0;
    return length;
}

static size_t on_data(char *bytes, size_t size, size_t count, void *context)
{
    struct curl_transfer *t = context;
    const struct protocol *protocol = t->connection->protocol;
    size_t length = size * count;

    if (protocol->begin && !t->accepted && protocol->begin(t) < 0)
        return 0;
    pace_sign(&t->base.pace, clock_ms(), length);
    if (!protocol->brings_file(t)) {
        t->discarded_bytes += length;
        return t->discarded_bytes > protocol->discard_max ? 0 : length;
    }
    return transfer_take(&t->base, bytes, length) < 0 ? 0 : length;
}

/* The connection stands, the request goes out. */
static int on_request(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct curl_transfer *t = context;
    (void)local, (void)local_port;
    if (gate_request(t, remote, remote_port) < 0)
        return CURL_PREREQFUNC_ABORT;
    replace_string(&t->base.shown, failure_url(t));
    t->connected = true;
    pace_start(&t->base.pace, clock_ms());
    return CURL_PREREQFUNC_OK;
}

static CURLcode set_callbacks(struct curl_transfer *t)
{
    CURLcode code = curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    code |= curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->curl_error);
    code |= curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    code |= curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    code |= curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_data);
    code |= curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    code |= curl_easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, on_request);
    code |= curl_easy_setopt(t->easy, CURLOPT_PREREQDATA, t);
    code |= curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, gate_open_socket);
    code |= curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t);
    return code;
}

static int begin_attempt(struct curl_transfer *t, const char *url)
{
    CURLcode code = CURLE_OUT_OF_MEMORY;

    t->connected = t->requested = t->base.pace.measured = false;
    t->status = 0;
    error_clear(&t->refusal);
    t->discarded_bytes = 0;
    t->curl_error[0] = '\0';
    response_free(&t->response);
    t->easy = connection_handle(t->connection, url);
    if (t->easy)
        code = set_callbacks(t);
    if (code == CURLE_OK)
        code = t->connection->protocol->ask(t);
    if (code == CURLE_OK && curl_multi_add_handle(t->connection->multi, t->easy) == CURLM_OK)
        return 0;
    error_set(&t->base.err, ERROR_INTERNAL, "%s: libcurl cannot start the transfer", t->base.url);
    return transfer_fail(&t->base);
}

static void end_attempt(struct curl_transfer *t)
{
    if (t->easy) {
        curl_multi_remove_handle(t->connection->multi, t->easy);
        curl_easy_cleanup(t->easy);
    }
    curl_slist_free_all(t->words);
    t->easy = NULL;
    t->words = NULL;
}

struct curl_transfer *curl_transfer_start(const struct connection *connection, const char *path,
                                          const struct transfer_spec *spec, struct error *err)
{
    char *url = base_url_join(&connection->base, path, err);

    if (!url)
        return NULL;
    struct curl_transfer *t = xcalloc(1, sizeof *t);
    t->connection = connection;
    t->outermost = ADDRESS_LOCAL;
    transfer_init(&t->base, connection->settings, spec, url);
    if (begin_attempt(t, url) == 0)
        return t;
    (void)transfer_give_error(&t->base, err);
    curl_transfer_stop(t);
    return NULL;
}

void curl_transfer_stop(struct curl_transfer *t)
{
    end_attempt(t);
    response_free(&t->response);
    error_clear(&t->refusal);
    free(t->location);
    free(t->resume_url);
    transfer_drop(&t->base);
    free(t);
}

/* A connection that stood and broke, or that cannot be made again. */
static bool is_drop(const struct curl_transfer *t, CURLcode code)
{
    switch (code) {
    case CURLE_OK: /* but too short */
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return t->accepted;
    case CURLE_GOT_NOTHING:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
        return resume_is(t);
    default:
        return false;
    }
}

static void resume_later(struct curl_transfer *t)
{
    char *effective = NULL;

    /* Of a resume that did not reach the server, the earlier answer's URL stays. */
    if (t->status && curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &effective) == CURLE_OK &&
        effective)
        replace_string(&t->resume_url, xstrdup(effective));
    t->resumes++;
    t->resume_at = clock_ms() + (int64_t)(t->resumes - 1) * RESUME_DELAY_MS;
    report_note(t->connection->report, "%s: the connection dropped after %llu bytes: resuming",
                t->base.url, (unsigned long long)t->base.received);
    end_attempt(t);
}

static void miss(struct curl_transfer *t)
{
    auto_free char *absence = t->connection->protocol->absence(t);

    transfer_missing(&t->base, absence);
}

/* What curl says of an attempt whose end has no meaning of the protocol's own. */
static void judge_by_curl(struct curl_transfer *t, CURLcode code)
{
    if (code == CURLE_OK && (!t->base.total_known || t->base.received == t->base.total)) {
        t->base.state = TRANSFER_DONE;
        return;
    }
    if (!is_drop(t, code)) {
        failure_from_curl(t, code);
    } else if (!t->base.validator || t->resumes == FETCH_RESUMES_MAX) {
        failure_from_drop(t, code);
    } else {
        resume_later(t);
        return;
    }
    (void)transfer_fail(&t->base);
}

static void judge_attempt(struct curl_transfer *t, CURLcode code)
{
    const struct protocol *protocol = t->connection->protocol;

    if (t->base.state != TRANSFER_RUNNING)
        return;
    if (code != CURLE_OK && t->refusal.text) {
        t->base.err = t->refusal;
        t->refusal = ERROR_INIT;
        (void)transfer_fail(&t->base);
        return;
    }
    switch (protocol->judge(t, code)) {
    case ATTEMPT_MISSING:
        miss(t);
        return;
    case ATTEMPT_REFUSED:
        protocol->explain_refusal(t);
        (void)transfer_fail(&t->base);
        return;
    case ATTEMPT_BY_CURL:
        judge_by_curl(t, code);
    }
}

void curl_transfer_attempt_done(struct curl_transfer *t, CURLcode code)
{
    judge_attempt(t, code);
    end_attempt(t);
}

int curl_transfer_look(struct curl_transfer *t, int max)
{
    int64_t now = clock_ms();
    int64_t next =
        transfer_until_late(&t->base, t->easy && t->connected, now, *t->connection->deadline);

    if (t->base.state != TRANSFER_RUNNING) {
        end_attempt(t);
        return max;
    }
    if (!t->easy && t->resume_at - now < next)
        next = t->resume_at - now;
    if (!t->easy && next <= 0)
        return begin_attempt(t, t->resume_url) < 0 ? max : 0;
    return next < max ? (int)next : max;
}
