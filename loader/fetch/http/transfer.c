/* Transfers: curl's callbacks, what an attempt's end means, resuming (RFC 9110 section 14:
 * Range, If-Range, Content-Range).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/http/transfer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/protocol/fetch.h"
#include "loader/fetch/http/failure.h"
#include "loader/fetch/http/gate.h"

/* Bytes of an error page that are read, to keep the connection; a longer one ends it. */
#define DISCARD_MAX (64 * 1024)
/* The first resume is at once, each later one this much later than the one before. */
#define RESUME_DELAY_MS 500

static bool is_resume(const struct transfer *t)
{
    return t->resumes > 0;
}

static int fail(struct transfer *t)
{
    t->state = TRANSFER_FAILED;
    return -1;
}

static int changed(struct transfer *t)
{
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s was changed on the server while it was being fetched: try again", t->url);
    return fail(t);
}

/* The first response that brings the file: what it announces. */
static int accept_whole(struct transfer *t)
{
    const char *validator = response_validator(&t->response);

    t->accepted = true;
    t->total_known = t->response.length_known && !t->response.chunked;
    t->total = t->total_known ? t->response.length : 0;
    replace_string(&t->validator, validator ? xstrdup(validator) : NULL);
    if (t->total_known && t->total > t->spec.limit) {
        failure_from_limit(t, true, t->total);
        return fail(t);
    }
    return 0;
}

/* The rest of a file must be of the same file and begin exactly where the bytes that we
 * have end. */
static int accept_rest(struct transfer *t)
{
    const char *validator = response_validator(&t->response);
    uint64_t first, last, total;

    if (!validator || strcmp(validator, t->validator) != 0)
        return changed(t);
    if (!t->response.content_range ||
        !content_range_parse(t->response.content_range, &first, &last, &total) ||
        first != t->received || last + 1 != total || (t->total_known && total != t->total)) {
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: the server was asked for the bytes from %llu on and answered with others",
                  t->url, (unsigned long long)t->received);
        return fail(t);
    }
    t->total_known = true;
    t->total = total;
    if (total > t->spec.limit) {
        failure_from_limit(t, true, total);
        return fail(t);
    }
    return 0;
}

/* Another request follows, to where the server sends us. */
static void follow(struct transfer *t)
{
    const char *location = t->response.location;
    char *from = NULL;

    curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &from);
    if (!location)
        return;
    replace_string(&t->location, xstrdup(location));
    if (from && url_is_https(from) && strncasecmp(location, "http:", 5) == 0 &&
        t->connection->settings->allow_downgrade)
        report_note(t->connection->report,
                    "%s is redirected from https to http, where nothing protects it on its way",
                    t->url);
}

/* Headers are no sign of life, nor are the responses in front of the real one (1xx): both could
 * trickle for ever. */
static int count_header(struct transfer *t, size_t length)
{
    t->header_bytes += length;
    if (t->header_bytes > FETCH_HEADER_MAX)
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: the server sends more than %d KiB of response headers", t->url,
                  FETCH_HEADER_MAX / 1024);
    else if (++t->header_lines > FETCH_HEADER_LINES_MAX)
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: the server sends more than %d lines of response headers", t->url,
                  FETCH_HEADER_LINES_MAX);
    else
        return 0;
    return fail(t);
}

/* A response in front of the real one says that there will be one. */
static int count_interim(struct transfer *t)
{
    if (++t->interims <= FETCH_INTERIM_MAX)
        return 0;
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: the server answers %ld more than %d times, and never with a file", t->url,
              t->status, FETCH_INTERIM_MAX);
    return fail(t);
}

static void begin_window(struct transfer *t)
{
    t->measured = true;
    t->window_start = clock_ms();
    t->window_bytes = 0;
}

