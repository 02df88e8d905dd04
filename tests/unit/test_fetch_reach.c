/* Where a repository may send us.
 * Boundaries: redirects
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loader/fetch/curl/reach.h"

static const uint16_t ports[] = {80, 443};

static struct reach fresh(enum reach_allowed allowed)
{
    return (struct reach){.allowed = allowed, .ports = ports, .port_count = ARRAY_SIZE(ports)};
}

static enum reach_verdict own(struct reach *reach, const char *text)
{
    struct address address;

    assert_true(address_parse(text, &address));
    return reach_judge(reach, &address, 80, true, ADDRESS_LOCAL);
}

static enum reach_verdict other(struct reach *reach, const char *text, enum address_class from)
{
    struct address address;

    assert_true(address_parse(text, &address));
    return reach_judge(reach, &address, 443, false, from);
}

/* The address TEXT of the name takes the first request. */
static void settle(struct reach *reach, const char *text)
{
    struct address address;

    assert_true(address_parse(text, &address));
    reach_settle(reach, &address);
}

/* A repository whose name leads to TEXT, and has been asked. */
static struct reach settled(enum reach_allowed allowed, const char *text)
{
    struct reach reach = fresh(allowed);

    assert_int_equal(own(&reach, text), REACH_FINE);
    settle(&reach, text);
    return reach;
}

static void redirects(void **state)
{
    struct reach public = settled(REACH_ALLOW_PUBLIC, "203.0.113.1");
    struct reach private = settled(REACH_ALLOW_PUBLIC, "10.0.0.1");
    struct reach local = settled(REACH_ALLOW_PUBLIC, "127.0.0.2");

    (void)state;
    assert_int_equal(other(&public, "203.0.113.2", ADDRESS_PUBLIC), REACH_FINE);
    assert_int_equal(other(&public, "10.0.0.1", ADDRESS_PUBLIC), REACH_PRIVATE);
    assert_int_equal(other(&public, "fd00::1", ADDRESS_PUBLIC), REACH_PRIVATE);
    assert_int_equal(other(&public, "::1", ADDRESS_PUBLIC), REACH_LOCAL);
    assert_int_equal(other(&public, "::ffff:127.0.0.1", ADDRESS_PUBLIC), REACH_LOCAL);
    assert_int_equal(other(&private, "10.0.0.2", ADDRESS_PRIVATE), REACH_FINE);
    assert_int_equal(other(&private, "203.0.113.2", ADDRESS_PRIVATE), REACH_FINE);
    assert_int_equal(other(&private, "169.254.169.254", ADDRESS_PRIVATE), REACH_LOCAL);
    /* back from a public one that it was sent to */
    assert_int_equal(other(&private, "10.0.0.2", ADDRESS_PUBLIC), REACH_PRIVATE);
    assert_int_equal(other(&local, "10.0.0.2", ADDRESS_LOCAL), REACH_FINE);
    /* of this host's own addresses, that very one */
    assert_int_equal(other(&local, "127.0.0.2", ADDRESS_LOCAL), REACH_FINE);
    assert_int_equal(other(&local, "::ffff:127.0.0.2", ADDRESS_LOCAL), REACH_FINE);
    assert_int_equal(other(&local, "127.0.0.1", ADDRESS_LOCAL), REACH_LOCAL);
    assert_int_equal(other(&local, "::1", ADDRESS_LOCAL), REACH_LOCAL);
}

static void a_name_that_moves(void **state)
{
    struct reach public = settled(REACH_ALLOW_PUBLIC, "203.0.113.1");
    struct reach private = settled(REACH_ALLOW_PUBLIC, "10.0.0.1");
    struct reach local = settled(REACH_ALLOW_PRIVATE, "127.0.0.1");

    (void)state;
    assert_int_equal(own(&public, "203.0.113.2"), REACH_FINE);
    assert_int_equal(own(&public, "10.0.0.1"), REACH_MOVED);
    assert_int_equal(own(&public, "127.0.0.1"), REACH_MOVED);
    assert_int_equal(own(&private, "10.0.0.9"), REACH_FINE);
    assert_int_equal(own(&private, "203.0.113.2"), REACH_FINE);
    assert_int_equal(own(&private, "127.0.0.1"), REACH_MOVED);
    assert_int_equal(own(&local, "127.0.0.1"), REACH_FINE);
    assert_int_equal(own(&local, "127.0.0.2"), REACH_MOVED);
    assert_int_equal(own(&local, "169.254.169.254"), REACH_MOVED);
}

