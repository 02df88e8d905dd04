/* Whose bootloader run it is, and which user its helpers become.
 * Boundaries: users
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/confine.h"
#include "loader/settings/user.h"

/* --- the output directory's name ------------------------------------------------------------ */

static void domid_of_the_directory(void **state)
{
    (void)state;
    assert_int_equal(user_domid("/var/lib/xen/bootloader.7.d"), 7);
    assert_int_equal(user_domid("/var/lib/xen/bootloader.12.d//"), 12);
    assert_int_equal(user_domid("bootloader.1.d"), 1);
    assert_int_equal(user_domid("bootloader.7.d/bootloader.8.d"), 8);
    /* The largest guest, one below, one above. */
    assert_int_equal(user_domid("/x/bootloader.32750.d"), 32750);
    assert_int_equal(user_domid("/x/bootloader.32751.d"), USER_DOMID_MAX);
    assert_int_equal(user_domid("/x/bootloader.32752.d"), -1);
}

static void no_domid(void **state)
{
    static const char *const names[] = {"",
                                        "/",
                                        "//",
                                        "/var/run/xen/pygrub",
                                        "/x/bootloader.0.d",
                                        "/x/bootloader.07.d",
                                        "/x/bootloader.d",
                                        "/x/bootloader..d",
                                        "/x/bootloader.-1.d",
                                        "/x/bootloader. 7.d",
                                        "/x/bootloader.7",
                                        "/x/bootloader.7.out",
                                        "/x/bootloader.7.d/boot",
                                        "/x/my-bootloader.7.d",
                                        "/x/bootloader.18446744073709551623.d",
                                        "/x/bootloader.7.d.d"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (user_domid(names[i]) != -1)
            fail_msg("%s has a domain", names[i]);
}

/* --- the user ------------------------------------------------------------------------------- */

/* What bootloader mode with WORD (an option, or NULL), started by root in DIRECTORY, settles on. */
static void choose(const char *word, const char *directory, struct settings *settings)
{
    auto_free char *place = xasprintf("--output-directory=%s", directory);
    auto_free char *option = word ? xstrdup(word) : NULL;
    char *argv[] = {place, option};
    auto_error struct error err = ERROR_INIT;

    if (settings_parse(COMMAND_BOOT, word ? 2 : 1, argv, settings, &err) < 0)
        fail_msg("%s", err.text);
    user_choose(settings);
}

static void assert_user(const char *word, const char *directory, uid_t first, uid_t last, bool own)
{
    auto_settings struct settings settings = {.help = false};

    choose(word, directory, &settings);
    assert_in_range(settings.runas, first, last);
    assert_int_equal(settings.runas_own, own);
}

static void root_has_a_user_for_each_run(void **state)
{
    (void)state;
    if (geteuid() != 0)
        return;
    assert_user(NULL, "/x/bootloader.7.d", CONFINE_DEFAULT_UID, CONFINE_DEFAULT_UID, false);
    assert_user("--runas-base=100000", "/x/bootloader.1.d", 100001, 100001, true);
    assert_user("--runas-base=100000", "/x/bootloader.32751.d", 132751, 132751, true);
    /* A run that is nobody's: the second half. */
    uid_t mine = 100000 + USERS_HALF + (uid_t)getpid() % USERS_HALF;
    assert_user("--runas-base=100000", "/x/bootloader.32752.d", mine, mine, true);
    assert_user("--runas-base=100000", "/x", mine, mine, true);
    /* Somebody names one: whose it is besides is not known. */
    assert_user("--runas=5", "/x/bootloader.7.d", 5, 5, false);
}

static void who_is_not_root_stays(void **state)
{
    (void)state;
    if (geteuid() == 0)
        return;
    assert_user("--runas-base=100000", "/x/bootloader.7.d", CONFINE_DEFAULT_UID,
                CONFINE_DEFAULT_UID, false);
}

/* The last of the users is the last that there is: 2^32 - 2. */
static void bounds_of_the_base(void **state)
{
    static const char *const bad[] = {"0", "4294901760", "4294967295", "-1", "", "1x", "65534.0"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        auto_settings struct settings settings = {.help = false};
        auto_error struct error err = ERROR_INIT;
        auto_free char *word = xasprintf("--runas-base=%s", bad[i]);
        if (settings_parse(COMMAND_BOOT, 1, &word, &settings, &err) == 0)
            fail_msg("%s is taken", word);
        assert_int_equal(err.name, ERROR_USAGE);
    }
    auto_settings struct settings least = {.help = false}, most = {.help = false};
    choose("--runas-base=1", "/x", &least);
    assert_int_equal(least.runas_base, 1);
    choose("--runas-base=4294901759", "/x/bootloader.32751.d", &most);
    assert_int_equal(most.runas_base, 4294901759U);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(domid_of_the_directory),       cmocka_unit_test(no_domid),
        cmocka_unit_test(root_has_a_user_for_each_run), cmocka_unit_test(who_is_not_root_stays),
        cmocka_unit_test(bounds_of_the_base),
    };
    setenv("ELILOADER_CONFIG", "/dev/null", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