/* The headers are complete: what is it that comes? Other statuses are judged at the end. */
static int judge_headers(struct transfer *t)
{
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->status);
    if (t->status / 100 == 1)
        return count_interim(t);
    begin_window(t);
    if (t->status / 100 == 3) {
        follow(t);
        return 0;
    }
    if (!is_resume(t))
        return t->status == 200 ? accept_whole(t) : 0;
    if (t->status == 206)
        return accept_rest(t);
    if (t->status == 200 || t->status == 404 || t->status == 410 || t->status == 416)
        return changed(t);
    return 0;
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t length = size * count;
    bool was_complete = t->response.complete;

    if (count_header(t, length) < 0)
        return 0;
    response_line(&t->response, line, length);
    if (!was_complete && t->response.complete && judge_headers(t) < 0)
        return 0;
    return length;
}

static bool brings_file(const struct transfer *t)
{
    return t->status == (is_resume(t) ? 206 : 200);
}

static size_t on_data(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t length = size * count;

    t->last_sign = clock_ms();
    t->window_bytes += length;
    if (!brings_file(t)) {
        t->discarded_bytes += length;
        return t->discarded_bytes > DISCARD_MAX ? 0 : length;
    }
    if (t->total_known && length > t->total - t->received) {
        error_set(
            &t->err, ERROR_INVALID_SOURCE,
            "%s: the server announced %llu bytes and sends more: try again, or another mirror",
            t->url, (unsigned long long)t->total);
        fail(t);
        return 0;
    }
    if (length > t->spec.limit - t->received) {
        failure_from_limit(t, false, t->received + length);
        fail(t);
        return 0;
    }
    int64_t before = t->last_sign;
    if (t->spec.data(t->spec.context, bytes, length, &t->err) < 0) {
        fail(t);
        return 0;
    }
    t->received += length;
    /* The above may have waited for the disk, which is not the server's fault. */
    t->last_sign = clock_ms();
    t->window_start += t->last_sign - before;
    return length;
}

/* The connection stands, the request goes out. */
static int on_request(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct transfer *t = context;
    (void)local, (void)local_port;
    if (gate_request(t, remote, remote_port) < 0)
        return CURL_PREREQFUNC_ABORT;
    t->connected = true;
    t->measured = false;
    t->last_sign = clock_ms();
    return CURL_PREREQFUNC_OK;
}

static CURLcode set_resume(struct transfer *t)
{
    auto_free char *range = xasprintf("%llu-", (unsigned long long)t->received);
    auto_free char *condition = xasprintf("If-Range: %s", t->validator);

    t->headers = curl_slist_append(NULL, condition);
    if (!t->headers)
        return CURLE_OUT_OF_MEMORY;
    CURLcode code = curl_easy_setopt(t->easy, CURLOPT_RANGE, range);
    return code | curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static CURLcode set_callbacks(struct transfer *t)
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

static int begin_attempt(struct transfer *t, const char *url)
{
    CURLcode code = CURLE_OUT_OF_MEMORY;

    t->connected = t->measured = false;
    t->status = 0;
    error_clear(&t->refusal);
    t->discarded_bytes = 0;
    t->curl_error[0] = '\0';
    response_free(&t->response);
    t->easy = connection_handle(t->connection, url);
    if (t->easy)
        code = set_callbacks(t);
    if (code == CURLE_OK && is_resume(t))
        code = set_resume(t);
    if (code == CURLE_OK && curl_multi_add_handle(t->connection->multi, t->easy) == CURLM_OK)
        return 0;
    error_set(&t->err, ERROR_INTERNAL, "%s: libcurl cannot start the transfer", t->url);
    return fail(t);
}

static void end_attempt(struct transfer *t)
{
    if (t->easy) {
        curl_multi_remove_handle(t->connection->multi, t->easy);
        curl_easy_cleanup(t->easy);
    }
    curl_slist_free_all(t->headers);
    t->easy = NULL;
    t->headers = NULL;
}

int transfer_start(struct transfer *t, const struct connection *connection, const char *path,
                   const struct transfer_spec *spec, struct error *err)
{
    *t = (struct transfer){.spec = *spec,
                           .connection = connection,
                           .state = TRANSFER_RUNNING,
                           .outermost = ADDRESS_LOCAL};
    t->url = base_url_join(&connection->base, path, err);
    if (!t->url)
        return -1;
    if (begin_attempt(t, t->url) == 0)
        return 0;
    error_clear(err);
    *err = t->err;
    t->err = ERROR_INIT;
    return -1;
}

void transfer_stop(struct transfer *t)
{
    if (!t->connection)
        return;
    end_attempt(t);
    response_free(&t->response);
    error_clear(&t->err);
    error_clear(&t->refusal);
    free(t->url);
    free(t->location);
    free(t->resume_url);
    free(t->validator);
    *t = (struct transfer){0};
}

/* A connection that stood and broke, or that cannot be made again. */
static bool is_drop(const struct transfer *t, CURLcode code)
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
        return is_resume(t);
    default:
        return false;
    }
}

