/* JSON-RPC over HTTP over a Unix socket. See jsonrpc.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/records/jsonrpc.h"

#include <errno.h>
#include <string.h>
#include <sys/un.h>

#include "common/child.h"
#include "common/clock.h"

/* The host of the URL goes into the request's Host line only. */
#define JSONRPC_URL "http://localhost/jsonrpc"
/* A record arrives in a few reads. */
#define RECEIVE_BUFFER (64 * 1024L)

/* --- libcurl's callbacks --------------------------------------------------------------------- */

static size_t on_data(char *bytes, size_t size, size_t count, void *context)
{
    struct jsonrpc *rpc = context;
    return buffer_add(&rpc->answer, bytes, size * count) ? size * count : 0;
}

/* Called at least once a second. */
static int on_progress(void *context, curl_off_t download_total, curl_off_t downloaded,
                       curl_off_t upload_total, curl_off_t uploaded)
{
    const struct jsonrpc *rpc = context;
    (void)download_total;
    (void)downloaded;
    (void)upload_total;
    (void)uploaded;
    return !rpc->ignore_signals && signals_pending() != 0;
}

/* --- the connection -------------------------------------------------------------------------- */

/* Nothing but this socket is spoken to, whatever the environment and ~/.netrc say and the other
 * side answers. */
static CURLcode set_transport(struct jsonrpc *rpc)
{
    CURLcode code = curl_easy_setopt(rpc->easy, CURLOPT_UNIX_SOCKET_PATH, rpc->socket);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_URL, JSONRPC_URL);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_PROTOCOLS_STR, "http");
    code |= curl_easy_setopt(rpc->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_PROXY, "");
    code |= curl_easy_setopt(rpc->easy, CURLOPT_FOLLOWLOCATION, 0L);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_NOSIGNAL, 1L);
    return code | curl_easy_setopt(rpc->easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
}

static CURLcode set_callbacks(struct jsonrpc *rpc)
{
    CURLcode code = curl_easy_setopt(rpc->easy, CURLOPT_HTTPHEADER, rpc->headers);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_USERAGENT, "eliloader/" ELILOADER_VERSION);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_ERRORBUFFER, rpc->curl_error);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_WRITEFUNCTION, on_data);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_WRITEDATA, rpc);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_XFERINFODATA, rpc);
    return code | curl_easy_setopt(rpc->easy, CURLOPT_NOPROGRESS, 0L);
}

/* False when out of memory. "Expect:" is emptied, for it would cost a large request a round trip.
 */
static bool make_headers(struct jsonrpc *rpc)
{
    static const char *const lines[] = {"Content-Type: application/json", "Expect:"};
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        struct curl_slist *longer = curl_slist_append(rpc->headers, lines[i]);
        if (!longer)
            return false;
        rpc->headers = longer;
    }
    return true;
}

int jsonrpc_open(struct jsonrpc *rpc, const char *socket, unsigned seconds, unsigned total_seconds,
                 struct error *err)
{
    *rpc = JSONRPC_INIT;
    rpc->answer.maximum = JSONRPC_ANSWER_MAX;
    rpc->socket = xstrdup(socket);
    rpc->seconds = seconds;
    rpc->deadline_ms = clock_ms() + (int64_t)total_seconds * 1000;
    if (strlen(socket) >= sizeof((struct sockaddr_un){0}).sun_path)
        return error_set(err, ERROR_INTERNAL,
                         "%s is too long to be the path of a socket: at most %zu bytes are allowed",
                         socket, sizeof((struct sockaddr_un){0}).sun_path - 1);
    /* No TLS is spoken: what would start it costs more than a whole load. */
    if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK || !(rpc->easy = curl_easy_init()) ||
        !make_headers(rpc) || set_transport(rpc) != CURLE_OK || set_callbacks(rpc) != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "cannot start libcurl");
    return 0;
}

void jsonrpc_last_words(struct jsonrpc *rpc, unsigned seconds)
{
    rpc->ignore_signals = true;
    rpc->deadline_ms = clock_ms() + (int64_t)seconds * 1000;
}

void jsonrpc_close(struct jsonrpc *rpc)
{
    curl_easy_cleanup(rpc->easy);
    curl_slist_free_all(rpc->headers);
    replace_string(&rpc->socket, NULL);
    buffer_free(&rpc->answer);
    *rpc = JSONRPC_INIT;
}

/* --- a call ---------------------------------------------------------------------------------- */

