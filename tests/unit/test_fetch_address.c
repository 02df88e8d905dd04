/* What kind of address a connection goes to, at the bounds of each range.
 * Boundaries: redirects
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "loader/fetch/curl/address.h"

static const char *const classes[] = {"public", "private", "local"};

static void is(const char *text, enum address_class class)
{
    struct address address;

    if (!address_parse(text, &address))
        fail_msg("%s is no address", text);
    if (address_class(&address) != class)
        fail_msg("%s is %s", text, classes[address_class(&address)]);
}

/* The first and the last address of a range, and those beside it; NULL: there is none. */
struct bounds {
    const char *before, *first, *last, *behind;
    enum address_class class, class_before, class_behind;
};

#define PUBLIC  ADDRESS_PUBLIC
#define PRIVATE ADDRESS_PRIVATE
#define LOCAL   ADDRESS_LOCAL

static const struct bounds ipv4[] = {
    {NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0", LOCAL, PUBLIC, PUBLIC},
    {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0", PRIVATE, PUBLIC, PUBLIC},
    {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0", PRIVATE, PUBLIC, PUBLIC},
    {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0", LOCAL, PUBLIC, PUBLIC},
    {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0", LOCAL, PUBLIC, PUBLIC},
    {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", PRIVATE, PUBLIC, PUBLIC},
    {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0", PRIVATE, PUBLIC, PUBLIC},
    {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0", PRIVATE, PUBLIC, PUBLIC},
    {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0", PRIVATE, PUBLIC, PUBLIC},
    {"223.255.255.255", "224.0.0.0", "255.255.255.255", NULL, LOCAL, PUBLIC, PUBLIC},
};

static const struct bounds ipv6[] = {
    {NULL, "::", "::1", NULL, LOCAL, PUBLIC, PUBLIC},
    {"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "fe00::", PRIVATE, PUBLIC, PUBLIC},
    {"fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "fec0::", LOCAL, PUBLIC, PRIVATE},
    {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "ff00::", PRIVATE, LOCAL, LOCAL},
    {"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     NULL, LOCAL, PRIVATE, PUBLIC},
    /* a site's own NAT64 is private whatever stands in it */
    {"64:ff9b:0:ffff:ffff:ffff:808:808", "64:ff9b:1::808:808", "64:ff9b:1:ffff:ffff:ffff:808:808",
     "64:ff9b:2::808:808", PRIVATE, PUBLIC, PUBLIC},
};

static void check(const struct bounds *bounds)
{
    is(bounds->first, bounds->class);
    is(bounds->last, bounds->class);
    if (bounds->before)
        is(bounds->before, bounds->class_before);
    if (bounds->behind)
        is(bounds->behind, bounds->class_behind);
}

static void ranges_of_ipv6(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(ipv6); i++)
        check(&ipv6[i]);
    is("2600::1", ADDRESS_PUBLIC);
    is("fe80::1%eth0", ADDRESS_LOCAL);
}

/* TEXT, an IPv4 address, as itself and inside each kind of IPv6 address that leads to it. */
static void check_embedded(const char *text, enum address_class class)
{
    static const char *const before[] = {"::", "::ffff:", "::ffff:0:", "64:ff9b::"};
    unsigned char b[4];

    if (!text)
        return;
    is(text, class);
    for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
        auto_free char *inside = xasprintf("%s%s", before[i], text);
        is(inside, class);
    }
    assert_int_equal(inet_pton(AF_INET, text, b), 1);
    auto_free char *local_nat64 = xasprintf("64:ff9b:1::%s", text);
    auto_free char *six_to_four = xasprintf("2002:%02x%02x:%02x%02x::1", b[0], b[1], b[2], b[3]);
    auto_free char *teredo = xasprintf("2001:0:808:808:0:0:%02x%02x:%02x%02x", b[0] ^ 255,
                                       b[1] ^ 255, b[2] ^ 255, b[3] ^ 255);
    is(local_nat64, class == ADDRESS_PUBLIC ? ADDRESS_PRIVATE : class);
    is(six_to_four, class);
    is(teredo, class);
}

static void ranges_of_ipv4_and_what_leads_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(ipv4); i++) {
        check_embedded(ipv4[i].first, ipv4[i].class);
        check_embedded(ipv4[i].last, ipv4[i].class);
        check_embedded(ipv4[i].before, ipv4[i].class_before);
        check_embedded(ipv4[i].behind, ipv4[i].class_behind);
    }
    check_embedded("8.8.8.8", ADDRESS_PUBLIC);
}

static void addresses_as_text(void **state)
{
    static const char *const no[] = {
        "",      "1",     "1.2.3",      "1.2.3.4.5", "localhost",
        "::g",   "[::1]", "0x7f.0.0.1", "1.2.3.256", "%eth0",
        "1:2:3", " ::1",  "127.0.0.1 ", "1.2.3.4/8", "fe80::1%interface-of-a-name-too-long"};
    static const char *const yes[] = {"127.0.0.1", "::1", "fe80::1", "::ffff:0:7f00:1"};
    struct address address, again;
    char text[ADDRESS_TEXT_LENGTH];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(no); i++)
        if (address_parse(no[i], &address))
            fail_msg("'%s' is taken", no[i]);
    for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
        assert_true(address_parse(yes[i], &address));
        assert_true(address_parse(address_text(&address, text), &again));
        assert_true(address_same(&address, &again));
    }
    assert_true(address_parse("::ffff:1.2.3.4", &address) && address_parse("1.2.3.4", &again));
    assert_true(address_same(&address, &again));
    assert_string_equal(address_text(&address, text), "1.2.3.4");
}

static void addresses_of_sockets(void **state)
{
    struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons(81)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(82)};
    struct sockaddr_un unix_socket = {.sun_family = AF_UNIX};
    struct address address, wanted;
    uint16_t port;

    (void)state;
    assert_int_equal(inet_pton(AF_INET, "10.1.2.3", &in4.sin_addr), 1);
    assert_int_equal(inet_pton(AF_INET6, "fe80::2", &in6.sin6_addr), 1);
    assert_true(address_read((struct sockaddr *)&in4, sizeof in4, &address, &port));
    assert_true(address_parse("10.1.2.3", &wanted) && address_same(&address, &wanted));
    assert_int_equal(port, 81);
    assert_true(address_read((struct sockaddr *)&in6, sizeof in6, &address, &port));
    assert_true(address_parse("fe80::2", &wanted) && address_same(&address, &wanted));
    assert_int_equal(port, 82);
    assert_false(address_read((struct sockaddr *)&in4, sizeof in4 - 1, &address, &port));
    assert_false(address_read((struct sockaddr *)&in6, sizeof in6 - 1, &address, &port));
    assert_false(address_read((struct sockaddr *)&in6, 1, &address, &port));
    assert_false(
        address_read((struct sockaddr *)&unix_socket, sizeof unix_socket, &address, &port));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_of_ipv4_and_what_leads_there),
        cmocka_unit_test(ranges_of_ipv6),
        cmocka_unit_test(addresses_as_text),
        cmocka_unit_test(addresses_of_sockets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