static void resume_later(struct transfer *t)
{
    char *effective = NULL;

    /* Of a resume that did not reach the server, the earlier answer's URL stays. */
    if (t->status && curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &effective) == CURLE_OK &&
        effective)
        replace_string(&t->resume_url, xstrdup(effective));
    t->resumes++;
    t->resume_at = clock_ms() + (int64_t)(t->resumes - 1) * RESUME_DELAY_MS;
    report_note(t->connection->report, "%s: the connection dropped after %llu bytes: resuming",
                t->url, (unsigned long long)t->received);
    end_attempt(t);
}

static void judge_attempt(struct transfer *t, CURLcode code)
{
    if (t->state != TRANSFER_RUNNING)
        return;
    if (code != CURLE_OK && t->refusal.text) {
        t->err = t->refusal;
        t->refusal = ERROR_INIT;
        fail(t);
        return;
    }
    if (!is_resume(t) && (t->status == 404 || t->status == 410)) {
        t->state = TRANSFER_MISSING;
        return;
    }
    /* A redirect's own failures are curl's to tell, unless its page was too long for us. */
    bool refused = t->response.complete && !brings_file(t) &&
                   (t->status / 100 != 3 || t->discarded_bytes > DISCARD_MAX);
    if (refused || (code == CURLE_OK && !brings_file(t))) {
        failure_from_status(t);
    } else if (code == CURLE_OK && (!t->total_known || t->received == t->total)) {
        t->state = TRANSFER_DONE;
        return;
    } else if (!is_drop(t, code)) {
        failure_from_curl(t, code);
    } else if (!t->validator || t->resumes == FETCH_RESUMES_MAX) {
        failure_from_drop(t, code);
    } else {
        resume_later(t);
        return;
    }
    fail(t);
}

void transfer_attempt_done(struct transfer *t, CURLcode code)
{
    judge_attempt(t, code);
    end_attempt(t);
}

/* Milliseconds from NOW until the server has to have sent something, and enough; 0 when it has not,
 * with the transfer failed. */
static int64_t until_late(struct transfer *t, int64_t now)
{
    int64_t allowed = (int64_t)t->connection->settings->stall_timeout * 1000;
    int64_t stall = t->last_sign + allowed - now, slow = t->window_start + allowed - now;
    uint64_t least = (uint64_t)t->connection->settings->stall_timeout * FETCH_RATE_MIN;

    if (stall <= 0) {
        failure_from_stall(t);
        fail(t);
        return 0;
    }
    if (!t->measured)
        return stall;
    if (slow > 0)
        return slow < stall ? slow : stall;
    if (t->window_bytes >= least) {
        begin_window(t);
        return stall;
    }
    failure_from_slowness(t);
    fail(t);
    return 0;
}

/* The same until it needs a look for any other reason. */
static int64_t until_next(struct transfer *t, int64_t now)
{
    int64_t left = t->connection->deadline - now, next = left;

    if (left <= 0) {
        failure_from_deadline(t);
        fail(t);
        return 0;
    }
    if (!t->easy)
        next = t->resume_at - now;
    else if (t->connected)
        next = until_late(t, now);
    return next < left ? next : left;
}

int transfer_look(struct transfer *t, int max)
{
    if (t->state != TRANSFER_RUNNING)
        return max;
    int64_t next = until_next(t, clock_ms());
    if (t->state != TRANSFER_RUNNING) {
        end_attempt(t);
        return max;
    }
    if (!t->easy && next <= 0)
        return begin_attempt(t, t->resume_url) < 0 ? max : 0;
    return next < max ? (int)next : max;
}