/* connect(2) failed: what stands in the way, and what to do about it. */
static int no_connection(const struct jsonrpc *rpc, struct error *err)
{
    long number = 0;
    (void)curl_easy_getinfo(rpc->easy, CURLINFO_OS_ERRNO, &number);
    const char *reason = number ? strerror((int)number) : rpc->curl_error;
    if (number == ENOENT || number == ECONNREFUSED)
        return error_set(err, ERROR_INTERNAL,
                         "xapi is not running, for nothing listens at %s (%s); start it with "
                         "`xe-toolstack-restart`",
                         rpc->socket, reason);
    if (number == EACCES || number == EPERM)
        return error_set(err, ERROR_INTERNAL, "cannot connect to %s: %s; only root may",
                         rpc->socket, reason);
    return error_set(err, ERROR_INTERNAL, "cannot connect to %s: %s", rpc->socket, reason);
}

static int timed_out(const struct jsonrpc *rpc, const char *method, struct error *err)
{
    if (clock_ms() >= rpc->deadline_ms)
        return error_set(err, ERROR_INTERNAL,
                         "xapi takes too long for all calls together; the last one was %s", method);
    return error_set(err, ERROR_INTERNAL,
                     "xapi did not answer %s within %u s; if this goes on, restart it with "
                     "`xe-toolstack-restart`",
                     method, rpc->seconds);
}

/* Why no whole answer came. */
static int transfer_failed(const struct jsonrpc *rpc, const char *method, CURLcode code,
                           struct error *err)
{
    switch (code) {
    case CURLE_COULDNT_CONNECT:
        return no_connection(rpc, err);
    case CURLE_OPERATION_TIMEDOUT:
        return timed_out(rpc, method, err);
    case CURLE_ABORTED_BY_CALLBACK:
        return error_set(err, ERROR_INTERRUPTED, "%s was broken off: %s", method,
                         strsignal(signals_pending()));
    case CURLE_WRITE_ERROR:
        return error_set(err, ERROR_INTERNAL, "the answer to %s is larger than %d bytes", method,
                         JSONRPC_ANSWER_MAX);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return error_set(err, ERROR_INTERNAL,
                         "xapi closed the connection before it had answered %s (%s); see "
                         "/var/log/xensource.log",
                         method, *rpc->curl_error ? rpc->curl_error : curl_easy_strerror(code));
    default:
        return error_set(err, ERROR_INTERNAL, "no answer to %s from xapi at %s: %s", method,
                         rpc->socket,
                         *rpc->curl_error ? rpc->curl_error : curl_easy_strerror(code));
    }
}

/* A connection has at most as long as the call that needs it. */
static CURLcode set_time(const struct jsonrpc *rpc)
{
    int64_t call_ms = (int64_t)rpc->seconds * 1000, left_ms = rpc->deadline_ms - clock_ms();
    long ms = (long)(left_ms < call_ms ? left_ms : call_ms);
    /* 0 would be "no limit". */
    CURLcode code = curl_easy_setopt(rpc->easy, CURLOPT_TIMEOUT_MS, ms > 0 ? ms : 1L);
    return code |
           curl_easy_setopt(rpc->easy, CURLOPT_CONNECTTIMEOUT_MS, JSONRPC_CONNECT_SECONDS * 1000L);
}

/* Sends REQUEST; the whole body of the answer is in rpc->answer. */
static int post(struct jsonrpc *rpc, const char *method, const char *request, struct error *err)
{
    long status = 0;

    buffer_clear(&rpc->answer);
    rpc->answer.full = false;
    *rpc->curl_error = '\0';
    CURLcode code = set_time(rpc);
    code |= curl_easy_setopt(rpc->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(request));
    code |= curl_easy_setopt(rpc->easy, CURLOPT_POSTFIELDS, request);
    if (code != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "cannot prepare the call of %s", method);
    code = curl_easy_perform(rpc->easy);
    if (code != CURLE_OK)
        return transfer_failed(rpc, method, code, err);
    (void)curl_easy_getinfo(rpc->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return error_set(err, ERROR_INTERNAL,
                         "xapi answered %s with the HTTP status %ld, not 200; is %s xapi's socket?",
                         method, status, rpc->socket);
    return 0;
}

int jsonrpc_call(struct jsonrpc *rpc, const char *method, const json_t *params, json_t **result,
                 struct jsonrpc_failure *failure, struct error *err)
{
    *result = NULL;
    *failure = JSONRPC_FAILURE_INIT;
    if (clock_ms() >= rpc->deadline_ms)
        return timed_out(rpc, method, err);
    unsigned id = ++rpc->calls;
    json_auto_t *request = json_pack("{s:s, s:s, s:O, s:i}", "jsonrpc", "2.0", "method", method,
                                     "params", (json_t *)params, "id", (int)id);
    auto_free char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    if (!text)
        return error_set(err, ERROR_INTERNAL, "the parameters of %s cannot be written as JSON",
                         method);
    if (post(rpc, method, text, err) < 0)
        return -1;
    return jsonrpc_parse_answer(buffer_text(&rpc->answer), rpc->answer.length, method, id, result,
                                failure, err);
}
