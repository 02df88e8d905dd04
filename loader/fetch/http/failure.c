/* Sentences for what can go wrong with a transfer: what, where, why, and what to do.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/http/failure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "common/escape.h"
#include "common/protocol/fetch.h"
#include "common/text.h"

/* Longest part of a server's text in a sentence, in bytes. */
#define QUOTED_MAX 512

static const char *what(const struct transfer *t)
{
    return t->spec.what ? t->spec.what : "file";
}

/* Where the last request of this attempt went. */
static char *effective_url(const struct transfer *t)
{
    char *url = NULL;
    if (t->easy)
        curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &url);
    return url_shown(url && *url ? url : t->url);
}

char *failure_url(const struct transfer *t)
{
    auto_free char *effective = effective_url(t);
    if (strcmp(effective, t->url) == 0)
        return xstrdup(t->url);
    auto_free char *quoted = text_escape_bytes(effective, strlen(effective), QUOTED_MAX);
    return xasprintf("%s (redirected to %s)", t->url, quoted);
}

/* The machine that this host tried to talk to. */
static char *peer(const struct transfer *t)
{
    if (t->connection->proxy_url)
        return xasprintf("the proxy %s", t->connection->proxy.host_port);
    auto_free char *url = effective_url(t);
    return url_host_port(url);
}

void failure_from_limit(struct transfer *t, bool announced, uint64_t size)
{
    auto_free char *url = failure_url(t);
    char shown[TEXT_SIZE_LENGTH];
    error_set(&t->err, t->spec.limit_error,
              "%s: the %s is larger than the limit of %llu bytes (%s): %s %llu bytes", url, what(t),
              (unsigned long long)t->spec.limit, text_from_size(t->spec.limit, shown),
              announced ? "the server announces" : "it was stopped after",
              (unsigned long long)size);
}

void failure_from_stall(struct transfer *t)
{
    auto_free char *url = failure_url(t);
    auto_free char *of =
        t->total_known ? xasprintf(" of %llu", (unsigned long long)t->total) : xstrdup("");
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: nothing came for %u seconds, after %llu%s bytes: the server or the network has "
              "stalled; try again later, or allow more time (--stall-timeout)",
              url, t->connection->settings->stall_timeout, (unsigned long long)t->received, of);
}

void failure_from_slowness(struct transfer *t)
{
    auto_free char *url = failure_url(t);
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: only %llu bytes came in %u seconds, and %d bytes a second is the least: the "
              "server or the network is too slow; try another mirror, or let it be measured over "
              "more time (--stall-timeout)",
              url, (unsigned long long)t->window_bytes, t->connection->settings->stall_timeout,
              FETCH_RATE_MIN);
}

void failure_from_deadline(struct transfer *t)
{
    auto_free char *url = failure_url(t);
    auto_free char *of =
        t->total_known ? xasprintf(" of %llu", (unsigned long long)t->total) : xstrdup("");
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: %llu%s bytes came until all the time of %u seconds was over; try another "
              "mirror, or allow more time (--fetch-timeout)",
              url, (unsigned long long)t->received, of, t->connection->settings->total_timeout);
}

void failure_from_drop(struct transfer *t, CURLcode code)
{
    auto_free char *url = failure_url(t);
    auto_free char *of = t->total_known
                             ? xasprintf("%llu of %llu bytes", (unsigned long long)t->received,
                                         (unsigned long long)t->total)
                             : xasprintf("%llu bytes", (unsigned long long)t->received);
    error_set(&t->err, ERROR_INVALID_SOURCE, "%s: the connection was closed after %s", url, of);
    if (t->resumes > 0)
        error_hint(&t->err, "it was resumed %u times: try again later, or another mirror",
                   t->resumes);
    else if (!t->validator)
        error_hint(&t->err, "it cannot be resumed, for the server sends neither an ETag nor a "
                            "Last-Modified date: try again");
    if (code == CURLE_COULDNT_CONNECT)
        error_hint(&t->err, "the server does not accept connections any more");
}

