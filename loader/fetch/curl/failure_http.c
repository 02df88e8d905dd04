/* Sentences for what can go wrong with a transfer by HTTP. See failure_http.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/failure_http.h"

#include <string.h>

#include <openssl/x509_vfy.h>

#include "common/escape.h"
#include "common/protocol/fetch.h"
#include "common/text.h"
#include "loader/fetch/curl/failure.h"

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

void failure_from_status(struct curl_transfer *t)
{
    auto_free char *url = failure_url(t);
    char text[STATUS_TEXT_LENGTH];
    const char *hint = status_hint(t->status);
    error_set(&t->base.err, ERROR_INVALID_SOURCE, "%s: the server answers %s", url,
              status_text(t->status, text));
    if (hint)
        error_hint(&t->base.err, "%s", hint);
}

static void certificate_failed(struct curl_transfer *t)
{
    auto_free char *to = failure_peer(t);
    long result = 0, proxy_result = 0;
    curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &result);
    curl_easy_getinfo(t->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &proxy_result);
    if (result == X509_V_OK)
        result = proxy_result;
    /* curl checks the name itself, after OpenSSL was content, and leaves its first value. */
    if (result == X509_V_OK || result == X509_V_ERR_UNSPECIFIED ||
        result == X509_V_ERR_HOSTNAME_MISMATCH)
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: the certificate of %s is for another name, so it may be another server; "
                  "check the host in the URL",
                  t->base.url, to);
    else
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: the certificate of %s cannot be verified: %s; if you trust it, give the "
                  "certificate of its CA with --cacert",
                  t->base.url, to, X509_verify_cert_error_string(result));
}

static void redirect_refused(struct curl_transfer *t)
{
    auto_free char *shown = url_shown(t->location ? t->location : "");
    auto_free char *quoted = text_escape_bytes(shown, strlen(shown), FAILURE_QUOTED_MAX);
    error_set(&t->base.err, ERROR_INVALID_SOURCE,
              "%s redirects to \"%s\", which is not an http or https URL and is not followed",
              t->base.url, quoted);
}

void failure_from_downgrade(struct curl_transfer *t)
{
    auto_free char *target = failure_refused_target(t);
    error_set(&t->refusal, ERROR_INVALID_SOURCE,
              "%s is redirected from https to http (%s), where nothing protects it on its way, and "
              "is not followed; take another mirror, or allow it (allow-downgrade)",
              t->base.url, target);
}

static void not_http(struct curl_transfer *t, const char *why)
{
    auto_free char *to = failure_peer(t);
    error_set(&t->base.err, ERROR_INVALID_SOURCE, "%s: %s %s; check scheme and port of the URL",
              t->base.url, to, why);
}

static void tls_failed(struct curl_transfer *t)
{
    auto_free char *to = failure_peer(t);
    auto_free char *quoted =
        text_escape_bytes(t->curl_error, strlen(t->curl_error), FAILURE_QUOTED_MAX);
    error_set(&t->base.err, ERROR_INVALID_SOURCE,
              "%s: TLS with %s failed: %s; check scheme and port of the URL", t->base.url, to,
              quoted);
}

/* The proxy's own answer to CONNECT. */
static bool proxy_refused(struct curl_transfer *t)
{
    long status = 0;
    char text[STATUS_TEXT_LENGTH];
    curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (status == 0 || status / 100 == 2)
        return false;
    error_set(&t->base.err, ERROR_INVALID_SOURCE, "%s: the proxy %s refuses to connect: %s",
              t->base.url, t->connection->proxy.host_port, status_text(status, text));
    if (status_hint(status))
        error_hint(&t->base.err, "%s", status_hint(status));
    return true;
}

bool failure_from_curl_http(struct curl_transfer *t, CURLcode code)
{
    if (t->connection->proxy_url && proxy_refused(t))
        return true;
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
        certificate_failed(t);
        return true;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
        tls_failed(t);
        return true;
    case CURLE_SSL_CACERT_BADFILE:
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: the CA certificates (those of this host, or the file of --cacert) cannot be "
                  "read",
                  t->base.url);
        return true;
    case CURLE_TOO_MANY_REDIRECTS:
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: the server redirects more than %d times: a redirect loop", t->base.url,
                  FETCH_REDIRECTS_MAX);
        return true;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        if (t->location)
            redirect_refused(t);
        else
            not_http(t, "answers something that is not HTTP");
        return true;
    case CURLE_GOT_NOTHING:
        not_http(t, "closes the connection without an answer");
        return true;
    case CURLE_WEIRD_SERVER_REPLY:
        not_http(t, "answers something that is not HTTP");
        return true;
    case CURLE_OUT_OF_MEMORY: /* so curl 7.88 calls a header line past its own limit */
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: the server sends too long a response header", t->base.url);
        return true;
    default:
        return false;
    }
}
