/* What all requests of one repository have in common. See connection.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/connection.h"

#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/protocol/schemes.h"
#include "loader/fetch/curl/protocol.h"

/* One read from a socket: large, for every read is a system call and a turn of the loop. */
#define RECEIVE_BUFFER (256 * 1024L)
/* The system's certificates together; Debian's are 220 KiB. */
#define CERTIFICATES_MAX (4 * 1024 * 1024)

static int take_proxy(struct connection *connection, struct error *err)
{
    const char *text = connection->settings->proxy;
    if (!text || !connection->protocol->proxied)
        return 0;
    /* People write "proxy:3128" as well. */
    auto_free char *url = strstr(text, "://") ? xstrdup(text) : xasprintf("http://%s", text);
    if (base_url_parse(url, "the proxy", "http,https", &connection->proxy, err) < 0)
        return -1;
    connection->proxy_url =
        xasprintf("%s://%s", url_is_https(url) ? "https" : "http", connection->proxy.host_port);
    return 0;
}

/* The system's certificates stay where they are, where curl looks one up in a folder by its
 * hash; the further ones are given as text. On systems without that folder (Red Hat's), the
 * text must hold the system's bundle as well, for it replaces it. */
static int take_certificates(struct connection *connection, struct error *err)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    const char *bundle = info->age >= CURLVERSION_SEVENTH ? info->cainfo : NULL;

    connection->certificates = BUFFER_INIT(CERTIFICATES_MAX);
    connection->ca_folder = info->age >= CURLVERSION_SEVENTH ? info->capath : NULL;
    if (!connection->settings->cacert)
        return 0;
    if (!strstr(connection->settings->cacert, "-----BEGIN "))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "the file of --cacert holds no certificate in PEM form");
    if (!connection->ca_folder && bundle &&
        read_file(bundle, CERTIFICATES_MAX / 2, &connection->certificates, err) < 0)
        return -1;
    connection->certificates.maximum = CERTIFICATES_MAX;
    buffer_add_text(&connection->certificates, "\n");
    buffer_add_text(&connection->certificates, connection->settings->cacert);
    return 0;
}

/* Whoever knows no scheme of a URL leaves it to HTTP, which need not know the others. */
static int check_scheme(const char *repository, struct error *err)
{
    if (url_scheme_of(repository))
        return 0;
    auto_free char *shown = url_shown(repository);
    auto_free char *known = url_fetched_prefixes(", ", false);
    return error_set(err, ERROR_INVALID_SOURCE,
                     "the repository \"%s\" does not begin as one does: with one of %s%s", shown,
                     known,
                     strstr(repository, "://")
                         ? ""
                         : "; or it is the path of an ISO image, of which there is none here");
}

int connection_open(struct connection *connection, const struct protocol *protocol,
                    const struct file_source *source, const struct source_needs *needs,
                    struct error *err)
{
    *connection = (struct connection){
        .protocol = protocol,
        .settings = source->settings,
        .report = source->report,
        .deadline = &source->deadline,
        .needs = *needs,
        .reach = xcalloc(1, sizeof *connection->reach),
    };
    *connection->reach = (struct reach){
        .allowed = source->settings->redirects,
        .ports = connection->needs.ports,
        .port_count = connection->needs.port_count,
    };
    if (check_scheme(source->settings->repository, err) < 0 ||
        base_url_parse(source->settings->repository, "the repository", protocol->schemes,
                       &connection->base, err) < 0 ||
        take_proxy(connection, err) < 0 || take_certificates(connection, err) < 0)
        return -1;
    connection->multi = curl_multi_init();
    if (!connection->multi)
        return error_set(err, ERROR_INTERNAL, "cannot start libcurl: out of memory");
    return 0;
}

void connection_close(struct connection *connection)
{
    curl_multi_cleanup(connection->multi);
    base_url_free(&connection->base);
    base_url_free(&connection->proxy);
    buffer_free(&connection->certificates);
    free(connection->proxy_url);
    free(connection->reach);
    *connection = (struct connection){0};
}

static CURLcode set_proxy(const struct connection *connection, CURL *easy)
{
    /* An empty proxy is none, whatever the environment says. */
    CURLcode code =
        curl_easy_setopt(easy, CURLOPT_PROXY, connection->proxy_url ? connection->proxy_url : "");
    code |= curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    code |= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (connection->proxy.user)
        code |= curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, connection->proxy.user);
    if (connection->proxy.password)
        code |= curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, connection->proxy.password);
    return code;
}

static CURLcode set_tls(const struct connection *connection, CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    code |= curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    code |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (connection->ca_folder) {
        code |= curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
        code |= curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
    }
    if (connection->certificates.length > 0) {
        struct curl_blob blob = {connection->certificates.data, connection->certificates.length,
                                 CURL_BLOB_NOCOPY};
        code |= curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
        code |= curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
    }
    return code;
}

static CURLcode set_credentials(const struct connection *connection, CURL *easy, const char *url)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    if (!url_same_origin(url, connection->base.text))
        return code;
    if (connection->base.user)
        code |= curl_easy_setopt(easy, CURLOPT_USERNAME, connection->base.user);
    if (connection->base.password)
        code |= curl_easy_setopt(easy, CURLOPT_PASSWORD, connection->base.password);
    return code;
}

static CURLcode set_protocol(const struct connection *connection, CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, connection->protocol->schemes);
    code |= connection->protocol->set(connection, easy);
    code |=
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)connection->settings->connect_timeout);
    code |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
    return code;
}

CURL *connection_handle(const struct connection *connection, const char *url)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, url);
    code |= set_protocol(connection, easy);
    code |= set_proxy(connection, easy);
    code |= set_tls(connection, easy);
    code |= set_credentials(connection, easy, url);
    if (code == CURLE_OK)
        return easy;
    curl_easy_cleanup(easy);
    return NULL;
}