/* What a person can do about a status. */
static const char *status_hint(long status)
{
    switch (status) {
    case 401:
        return "the repository wants a user name and a password: "
               "http://USER:PASSWORD@HOST/… as its URL, or others than those in it";
    case 407:
        return "the proxy wants a user name and a password: "
               "http://USER:PASSWORD@HOST:PORT as its URL, or others than those in it";
    case 403:
        return "the server does not give this file to this host";
    case 429:
    case 503:
        return "try again later, or another mirror";
    case 500:
    case 502:
    case 504:
        return "the fault is the server's: try again later, or another mirror";
    case 511:
        return "this network wants a login first";
    default:
        return NULL;
    }
}

void failure_from_status(struct transfer *t)
{
    auto_free char *url = failure_url(t);
    char text[STATUS_TEXT_LENGTH];
    const char *hint = status_hint(t->status);
    error_set(&t->err, ERROR_INVALID_SOURCE, "%s: the server answers %s", url,
              status_text(t->status, text));
    if (hint)
        error_hint(&t->err, "%s", hint);
}

static void connect_failed(struct transfer *t)
{
    auto_free char *to = peer(t);
    long number = 0;
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &number);
    if (number == ECONNREFUSED)
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: %s refuses the connection: no server listens there; check host and port, "
                  "and whether the server runs",
                  t->url, to);
    else
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: no connection to %s: %s; check that this host can reach it", t->url, to,
                  number ? strerror((int)number) : "it cannot be reached");
}

static void resolve_failed(struct transfer *t, bool of_proxy)
{
    auto_free char *url = effective_url(t);
    auto_free char *host = of_proxy ? xstrdup(t->connection->proxy.host_port) : url_host_port(url);
    char *colon = strrchr(host, ':');
    if (colon)
        *colon = '\0';
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: the host name \"%s\"%s cannot be resolved: no such name, or this host's name "
              "server does not answer; check the URL and /etc/resolv.conf",
              t->url, host, of_proxy ? " of the proxy" : "");
}

static void connect_timed_out(struct transfer *t)
{
    auto_free char *to = peer(t);
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: no connection to %s within %u seconds; check that this host can reach it, or "
              "give a proxy (install-proxy, --proxy) or more time (--connect-timeout)",
              t->url, to, t->connection->settings->connect_timeout);
}

static void certificate_failed(struct transfer *t)
{
    auto_free char *to = peer(t);
    long result = 0, proxy_result = 0;
    curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &result);
    curl_easy_getinfo(t->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &proxy_result);
    if (result == X509_V_OK)
        result = proxy_result;
    /* curl checks the name itself, after OpenSSL was content, and leaves its first value. */
    if (result == X509_V_OK || result == X509_V_ERR_UNSPECIFIED ||
        result == X509_V_ERR_HOSTNAME_MISMATCH)
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: the certificate of %s is for another name, so it may be another server; "
                  "check the host in the URL",
                  t->url, to);
    else
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: the certificate of %s cannot be verified: %s; if you trust it, give the "
                  "certificate of its CA with --cacert",
                  t->url, to, X509_verify_cert_error_string(result));
}

static void redirect_refused(struct transfer *t)
{
    auto_free char *shown = url_shown(t->location ? t->location : "");
    auto_free char *quoted = text_escape_bytes(shown, strlen(shown), QUOTED_MAX);
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s redirects to \"%s\", which is not an http or https URL and is not followed",
              t->url, quoted);
}

/* The host and port that a refused request was to go to. */
static char *refused_target(const struct transfer *t)
{
    auto_free char *effective = effective_url(t);
    auto_free char *target = url_host_port(effective);
    return text_escape_bytes(target, strlen(target), QUOTED_MAX);
}

void failure_from_downgrade(struct transfer *t)
{
    auto_free char *target = refused_target(t);
    error_set(&t->refusal, ERROR_INVALID_SOURCE,
              "%s is redirected from https to http (%s), where nothing protects it on its way, and "
              "is not followed; take another mirror, or allow it (allow-downgrade)",
              t->url, target);
}

