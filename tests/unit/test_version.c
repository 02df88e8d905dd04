/* The order of versions: the specification's own examples, and names of real kernels.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fsprobe/config/menu.h"
#include "fsprobe/config/version.h"

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void check(const char *a, char relation, const char *b, int line)
{
    int expected = relation == '<' ? -1 : relation == '>' ? 1 : 0;

    if (sign(version_compare(a, b)) != expected || sign(version_compare(b, a)) != -expected) {
        print_error("expected \"%s\" %c \"%s\"\n", a, relation, b);
        _fail(__FILE__, line);
    }
}
#define versions(a, relation, b) check(a, (#relation)[0], b, __LINE__)

/* Every one of a list is older than all that come after it. */
static void rising(const char *const *list, size_t count, int line)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            check(list[i], i < j ? '<' : i > j ? '>' : '=', list[j], line);
}

static void examples_of_the_specification(void **state)
{
    (void)state;
    versions("11", =, "11");
    versions("systemd-123", =, "systemd-123");
    versions("bar-123", <, "foo-123");
    versions("123a", >, "123");
    versions("123.a", >, "123");
    versions("123.a", <, "123.b");
    versions("123a", >, "123.a");
    versions("11\xce\xb1", =, "11\xce\xb2");
    versions("A", <, "a");
    versions("", <, "0");
    versions("0.", >, "0");
    versions("0.0", >, "0");
    versions("0", >, "~");
    versions("", >, "~");
    versions("1_", =, "1");
    versions("_1", =, "1");
    versions("1_", <, "1.2");
    versions("1_2_3", >, "1.3.3");
    versions("1+", =, "1");
    versions("+1", =, "1");
    versions("1+", <, "1.2");
    versions("1+2+3", >, "1.3.3");
}

static void a_rising_list(void **state)
{
    static const char *const list[] = {
        "122.1", "123~rc1", "123~rc1-1",  "123",   "123-a",   "123-a.1", "123-a1", "123-a1.1",
        "123-3", "123-3.1", "123^patch1", "123^1", "123.a-1", "123.1-1", "123a-1", "124"};
    static const char *const letters[] = {"~1", "", "ab", "abb", "abc", "0001", "002", "12", "122"};

    (void)state;
    rising(letters, ARRAY_SIZE(letters), __LINE__);
    rising(list, ARRAY_SIZE(list), __LINE__);
}

static void pre_and_post_releases(void **state)
{
    (void)state;
    versions("1.0~rc1", <, "1.0~rc2");
    versions("1.0~rc1", <, "1.0");
    versions("1.0", <, "1.0^post");
    versions("1.0^post", <, "1.0.1");
    versions("1.0^1", <, "1.0^2");
    versions("1.0-1", <, "1.0^1");
}

static void numbers_are_not_texts(void **state)
{
    (void)state;
    versions("5.9", <, "5.10");
    versions("5.010", =, "5.10");
    versions("5.0", >, "5");
    versions("0", =, "000");
    versions("99999999999999999999999999999998", <, "99999999999999999999999999999999");
    versions("18446744073709551616", >, "18446744073709551615");
    versions("00000000000000000000000000000000000001", <, "2");
}

static void kernels_of_distributions(void **state)
{
    static const char *const el8[] = {"0-rescue-2f5a8c", "4.18.0-80.el8.x86_64",
                                      "4.18.0-80.1.2.el8_0.x86_64", "4.18.0-147.el8.x86_64",
                                      "4.18.0-477.10.1.el8_8.x86_64"};

    (void)state;
    rising(el8, ARRAY_SIZE(el8), __LINE__);
    versions("6.1.0-9-amd64", <, "6.1.0-10-amd64");
    versions("2.6.18-8.el5xen", <, "2.6.18-398.el5xen");
    versions("6.5.6-300.fc39.x86_64", <, "6.6.2-201.fc39.x86_64");
    versions("6.6.0-0.rc1", <, "6.6.0-1");
    versions("2.6.32.12-0.7-xen", <, "2.6.32.59-0.3-xen");
    versions("lts", <, "5.10");
}

static void hostile_texts_end(void **state)
{
    char a[4096], b[4096];

    (void)state;
    memset(a, '-', sizeof a);
    memset(b, '-', sizeof b);
    a[sizeof a - 1] = b[sizeof b - 1] = '\0';
    versions(a, =, b);
    b[sizeof b - 2] = '\0';
    versions(a, >, b);
    memset(b, '\xff', sizeof b - 1);
    versions(b, =, "");
    versions("1\xff", =, "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_specification), cmocka_unit_test(a_rising_list),
        cmocka_unit_test(pre_and_post_releases),         cmocka_unit_test(numbers_are_not_texts),
        cmocka_unit_test(kernels_of_distributions),      cmocka_unit_test(hostile_texts_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
