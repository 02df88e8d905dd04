/* What kind of guest it is: who says so first, and what a kernel has to be then.
 * Boundaries: words
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "loader/boot/guest_kind.h"
#include "loader/boot/kernel_support.h"

struct kind_case {
    enum guest_kind setting;
    enum origin origin;    /* of SETTING */
    enum guest_kind words; /* of the record's words */
    enum guest_kind store; /* xenstore's */
    const char *record;    /* xapi's domain_type; NULL: absent */
    enum guest_kind expected;
};

static void who_says_it(void **state)
{
    static const struct kind_case cases[] = {
        {0, 0, 0, 0, NULL, GUEST_UNKNOWN},
        {GUEST_PV, ORIGIN_COMMAND_LINE, GUEST_PVH, GUEST_PVH, "pvh", GUEST_PV},
        {GUEST_PV, ORIGIN_FILE, GUEST_PVH, GUEST_PV, "pv", GUEST_PVH},
        {GUEST_PV, ORIGIN_ENVIRONMENT, 0, GUEST_PVH, "pv", GUEST_PVH},
        {GUEST_PV, ORIGIN_FILE, 0, 0, "pvh", GUEST_PVH},
        {GUEST_PVH, ORIGIN_FILE, 0, 0, NULL, GUEST_PVH},
        {0, 0, 0, 0, "pv", GUEST_PV},
        {0, 0, 0, 0, "pv_in_pvh", GUEST_PV},
        {0, 0, 0, 0, "hvm", GUEST_UNKNOWN},
        {0, 0, 0, 0, "unspecified", GUEST_UNKNOWN},
        /* of how many bits, only a setting says */
        {GUEST_PV32, ORIGIN_FILE, 0, GUEST_PV, NULL, GUEST_PV32},
        {GUEST_PV32, ORIGIN_FILE, 0, GUEST_PVH, NULL, GUEST_PVH},
        {GUEST_PV32, ORIGIN_FILE, 0, 0, "pv", GUEST_PV32},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct kind_case *c = &cases[i];
        json_auto_t *json = json_pack("{s:s*}", "domain_type", c->record);
        const struct record record = {.id = (char *)"vm1", .json = json};
        const struct settings settings = {.guest_kind = c->setting, .guest_kind_origin = c->origin};
        const struct settings words = {.guest_kind = c->words,
                                       .guest_kind_origin =
                                           c->words ? ORIGIN_COMMAND_LINE : ORIGIN_DEFAULT};
        const struct xenstore_found store = {.kind = c->store};
        auto_error struct error err = ERROR_INIT;
        enum guest_kind kind;
        assert_int_equal(guest_kind_find(&settings, &words, &record, &store, &kind, &err), 0);
        assert_int_equal(kind, c->expected);
        if (!c->words && !c->record) {
            assert_int_equal(guest_kind_find(&settings, NULL, NULL, &store, &kind, &err), 0);
            assert_int_equal(kind, c->expected);
        }
    }
}

static void a_record_that_says_nonsense(void **state)
{
    json_auto_t *json = json_pack("{s:i}", "domain_type", 7);
    const struct record record = {.id = (char *)"vm1", .json = json};
    const struct settings settings = {.guest_kind = GUEST_UNKNOWN};
    const struct xenstore_found store = {.kind = GUEST_PV};
    auto_error struct error err = ERROR_INIT;
    enum guest_kind kind;

    (void)state;
    assert_int_equal(guest_kind_find(&settings, NULL, &record, &store, &kind, &err), -1);
    assert_non_null(strstr(err.text, "domain_type"));
}

static void what_a_kernel_has_to_be(void **state)
{
    static const struct {
        enum guest_kind kind;
        bool pv, pvh;
        const char *words; /* NULL: it will do */
    } cases[] = {
        {GUEST_UNKNOWN, false, false, NULL},
        {GUEST_UNKNOWN, true, false, NULL},
        {GUEST_UNKNOWN, false, true, NULL},
        {GUEST_PV, true, false, NULL},
        {GUEST_PV, true, true, NULL},
        {GUEST_PV32, true, false, NULL},
        {GUEST_PVH, false, true, NULL},
        {GUEST_PV, false, true,
         "who: this kernel has no PV entry (says /boot/config-1), and the guest is of the type pv, "
         "so that it cannot start with it; type=\"pvh\" would work"},
        {GUEST_PV32, false, true, "type=\"pvh\" would work"},
        {GUEST_PVH, true, false,
         "this kernel has no PVH entry (says /boot/config-1), and the guest is of the type pvh, so "
         "that it cannot start with it; type=\"pv\" would work"},
        {GUEST_PV, false, false, "was built without Xen guest support (says /boot/config-1)"},
        {GUEST_PVH, false, false, "was built without Xen guest support"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_error struct error err = ERROR_INIT;
        int result = kernel_support_judge(cases[i].kind, cases[i].pv, cases[i].pvh, "who",
                                          "/boot/config-1", &err);
        assert_int_equal(result, cases[i].words ? -1 : 0);
        if (cases[i].words) {
            assert_int_equal(err.name, ERROR_KERNEL);
            assert_non_null(strstr(err.text, cases[i].words));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_says_it),
        cmocka_unit_test(a_record_that_says_nonsense),
        cmocka_unit_test(what_a_kernel_has_to_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