void failure_from_reach(struct transfer *t, enum reach_verdict verdict,
                        const struct address *address, uint16_t port)
{
    auto_free char *target = refused_target(t);
    char shown[ADDRESS_TEXT_LENGTH];
    const char *what = "", *allow = "any";

    address_text(address, shown);
    if (verdict == REACH_PORT) {
        error_set(&t->refusal, ERROR_INVALID_SOURCE,
                  "%s redirects to %s: to port %u a redirect is not followed, only to 80, 443 and "
                  "the repository's own; allow it with allow-redirects-to = any",
                  t->url, target, port);
        return;
    }
    if (verdict == REACH_MOVED) {
        error_set(&t->refusal, ERROR_INVALID_SOURCE,
                  "%s: the name of %s now leads to the address %s, which lies further inside than "
                  "it did at first, and is not connected to (DNS rebinding?); allow it with "
                  "allow-redirects-to = any",
                  t->url, target, shown);
        return;
    }
    if (verdict == REACH_LOCAL) {
        what = "one of this host itself or of its links";
    } else {
        what = "a private one behind a public one";
        allow = "private";
    }
    error_set(&t->refusal, ERROR_INVALID_SOURCE,
              "%s redirects to %s, and its address %s is %s: it is not followed; allow it with "
              "allow-redirects-to = %s",
              t->url, target, shown, what, allow);
}

/* The remaining failures, in curl's own words. */
static void other_failure(struct transfer *t, CURLcode code)
{
    auto_free char *url = failure_url(t);
    const char *words = t->curl_error[0] ? t->curl_error : curl_easy_strerror(code);
    auto_free char *quoted = text_escape_bytes(words, strlen(words), QUOTED_MAX);
    error_set(&t->err, ERROR_INVALID_SOURCE, "%s: the transfer failed: %s", url, quoted);
}

static void not_http(struct transfer *t, const char *why)
{
    auto_free char *to = peer(t);
    error_set(&t->err, ERROR_INVALID_SOURCE, "%s: %s %s; check scheme and port of the URL", t->url,
              to, why);
}

static void tls_failed(struct transfer *t)
{
    auto_free char *to = peer(t);
    auto_free char *quoted = text_escape_bytes(t->curl_error, strlen(t->curl_error), QUOTED_MAX);
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: TLS with %s failed: %s; check scheme and port of the URL", t->url, to, quoted);
}

/* The proxy's own answer to CONNECT. */
static bool proxy_refused(struct transfer *t)
{
    long status = 0;
    char text[STATUS_TEXT_LENGTH];
    curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (status == 0 || status / 100 == 2)
        return false;
    error_set(&t->err, ERROR_INVALID_SOURCE, "%s: the proxy %s refuses to connect: %s", t->url,
              t->connection->proxy.host_port, status_text(status, text));
    if (status_hint(status))
        error_hint(&t->err, "%s", status_hint(status));
    return true;
}

void failure_from_curl(struct transfer *t, CURLcode code)
{
    if (t->connection->proxy_url && proxy_refused(t))
        return;
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        resolve_failed(t, code == CURLE_COULDNT_RESOLVE_PROXY);
        return;
    case CURLE_COULDNT_CONNECT:
        connect_failed(t);
        return;
    case CURLE_OPERATION_TIMEDOUT:
        connect_timed_out(t);
        return;
    case CURLE_PEER_FAILED_VERIFICATION:
        certificate_failed(t);
        return;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
        tls_failed(t);
        return;
    case CURLE_SSL_CACERT_BADFILE:
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: the CA certificates (those of this host, or the file of --cacert) cannot be "
                  "read",
                  t->url);
        return;
    case CURLE_TOO_MANY_REDIRECTS:
        error_set(&t->err, ERROR_INVALID_SOURCE,
                  "%s: the server redirects more than %d times: a redirect loop", t->url,
                  FETCH_REDIRECTS_MAX);
        return;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        if (t->location) {
            redirect_refused(t);
            return;
        }
        not_http(t, "answers something that is not HTTP");
        return;
    case CURLE_GOT_NOTHING:
        not_http(t, "closes the connection without an answer");
        return;
    case CURLE_WEIRD_SERVER_REPLY:
        not_http(t, "answers something that is not HTTP");
        return;
    case CURLE_OUT_OF_MEMORY: /* so curl 7.88 calls a header line past its own limit */
        error_set(&t->err, ERROR_INVALID_SOURCE, "%s: the server sends too long a response header",
                  t->url);
        return;
    default:
        other_failure(t, code);
    }
}
