/* What kind of address a connection goes to: RFC 6890 and the registries of special-purpose
 * addresses that followed it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_ADDRESS_H
#define LOADER_FETCH_CURL_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "common/memory.h"

/* Each lies further inside than the one before it. */
enum address_class {
    ADDRESS_PUBLIC,
    ADDRESS_PRIVATE, /* of a site's own networks: RFC 1918, carriers' (100.64/10), ULA */
    ADDRESS_LOCAL,   /* this host and its links: loopback, link-local, multicast, unspecified,
                        broadcast; and what is none of the Internet's */
};

/* An address without its port. IPv4 stands behind ::ffff:, as IPv6 has it. */
struct address {
    unsigned char bytes[16];
};

/* Takes the address out of SOCKET, and its port, in the host's order; false when it is none of IPv4
 * or IPv6, or shorter than it says. */
bool address_read(const struct sockaddr *socket, socklen_t length, struct address *address,
                  uint16_t *port) must_check;
/* The same of TEXT ("127.0.0.1", "fe80::1%eth0"), which has no port. */
bool address_parse(const char *text, struct address *address) must_check;

/* Of an address in which another one is embedded, so that a translator or a tunnel leads there
 * (IPv4-mapped and -compatible ones, NAT64, 6to4, Teredo), the class of that one. */
enum address_class address_class(const struct address *address) must_check;

bool address_same(const struct address *a, const struct address *b) must_check;

/* For people: "10.0.0.1", "fe80::1". Returns OUT. */
#define ADDRESS_TEXT_LENGTH 46
char *address_text(const struct address *address, char out[ADDRESS_TEXT_LENGTH]);

#endif
