/* What all requests have in common, and the loop that drives them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/http/http.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/io.h"
#include "common/protocol/fetch.h"
#include "loader/fetch/http/content.h"
#include "loader/fetch/http/transfer.h"

/* One read from a socket: large, for every read is a system call and a turn of the loop. */
#define RECEIVE_BUFFER (256 * 1024L)
/* Longest wait in one step, so that progress is reported in time. */
#define STEP_MS 250
/* The system's certificates together; Debian's are 220 KiB. */
#define CERTIFICATES_MAX (4 * 1024 * 1024)

static int take_proxy(struct http *http, struct error *err)
{
    const char *text = http->request->proxy;
    if (!text)
        return 0;
    /* People write "proxy:3128" as well. */
    auto_free char *url = strstr(text, "://") ? xstrdup(text) : xasprintf("http://%s", text);
    if (base_url_parse(url, "the proxy", &http->proxy, err) < 0)
        return -1;
    http->proxy_url =
        xasprintf("%s://%s", url_is_https(url) ? "https" : "http", http->proxy.host_port);
    return 0;
}

/* The system's certificates stay where they are, where curl looks one up in a folder by its
 * hash; the further ones are given as text. On systems without that folder (Red Hat's), the
 * text must hold the system's bundle as well, for it replaces it. */
static int take_certificates(struct http *http, struct error *err)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    const char *bundle = info->age >= CURLVERSION_SEVENTH ? info->cainfo : NULL;

    http->certificates = BUFFER_INIT(CERTIFICATES_MAX);
    http->ca_folder = info->age >= CURLVERSION_SEVENTH ? info->capath : NULL;
    if (!http->request->cacert)
        return 0;
    if (!strstr(http->request->cacert, "-----BEGIN "))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "the file of --cacert holds no certificate in PEM form");
    if (!http->ca_folder && bundle &&
        read_file(bundle, CERTIFICATES_MAX / 2, &http->certificates, err) < 0)
        return -1;
    http->certificates.maximum = CERTIFICATES_MAX;
    buffer_add_text(&http->certificates, "\n");
    buffer_add_text(&http->certificates, http->request->cacert);
    return 0;
}

int http_open(struct http *http, const struct fetch_request *request, struct report *report,
              struct error *err)
{
    *http = (struct http){.request = request, .report = report};
    if (base_url_parse(request->repository, "the repository", &http->base, err) < 0 ||
        take_proxy(http, err) < 0 || take_certificates(http, err) < 0)
        return -1;
    http->multi = curl_multi_init();
    if (!http->multi)
        return error_set(err, ERROR_INTERNAL, "cannot start libcurl: out of memory");
    return 0;
}

void http_close(struct http *http)
{
    for (size_t i = 0; i < HTTP_TRANSFERS_MAX; i++)
        if (http->transfers[i])
            transfer_stop(http->transfers[i]);
    curl_multi_cleanup(http->multi);
    base_url_free(&http->base);
    base_url_free(&http->proxy);
    buffer_free(&http->certificates);
    free(http->proxy_url);
    *http = (struct http){0};
}

static CURLcode set_proxy(const struct http *http, CURL *easy)
{
    /* An empty proxy is none, whatever the environment says. */
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROXY, http->proxy_url ? http->proxy_url : "");
    code |= curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    code |= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (http->proxy.user)
        code |= curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, http->proxy.user);
    if (http->proxy.password)
        code |= curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, http->proxy.password);
    return code;
}

static CURLcode set_tls(struct http *http, CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    code |= curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    code |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (http->ca_folder) {
        code |= curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
        code |= curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
    }
    if (http->certificates.length > 0) {
        struct curl_blob blob = {http->certificates.data, http->certificates.length,
                                 CURL_BLOB_NOCOPY};
        code |= curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
        code |= curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
    }
    return code;
}

static CURLcode set_credentials(const struct http *http, CURL *easy, const char *url)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    code |= curl_easy_setopt(easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
    code |= curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    if (!url_same_origin(url, http->base.text))
        return code;
    if (http->base.user)
        code |= curl_easy_setopt(easy, CURLOPT_USERNAME, http->base.user);
    if (http->base.password)
        code |= curl_easy_setopt(easy, CURLOPT_PASSWORD, http->base.password);
    return code;
}

static CURLcode set_protocol(const struct http *http, CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    code |= curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    code |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS_MAX);
    /* 1.1: two connections carry two files, and HTTP/2's machinery need not be trusted. */
    code |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    code |= curl_easy_setopt(easy, CURLOPT_USERAGENT, http->request->agent);
    code |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)http->request->connect_timeout);
    code |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
    return code;
}

CURL *http_handle(struct http *http, const char *url)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, url);
    code |= set_protocol(http, easy);
    code |= set_proxy(http, easy);
    code |= set_tls(http, easy);
    code |= set_credentials(http, easy, url);
    if (code == CURLE_OK)
        return easy;
    curl_easy_cleanup(easy);
    return NULL;
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
    report_progress(http->report, received, known && all_known, total);
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
    for (CURLMsg *m = curl_multi_info_read(http->multi, &left); m;
         m = curl_multi_info_read(http->multi, &left)) {
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

    CURLMcode code = curl_multi_perform(http->multi, &running);
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
    code = curl_multi_poll(http->multi, NULL, 0, wait, NULL);
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
        report_note(http->report, "%s is forbidden (403): going on without it", transfer->url);
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
    report_note(http->report, "%s is an HTML page: going on without it", transfer->url);
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
    result = transfer_start(&transfer, http, path, &spec, err);
    while (result == 0 && transfer.state == TRANSFER_RUNNING)
        result = http_step(http, err);
    if (result == 0)
        result = judge_metadata(http, &transfer, out, err);
    transfer_stop(&transfer);
    if (result <= 0)
        buffer_clear(out);
    return result;
}
