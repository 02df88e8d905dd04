/* What may be connected to, and asked. See gate.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/gate.h"

#include <sys/socket.h>

#include "loader/fetch/curl/failure.h"
#include "loader/fetch/curl/failure_http.h"
#include "loader/fetch/curl/protocol.h"

/* The URL of the request that is being made: after redirects, the last one's. */
static const char *present_url(const struct curl_transfer *t)
{
    char *url = NULL;

    if (curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &url) != CURLE_OK || !url)
        return "";
    return url;
}

static int admit(struct curl_transfer *t, const struct address *address, uint16_t port)
{
    const struct connection *connection = t->connection;
    const char *url = present_url(t);
    /* Behind a proxy, all connections are to the proxy. */
    bool own = connection->proxy_url || url_same_host(url, connection->base.text);

    if (t->secure && !url_is_https(url) && !connection->settings->allow_downgrade) {
        failure_from_downgrade(t);
        return -1;
    }
    enum reach_verdict verdict = reach_judge(connection->reach, address, port, own, t->outermost);
    if (verdict == REACH_FINE)
        return 0;
    failure_from_reach(t, verdict, address, port);
    return -1;
}

curl_socket_t gate_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *wanted)
{
    struct curl_transfer *t = context;
    struct address address;
    uint16_t port;

    t->connected = false; /* connecting has a timeout of its own */
    if (purpose != CURLSOCKTYPE_IPCXN ||
        !address_read(&wanted->addr, wanted->addrlen, &address, &port) ||
        admit(t, &address, port) < 0)
        return CURL_SOCKET_BAD;
    return socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
}

int gate_request(struct curl_transfer *t, const char *remote, int port)
{
    struct address address;

    if (!remote || !address_parse(remote, &address) || port < 0 || port > UINT16_MAX)
        return error_set(&t->refusal, ERROR_INTERNAL, "%s: libcurl connects to no address",
                         t->base.url);
    if (admit(t, &address, (uint16_t)port) < 0)
        return -1;
    /* Another address of the same name may have been refused before. */
    error_clear(&t->refusal);
    t->secure |= url_is_https(present_url(t));
    enum address_class class = address_class(&address);
    if (class < t->outermost)
        t->outermost = class;
    reach_settle(t->connection->reach, &address);
    return 0;
}
