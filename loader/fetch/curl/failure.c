/* Sentences for what can go wrong with a transfer: what, where, why, and what to do.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/failure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/escape.h"
#include "common/text.h"
#include "loader/fetch/curl/protocol.h"

char *failure_effective_url(const struct curl_transfer *t)
{
    char *url = NULL;
    if (t->easy)
        curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &url);
    return url_shown(url && *url ? url : t->base.url);
}

char *failure_url(const struct curl_transfer *t)
{
    auto_free char *effective = failure_effective_url(t);
    if (strcmp(effective, t->base.url) == 0)
        return xstrdup(t->base.url);
    auto_free char *quoted = text_escape_bytes(effective, strlen(effective), FAILURE_QUOTED_MAX);
    return xasprintf("%s (redirected to %s)", t->base.url, quoted);
}

char *failure_peer(const struct curl_transfer *t)
{
    if (t->connection->proxy_url)
        return xasprintf("the proxy %s", t->connection->proxy.host_port);
    auto_free char *url = failure_effective_url(t);
    return url_host_port(url);
}

void failure_from_drop(struct curl_transfer *t, CURLcode code)
{
    auto_free char *url = failure_url(t);
    auto_free char *of = t->base.total_known
                             ? xasprintf("%llu of %llu bytes", (unsigned long long)t->base.received,
                                         (unsigned long long)t->base.total)
                             : xasprintf("%llu bytes", (unsigned long long)t->base.received);
    error_set(&t->base.err, ERROR_INVALID_SOURCE, "%s: the connection was closed after %s", url,
              of);
    if (t->resumes > 0)
        error_hint(&t->base.err, "it was resumed %u times: try again later, or another mirror",
                   t->resumes);
    else if (!t->base.validator)
        error_hint(&t->base.err, "it cannot be resumed, for %s: try again",
                   t->connection->protocol->no_validator);
    if (code == CURLE_COULDNT_CONNECT)
        error_hint(&t->base.err, "the server does not accept connections any more");
}

static void connect_failed(struct curl_transfer *t)
{
    auto_free char *to = failure_peer(t);
    long number = 0;
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &number);
    if (number == ECONNREFUSED)
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: %s refuses the connection: no server listens there; check host and port, "
                  "and whether the server runs",
                  t->base.url, to);
    else
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: no connection to %s: %s; check that this host can reach it", t->base.url, to,
                  number ? strerror((int)number) : "it cannot be reached");
}

static void resolve_failed(struct curl_transfer *t, bool of_proxy)
{
    auto_free char *url = failure_effective_url(t);
    auto_free char *host = of_proxy ? xstrdup(t->connection->proxy.host_port) : url_host_port(url);
    char *colon = strrchr(host, ':');
    if (colon)
        *colon = '\0';
    error_set(&t->base.err, ERROR_INVALID_SOURCE,
              "%s: the host name \"%s\"%s cannot be resolved: no such name, or this host's name "
              "server does not answer; check the URL and /etc/resolv.conf",
              t->base.url, host, of_proxy ? " of the proxy" : "");
}

static void connect_timed_out(struct curl_transfer *t)
{
    auto_free char *to = failure_peer(t);
    error_set(&t->base.err, ERROR_INVALID_SOURCE,
              "%s: no connection to %s within %u seconds; check that this host can reach it, or "
              "give a proxy (install-proxy, --proxy) or more time (--connect-timeout)",
              t->base.url, to, t->connection->settings->connect_timeout);
}

char *failure_refused_target(const struct curl_transfer *t)
{
    auto_free char *effective = failure_effective_url(t);
    auto_free char *target = url_host_port(effective);
    return text_escape_bytes(target, strlen(target), FAILURE_QUOTED_MAX);
}

void failure_from_data_address(struct curl_transfer *t, const struct address *address,
                               uint16_t port)
{
    auto_free char *to = failure_peer(t);
    char shown[ADDRESS_TEXT_LENGTH];

    error_set(
        &t->refusal, ERROR_INVALID_SOURCE,
        "%s: the server %s sends us for the data to port %u of %s: only a port from 1024 on of "
        "its own address is connected to",
        t->base.url, to, port, address_text(address, shown));
}

void failure_from_reach(struct curl_transfer *t, enum reach_verdict verdict,
                        const struct address *address, uint16_t port)
{
    auto_free char *target = failure_refused_target(t);
    char shown[ADDRESS_TEXT_LENGTH];
    const char *what = "", *allow = "any";

    address_text(address, shown);
    if (verdict == REACH_PORT) {
        error_set(&t->refusal, ERROR_INVALID_SOURCE,
                  "%s redirects to %s: to port %u a redirect is not followed, only to 80, 443 and "
                  "the repository's own; allow it with allow-redirects-to = any",
                  t->base.url, target, port);
        return;
    }
    if (verdict == REACH_MOVED) {
        error_set(&t->refusal, ERROR_INVALID_SOURCE,
                  "%s: the name of %s now leads to the address %s, which lies further inside than "
                  "it did at first, and is not connected to (DNS rebinding?); allow it with "
                  "allow-redirects-to = any",
                  t->base.url, target, shown);
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
              t->base.url, target, shown, what, allow);
}

/* The remaining failures, in curl's own words. */
static void other_failure(struct curl_transfer *t, CURLcode code)
{
    auto_free char *url = failure_url(t);
    const char *words = t->curl_error[0] ? t->curl_error : curl_easy_strerror(code);
    auto_free char *quoted = text_escape_bytes(words, strlen(words), FAILURE_QUOTED_MAX);
    error_set(&t->base.err, ERROR_INVALID_SOURCE, "%s: the transfer failed: %s", url, quoted);
}

void failure_from_curl(struct curl_transfer *t, CURLcode code)
{
    if (t->connection->protocol->explain(t, code))
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
    default:
        other_failure(t, code);
    }
}
