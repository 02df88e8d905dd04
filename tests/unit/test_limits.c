/* How large a kernel and a ramdisk may be: who says so, how far they may, and what has room.
 * Boundaries: words
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "loader/boot/limits.h"

#define HOST    1000 /* the host's limit, in bytes */
#define CEILING 2000

static const struct record_backend roots = {.name = "roots", .only_roots = true};
static const struct record_backend others = {.name = "others", .only_roots = false};

struct limit_case {
    const char *platform; /* NULL: the record does not say */
    enum origin origin;   /* of the host's limit */
    uint64_t ceiling;
    uint64_t editor;   /* an editor's word; 0: none */
    uint64_t expected; /* 0: refused */
    enum limit_reason reason;
};

/* Both limits, of CASE and a record in BACKEND. */
static void check(const struct limit_case *c, const struct record_backend *backend, bool trusted)
{
    json_auto_t *json = json_pack("{s:{s:s*,s:s*}}", "platform", "pv-kernel-max-size", c->platform,
                                  "pv-ramdisk-max-size", c->platform);
    const struct record record = {.backend = backend, .id = (char *)"vm1", .json = json};
    const struct settings settings = {.kernel_max = HOST,
                                      .ramdisk_max = HOST,
                                      .kernel_max_origin = c->origin,
                                      .ramdisk_max_origin = c->origin,
                                      .kernel_ceiling = c->ceiling,
                                      .ramdisk_ceiling = c->ceiling,
                                      .editor_kernel_max = c->editor,
                                      .editor_ramdisk_max = c->editor,
                                      .trust_words = trusted,
                                      .output_directory = (char *)"/nonexistent"};
    struct fetch_limits limits;
    auto_error struct error err = ERROR_INIT;

    assert_non_null(json);
    const struct xenstore_found nothing = {.kind = GUEST_UNKNOWN};
    int result = limits_read(&settings, NULL, &record, &nothing, &limits, &err);
    assert_int_equal(result, c->expected ? 0 : -1);
    if (!c->expected) {
        assert_int_equal(err.name, ERROR_USAGE);
        return;
    }
    assert_true(limits.kernel_max == c->expected && limits.ramdisk_max == c->expected);
    assert_int_equal(limits.kernel_reason, c->reason);
    assert_int_equal(limits.ramdisk_reason, c->reason);
}

static void an_editors_record_ends_at_the_ceiling(void **state)
{
    static const struct limit_case cases[] = {
        {NULL, ORIGIN_FILE, CEILING, 0, HOST, LIMIT_SET},
        {"1", ORIGIN_FILE, CEILING, 0, 1, LIMIT_SET},
        {"1999", ORIGIN_FILE, CEILING, 0, 1999, LIMIT_SET},
        {"2000", ORIGIN_FILE, CEILING, 0, 2000, LIMIT_SET},
        {"2001", ORIGIN_FILE, CEILING, 0, 2000, LIMIT_CEILING},
        {"1T", ORIGIN_ENVIRONMENT, CEILING, 0, 2000, LIMIT_CEILING},
        /* the host's own limit is above its ceiling */
        {"999", ORIGIN_FILE, 10, 0, 999, LIMIT_SET},
        {"1000", ORIGIN_FILE, 10, 0, 1000, LIMIT_SET},
        {"1001", ORIGIN_FILE, 10, 0, 1000, LIMIT_CEILING},
        /* root's word on the command line is the last */
        {"1T", ORIGIN_COMMAND_LINE, 10, 0, 1000, LIMIT_SET},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        check(&cases[i], &others, false);
}

static void roots_record_has_none(void **state)
{
    static const struct limit_case one = {"1T", ORIGIN_FILE,       CEILING,
                                          0,    UINT64_C(1) << 40, LIMIT_SET};

    (void)state;
    check(&one, &roots, false);
    check(&one, &others, true);
}

static void an_editors_word_only_lowers(void **state)
{
    static const struct limit_case cases[] = {
        {NULL, ORIGIN_FILE, CEILING, 999, 999, LIMIT_SET},
        {NULL, ORIGIN_FILE, CEILING, 1000, 1000, LIMIT_SET},
        {NULL, ORIGIN_FILE, CEILING, 1001, 0, LIMIT_SET},
        {NULL, ORIGIN_COMMAND_LINE, CEILING, 1001, 0, LIMIT_SET},
        {"1500", ORIGIN_FILE, CEILING, 1500, 1500, LIMIT_SET},
        {"1500", ORIGIN_FILE, CEILING, 1501, 0, LIMIT_SET},
        {"1T", ORIGIN_FILE, CEILING, 2000, 2000, LIMIT_SET},
        {"1T", ORIGIN_FILE, CEILING, 2001, 0, LIMIT_SET},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        check(&cases[i], &others, false);
        if (i < 6)
            check(&cases[i], &roots, false);
    }
}

/* --- room -------------------------------------------------------------------------------- */

/* What is free in FOLDER changes while we look: limits far above it, and a reserve far below. */
static void room_is_the_last_limit(void **state)
{
    char folder[] = "/tmp/eliloader-unit.XXXXXX";
    struct statvfs status;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(statvfs(folder, &status), 0);
    uint64_t available = (uint64_t)status.f_bavail * status.f_frsize;
    auto_free char *below = xasprintf("%s/not/there", folder);
    const char *const directories[] = {folder, below};
    for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
        struct settings settings = {.config = (char *)"conf", .output_reserve = 0};
        struct fetch_limits limits = {.kernel_max = 1, .ramdisk_max = 2}, huge = limits;
        auto_error struct error err = ERROR_INIT;

        if (available > 16 << 20) {
            /* both fit */
            assert_int_equal(limits_fit(&settings, directories[i], &limits, &err), 0);
            assert_true(limits.kernel_max == 1 && limits.ramdisk_max == 2);
            assert_int_equal(limits.kernel_reason, LIMIT_SET);
        }
        /* no room at all */
        settings.output_reserve = UINT64_C(1) << 62;
        assert_int_equal(limits_fit(&settings, folder, &limits, &err), -1);
        assert_int_equal(err.name, ERROR_LIMITS);
        if (available <= 16 << 20)
            continue;
        /* what there is, for both together */
        settings.output_reserve = available / 2;
        huge.kernel_max = huge.ramdisk_max = UINT64_C(1) << 40;
        auto_error struct error other = ERROR_INIT;
        assert_int_equal(limits_fit(&settings, folder, &huge, &other), 0);
        assert_true(huge.kernel_max + huge.ramdisk_max < available);
        assert_true(huge.kernel_max < huge.ramdisk_max);
        assert_int_equal(huge.kernel_reason, LIMIT_ROOM);
        assert_int_equal(huge.ramdisk_reason, LIMIT_ROOM);
        /* and where both may be as large as the larger one */
        uint64_t kernel = 1, ramdisk = UINT64_C(1) << 40;
        assert_int_equal(limits_fit_alike(&settings, folder, &kernel, &ramdisk, &other), 0);
        assert_true(kernel == 1 && ramdisk > 1 && 2 * ramdisk < available);
    }
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_editors_record_ends_at_the_ceiling),
        cmocka_unit_test(roots_record_has_none),
        cmocka_unit_test(an_editors_word_only_lowers),
        cmocka_unit_test(room_is_the_last_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
