/* The ranges of special addresses. See address.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* In front of an IPv4 address. */
static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

struct range {
    unsigned char bytes[16];
    unsigned bits;
    enum address_class class;
};

static const struct range ipv4_ranges[] = {
    {{0}, 8, ADDRESS_LOCAL},            /* "this network" */
    {{10}, 8, ADDRESS_PRIVATE},         /* RFC 1918 */
    {{100, 64}, 10, ADDRESS_PRIVATE},   /* RFC 6598, carriers' */
    {{127}, 8, ADDRESS_LOCAL},          /* loopback */
    {{169, 254}, 16, ADDRESS_LOCAL},    /* link-local; clouds' metadata */
    {{172, 16}, 12, ADDRESS_PRIVATE},   /* RFC 1918 */
    {{192, 0, 0}, 24, ADDRESS_PRIVATE}, /* protocols' own */
    {{192, 168}, 16, ADDRESS_PRIVATE},  /* RFC 1918 */
    {{198, 18}, 15, ADDRESS_PRIVATE},   /* benchmarks' */
    {{224}, 3, ADDRESS_LOCAL},          /* multicast, reserved, broadcast */
};

static const struct range ipv6_ranges[] = {
    {{0xfc}, 7, ADDRESS_PRIVATE},        /* ULA */
    {{0xfe, 0x80}, 10, ADDRESS_LOCAL},   /* link-local */
    {{0xfe, 0xc0}, 10, ADDRESS_PRIVATE}, /* site-local, before ULA */
    {{0xff}, 8, ADDRESS_LOCAL},          /* multicast */
};

/* Where in an address of such a beginning an IPv4 address stands. */
static const struct embedded {
    unsigned char bytes[16];
    unsigned bits;
    size_t at;
    unsigned char inverted; /* each byte is XORed with it */
    enum address_class least;
} embeddings[] = {
    /* IPv4-compatible; :: and ::1 are among them, as 0.0.0.0 and 0.0.0.1 */
    {{0}, 96, 12, 0, ADDRESS_PUBLIC},
    {{[10] = 0xff, [11] = 0xff}, 96, 12, 0, ADDRESS_PUBLIC},   /* IPv4-mapped */
    {{[8] = 0xff, [9] = 0xff}, 96, 12, 0, ADDRESS_PUBLIC},     /* RFC 2765 */
    {{0, 0x64, 0xff, 0x9b}, 96, 12, 0, ADDRESS_PUBLIC},        /* RFC 6052, NAT64 */
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, 12, 0, ADDRESS_PRIVATE}, /* RFC 8215, a site's */
    {{0x20, 0x02}, 16, 2, 0, ADDRESS_PUBLIC},                  /* RFC 3056, 6to4 */
    {{0x20, 0x01, 0, 0}, 32, 12, 0xff, ADDRESS_PUBLIC},        /* RFC 4380, Teredo */
};

static bool begins(const unsigned char *address, const unsigned char *bytes, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;

    if (memcmp(address, bytes, whole) != 0)
        return false;
    return rest == 0 || (address[whole] ^ bytes[whole]) >> (8 - rest) == 0;
}

static enum address_class class_in(const struct range *ranges, size_t count,
                                   const unsigned char *address)
{
    for (size_t i = 0; i < count; i++)
        if (begins(address, ranges[i].bytes, ranges[i].bits))
            return ranges[i].class;
    return ADDRESS_PUBLIC;
}

enum address_class address_class(const struct address *address)
{
    for (size_t i = 0; i < ARRAY_SIZE(embeddings); i++) {
        const struct embedded *in = &embeddings[i];
        unsigned char ipv4[4];

        if (!begins(address->bytes, in->bytes, in->bits))
            continue;
        for (size_t n = 0; n < sizeof ipv4; n++)
            ipv4[n] = address->bytes[in->at + n] ^ in->inverted;
        enum address_class class = class_in(ipv4_ranges, ARRAY_SIZE(ipv4_ranges), ipv4);
        return class > in->least ? class : in->least;
    }
    return class_in(ipv6_ranges, ARRAY_SIZE(ipv6_ranges), address->bytes);
}

static void take_ipv4(struct address *address, const struct in_addr *ipv4)
{
    memcpy(address->bytes, mapped, sizeof mapped);
    memcpy(address->bytes + sizeof mapped, ipv4, sizeof *ipv4);
}

bool address_read(const struct sockaddr *socket, socklen_t length, struct address *address,
                  uint16_t *port)
{
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;

    if (length < sizeof socket->sa_family)
        return false;
    if (socket->sa_family == AF_INET && length >= sizeof ipv4) {
        memcpy(&ipv4, socket, sizeof ipv4);
        take_ipv4(address, &ipv4.sin_addr);
        *port = ntohs(ipv4.sin_port);
        return true;
    }
    if (socket->sa_family == AF_INET6 && length >= sizeof ipv6) {
        memcpy(&ipv6, socket, sizeof ipv6);
        memcpy(address->bytes, &ipv6.sin6_addr, sizeof address->bytes);
        *port = ntohs(ipv6.sin6_port);
        return true;
    }
    return false;
}

bool address_parse(const char *text, struct address *address)
{
    char plain[INET6_ADDRSTRLEN];
    struct in_addr ipv4;
    size_t length = strcspn(text, "%");

    /* What follows '%' names an interface. */
    if (length >= sizeof plain || strlen(text + length) > IF_NAMESIZE)
        return false;
    memcpy(plain, text, length);
    plain[length] = '\0';
    if (inet_pton(AF_INET, plain, &ipv4) == 1) {
        take_ipv4(address, &ipv4);
        return true;
    }
    return inet_pton(AF_INET6, plain, address->bytes) == 1;
}

bool address_same(const struct address *a, const struct address *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

char *address_text(const struct address *address, char out[ADDRESS_TEXT_LENGTH])
{
    bool ipv4 = memcmp(address->bytes, mapped, sizeof mapped) == 0;

    if (!inet_ntop(ipv4 ? AF_INET : AF_INET6, address->bytes + (ipv4 ? sizeof mapped : 0), out,
                   ADDRESS_TEXT_LENGTH))
        out[0] = '\0';
    return out;
}