/* All that a name has at first is tried in turn. */
static void a_name_of_several_addresses(void **state)
{
    struct reach reach = fresh(REACH_ALLOW_PUBLIC);

    (void)state;
    assert_int_equal(own(&reach, "fd00::1"), REACH_FINE);
    assert_int_equal(own(&reach, "203.0.113.1"), REACH_FINE);
    settle(&reach, "fd00::1");
    assert_int_equal(own(&reach, "fd00::2"), REACH_FINE);
    assert_int_equal(own(&reach, "::1"), REACH_MOVED);
    assert_int_equal(other(&reach, "fd00::1", ADDRESS_PUBLIC), REACH_FINE);
    assert_int_equal(other(&reach, "fd00::2", ADDRESS_PUBLIC), REACH_PRIVATE);
}

/* One at which nobody answered is no way further inside. */
static void a_name_with_an_address_further_inside(void **state)
{
    struct reach reach = fresh(REACH_ALLOW_PUBLIC);

    (void)state;
    assert_int_equal(own(&reach, "127.0.0.1"), REACH_FINE);
    assert_int_equal(own(&reach, "10.0.0.1"), REACH_FINE);
    assert_int_equal(own(&reach, "203.0.113.1"), REACH_FINE);
    settle(&reach, "203.0.113.1");
    settle(&reach, "127.0.0.1");
    assert_int_equal(own(&reach, "203.0.113.1"), REACH_FINE);
    assert_int_equal(own(&reach, "10.0.0.1"), REACH_MOVED);
    assert_int_equal(own(&reach, "127.0.0.1"), REACH_MOVED);
    assert_int_equal(other(&reach, "10.0.0.1", ADDRESS_PUBLIC), REACH_PRIVATE);
    assert_int_equal(other(&reach, "127.0.0.1", ADDRESS_PUBLIC), REACH_LOCAL);
}

static void more_addresses_than_are_remembered(void **state)
{
    struct reach reach = fresh(REACH_ALLOW_PUBLIC);

    (void)state;
    for (int i = 1; i <= REACH_OWN_MAX + 1; i++) {
        auto_free char *text = xasprintf("127.0.0.%d", i);
        assert_int_equal(own(&reach, text), REACH_FINE);
    }
    settle(&reach, "127.0.0.1");
    assert_int_equal(other(&reach, "127.0.0.15", ADDRESS_LOCAL), REACH_FINE);
    assert_int_equal(other(&reach, "127.0.0.16", ADDRESS_LOCAL), REACH_FINE);
    assert_int_equal(other(&reach, "127.0.0.17", ADDRESS_LOCAL), REACH_LOCAL);
    assert_int_equal(own(&reach, "127.0.0.17"), REACH_MOVED);
}

static void what_is_allowed_beyond(void **state)
{
    struct reach private = settled(REACH_ALLOW_PRIVATE, "203.0.113.1");
    struct reach any = settled(REACH_ALLOW_ANY, "203.0.113.1");

    (void)state;
    assert_int_equal(other(&private, "10.0.0.1", ADDRESS_PUBLIC), REACH_FINE);
    assert_int_equal(other(&private, "127.0.0.1", ADDRESS_PUBLIC), REACH_LOCAL);
    assert_int_equal(other(&any, "127.0.0.1", ADDRESS_PUBLIC), REACH_FINE);
    assert_int_equal(own(&any, "127.0.0.1"), REACH_FINE);
}

static void ports_of_redirects(void **state)
{
    struct reach reach = settled(REACH_ALLOW_PRIVATE, "203.0.113.1");
    struct reach any = settled(REACH_ALLOW_ANY, "203.0.113.1");
    struct address address;

    (void)state;
    assert_true(address_parse("203.0.113.1", &address));
    for (int is_own = 0; is_own < 2; is_own++) {
        assert_int_equal(reach_judge(&reach, &address, 79, is_own, ADDRESS_PUBLIC), REACH_PORT);
        assert_int_equal(reach_judge(&reach, &address, 80, is_own, ADDRESS_PUBLIC), REACH_FINE);
        assert_int_equal(reach_judge(&reach, &address, 81, is_own, ADDRESS_PUBLIC), REACH_PORT);
        assert_int_equal(reach_judge(&any, &address, 81, is_own, ADDRESS_PUBLIC), REACH_FINE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(redirects),
        cmocka_unit_test(a_name_that_moves),
        cmocka_unit_test(a_name_of_several_addresses),
        cmocka_unit_test(a_name_with_an_address_further_inside),
        cmocka_unit_test(more_addresses_than_are_remembered),
        cmocka_unit_test(what_is_allowed_beyond),
        cmocka_unit_test(ports_of_redirects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
