/* What may be connected to, and asked. See gate.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/gate.h"

#include <sys/socket.h>

#include "common/url.h"
#include "loader/fetch/curl/failure.h"
#include "loader/fetch/curl/failure_http.h"
#include "loader/fetch/curl/protocol.h"

/* Below it are services of a host; FTP servers take their data ports above. */
#define FIRST_DATA_PORT 1024

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

/* A data connection goes to where the control connection is, and to no service of that host: a
 * server that names another place would have us reach what it cannot. */
static int admit_data(struct curl_transfer *t, const struct address *address, uint16_t port)
{
    if (address_same(address, &t->address) && port >= FIRST_DATA_PORT)
        return 0;
    failure_from_data_address(t, address, port);
    return -1;
}

curl_socket_t gate_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *wanted)
{
    struct curl_transfer *t = context;
    bool data = t->connection->protocol->any_port && t->requested;
    struct address address;
    uint16_t port;

    /* Connecting has a timeout of its own; while data are waited for, the clocks run. */
    t->connected &= data;
    if (purpose != CURLSOCKTYPE_IPCXN ||
        !address_read(&wanted->addr, wanted->addrlen, &address, &port) ||
        (data ? admit_data(t, &address, port) : admit(t, &address, port)) < 0)
        return CURL_SOCKET_BAD;
    if (!data)
        t->address = address;
    return socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
}

int gate_request(struct curl_transfer *t, const char *remote, int port)
{
    struct address address = t->address;
    /* Of a connection that is used again, curl tells the port that its data came from. */
    uint16_t asked =
        t->connection->protocol->any_port ? url_port(t->connection->base.text) : (uint16_t)port;

    /* Curl knows no address of a connection without connecting: the socket is new then. */
    if (port < 0 || port > UINT16_MAX || !remote || (*remote && !address_parse(remote, &address)))
        return error_set(&t->refusal, ERROR_INTERNAL, "%s: libcurl connects to no address",
                         t->base.url);
    if (*remote && admit(t, &address, asked) < 0)
        return -1;
    /* Another address of the same name may have been refused before. */
    error_clear(&t->refusal);
    t->address = address;
    t->requested = true;
    t->secure |= url_is_https(present_url(t));
    enum address_class class = address_class(&address);
    if (class < t->outermost)
        t->outermost = class;
    reach_settle(t->connection->reach, &address);
    return 0;
}
