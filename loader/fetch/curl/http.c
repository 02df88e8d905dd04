/* What the responses of a web server mean (RFC 9110; section 14: Range, If-Range, Content-Range).
 * See http.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/http.h"

#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/protocol/fetch.h"
#include "loader/fetch/curl/failure.h"
#include "loader/fetch/curl/failure_http.h"
#include "loader/fetch/curl/resume.h"
#include "loader/fetch/curl/transfer_state.h"

/* Bytes of an error page that are read, to keep the connection; a longer one ends it. */
#define DISCARD_MAX (64 * 1024)

/* The first response that brings the file: what it announces. */
static int accept_whole(struct curl_transfer *t)
{
    const struct response *response = &t->response;
    bool known = response->length_known && !response->chunked;

    return resume_accept_whole(t, response_validator(response), response_validator_lasts(response),
                               known ? &response->length : NULL);
}

/* The rest of a file must be of the same file and begin exactly where the bytes that we
 * have end. */
static int accept_rest(struct curl_transfer *t)
{
    const char *range = t->response.content_range, *validator = response_validator(&t->response);
    uint64_t first, last, total;

    if (!validator || strcmp(validator, t->base.validator) != 0)
        return resume_changed(t);
    if (!range || !content_range_parse(range, &first, &last, &total) || last + 1 != total)
        return resume_misplaced(t);
    return resume_accept_rest(t, validator, first, total);
}

/* Another request follows, to where the server sends us. */
static void follow(struct curl_transfer *t)
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
                    t->base.url);
}

/* A response in front of the real one says that there will be one. */
static int count_interim(struct curl_transfer *t)
{
    if (++t->interims <= FETCH_INTERIM_MAX)
        return 0;
    error_set(&t->base.err, ERROR_INVALID_SOURCE,
              "%s: the server answers %ld more than %d times, and never with a file", t->base.url,
              t->status, FETCH_INTERIM_MAX);
    return transfer_fail(&t->base);
}

/* Whether the present request is for what has changed only. */
static bool is_conditional(const struct curl_transfer *t)
{
    return t->base.spec.known && !resume_is(t);
}

/* The headers are complete: what is it that comes? Other statuses are judged at the end. */
static int judge_headers(struct curl_transfer *t)
{
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->status);
    if (t->status / 100 == 1)
        return count_interim(t);
    pace_measure(&t->base.pace, clock_ms());
    if (t->status == 304 && is_conditional(t)) {
        t->base.state = TRANSFER_UNCHANGED;
        return 0;
    }
    if (t->status / 100 == 3) {
        follow(t);
        return 0;
    }
    if (!resume_is(t))
        return t->status == 200 ? accept_whole(t) : 0;
    if (t->status == 206)
        return accept_rest(t);
    if (t->status == 200 || t->status == 404 || t->status == 410 || t->status == 416)
        return resume_changed(t);
    return 0;
}

static int take_line(struct curl_transfer *t, const char *line, size_t length)
{
    bool was_complete = t->response.complete;

    response_line(&t->response, line, length);
    return !was_complete && t->response.complete ? judge_headers(t) : 0;
}

static bool brings_file(const struct curl_transfer *t)
{
    return t->status == (resume_is(t) ? 206 : 200);
}

static CURLcode set(const struct connection *connection, CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);

    code |= curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    code |= curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS_MAX);
    /* 1.1: two connections carry two files, and HTTP/2's machinery need not be trusted. */
    code |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    code |= curl_easy_setopt(easy, CURLOPT_USERAGENT, connection->settings->agent);
    code |= curl_easy_setopt(easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
    return code | curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
}

/* RFC 9110 section 13.1.2 and 13.1.3: by an ETag, else by a date. */
static CURLcode ask_condition(struct curl_transfer *t)
{
    const char *known = t->base.spec.known;
    auto_free char *condition =
        xasprintf("%s: %s", known[0] == '"' ? "If-None-Match" : "If-Modified-Since", known);

    t->words = curl_slist_append(NULL, condition);
    return t->words ? curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->words) : CURLE_OUT_OF_MEMORY;
}

static CURLcode ask(struct curl_transfer *t)
{
    if (!resume_is(t))
        return is_conditional(t) ? ask_condition(t) : CURLE_OK;
    auto_free char *range = xasprintf("%llu-", (unsigned long long)t->base.received);
    auto_free char *condition = xasprintf("If-Range: %s", t->base.validator);

    t->words = curl_slist_append(NULL, condition);
    if (!t->words)
        return CURLE_OUT_OF_MEMORY;
    CURLcode code = curl_easy_setopt(t->easy, CURLOPT_RANGE, range);
    return code | curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->words);
}

static enum attempt_end judge(const struct curl_transfer *t, CURLcode code)
{
    if (!resume_is(t) && (t->status == 404 || t->status == 410))
        return ATTEMPT_MISSING;
    /* A redirect's own failures are curl's to tell, unless its page was too long for us. */
    bool refused = t->response.complete && !brings_file(t) &&
                   (t->status / 100 != 3 || t->discarded_bytes > DISCARD_MAX);
    return refused || (code == CURLE_OK && !brings_file(t)) ? ATTEMPT_REFUSED : ATTEMPT_BY_CURL;
}

static char *absence(const struct curl_transfer *t)
{
    char text[STATUS_TEXT_LENGTH];

    return xasprintf("the server answers %s", status_text(t->status, text));
}

static void explain_refusal(struct curl_transfer *t)
{
    failure_from_status(t);
    t->base.withheld = t->status == 403;
}

const struct protocol protocol_http = {
    .schemes = "http,https",
    .proxied = true,
    .discard_max = DISCARD_MAX,
    .set = set,
    .ask = ask,
    .line = take_line,
    .brings_file = brings_file,
    .judge = judge,
    .absence = absence,
    .explain_refusal = explain_refusal,
    .explain = failure_from_curl_http,
    .no_validator = "the server sends neither an ETag nor a Last-Modified date",
};
