/* Where a repository may send us: what a redirect, or a name that is resolved again, leads to is
 * judged by the address of each connection, not by how it is written.
 *
 * The repository's own host, or the proxy's, may be anywhere: who wrote the URL chose it. What it
 * resolves to until the first request goes out are its own addresses, but for those that lie
 * further inside than the one that took the request: a mirror whose name has one that nobody
 * answers at would choose another port there. Then
 *   - its name may not move further inside (DNS rebinding), nor to another address of this host;
 *   - a redirect to another host may not lead to this host and its links, unless to one of those
 *     own addresses, nor from a public address to a private one;
 *   - it may go to the ports of `ports` alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_REACH_H
#define LOADER_FETCH_CURL_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"
#include "loader/fetch/curl/address.h"
#include "loader/fetch/source/settings.h"

/* Addresses of one name that are remembered; further ones of this host count as foreign. */
#define REACH_OWN_MAX 16

/* Starts with `allowed` and the ports set, which belong to the caller. */
struct reach {
    enum reach_allowed allowed;
    const uint16_t *ports;
    size_t port_count;
    struct address own[REACH_OWN_MAX];
    size_t own_count;
    enum address_class own_class; /* of that of them which lies furthest inside */
    bool settled;                 /* the first request has gone out */
};

enum reach_verdict {
    REACH_FINE,
    REACH_PORT,    /* a port that is not among them */
    REACH_LOCAL,   /* this host or its links, where a redirect has no business */
    REACH_PRIVATE, /* from a public address to a private one */
    REACH_MOVED,   /* the repository's own name has moved further inside */
};

/* Whether a connection to ADDRESS and PORT may be made. OWN: it is to the repository's or the
 * proxy's own host. FROM: of the addresses that this request was at so far, the class of the one
 * that lies furthest outside. Before REACH is settled, an own address is remembered. */
enum reach_verdict reach_judge(struct reach *reach, const struct address *address, uint16_t port,
                               bool own, enum address_class from) must_check;

/* The first request goes out, to ADDRESS. Each later call does nothing. */
void reach_settle(struct reach *reach, const struct address *address);

#endif
