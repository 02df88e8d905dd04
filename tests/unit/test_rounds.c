/* How a record moves from round to round: the lists of changes, whole and broken off.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/rounds.h"

/* A sleslike VM in its second round, with everything that the end of it moves. */
#define SECOND_ROUND                                                                               \
    "{\"PV_bootloader\": \"eliloader\", \"PV_bootloader_args\": \"-q\", \"PV_args\": \"old\","     \
    " \"other_config\": {\"install-repository\": \"http://h/\", \"install-distro\": \"sleslike\"," \
    "  \"install-round\": \"2\"},"                                                                 \
    " \"platform\": {\"pv-kernel-max-size\": \"1\", \"pv-postinstall-kernel-max-size\": \"2\","    \
    "  \"pv-postinstall-ramdisk-max-size\": \"4\"}}"

#define FINISHED                                                                                  \
    "{\"PV_bootloader\": \"pygrub\", \"PV_bootloader_args\": \"--kernel /k\","                    \
    " \"PV_args\": \"root=/dev/xvda2\","                                                          \
    " \"other_config\": {\"install-repository\": \"http://h/\","                                  \
    "  \"eliloader-installed-distro\": \"sleslike\", \"eliloader-bootloader-args\": \"-q\","      \
    "  \"eliloader-PV-args\": \"old\","                                                           \
    "  \"eliloader-kernel-max-size\": \"1\", \"eliloader-postinstall-kernel-max-size\": \"2\","   \
    "  \"eliloader-ramdisk-max-size\": \"\", \"eliloader-postinstall-ramdisk-max-size\": \"4\"}," \
    " \"platform\": {\"pv-kernel-max-size\": \"2\", \"pv-ramdisk-max-size\": \"4\"}}"

#define REINSTALLED                                                                                \
    "{\"PV_bootloader\": \"eliloader\", \"PV_bootloader_args\": \"-q\", \"PV_args\": \"old\","     \
    " \"other_config\": {\"install-repository\": \"http://h/\", \"install-distro\": \"sleslike\"," \
    "  \"install-round\": \"1\"},"                                                                 \
    " \"platform\": {\"pv-kernel-max-size\": \"1\", \"pv-postinstall-kernel-max-size\": \"2\","    \
    "  \"pv-postinstall-ramdisk-max-size\": \"4\"}}"

static json_t *parse(const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    return json;
}

/* A record that takes JSON over. */
static struct record record_of(json_t *json)
{
    struct record record = RECORD_INIT;
    record.id = xstrdup("vm1");
    record.json = json;
    return record;
}

static int finish(const struct record *record, json_t *changes, struct error *err)
{
    return rounds_finish_with_args(record, changes, "--kernel /k", "root=/dev/xvda2", err);
}

typedef int (*plan_function)(const struct record *record, json_t *changes, struct error *err);

/* The changes that PLAN makes for JSON, which stays as it is. */
static json_t *planned(json_t *json, plan_function plan)
{
    autorecord struct record record = record_of(json_deep_copy(json));
    json_t *changes = record_changes_new();
    autoerror struct error err = ERROR_INIT;
    if (plan(&record, changes, &err) == -1)
        fail_msg("%s", err.text);
    return changes;
}

static void apply(json_t *json, const json_t *changes)
{
    autoerror struct error err = ERROR_INIT;
    if (record_apply(json, changes, &err) == -1)
        fail_msg("%s", err.text);
}

static void assert_json(const json_t *got, const char *want)
{
    json_auto_t *expected = parse(want);
    if (!json_equal(got, expected)) {
        autofree char *dump = json_dumps(got, 0);
        fail_msg("got  %s\nwant %s", dump, want);
    }
}

/* PLAN makes WANT of START. */
static void assert_makes(plan_function plan, const char *start, const char *want)
{
    json_auto_t *json = parse(start);
    json_auto_t *changes = planned(json, plan);
    apply(json, changes);
    assert_json(json, want);
}

/* The first COUNT changes of PLAN made to START. */
static json_t *broken_off(plan_function plan, const char *start, size_t count)
{
    json_t *json = parse(start);
    json_auto_t *changes = planned(json, plan);
    while (json_array_size(changes) > count)
        json_array_remove(changes, json_array_size(changes) - 1);
    apply(json, changes);
    return json;
}

static const char *config(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json_object_get(json, "other_config"), key));
}

static void test_finish(void **state)
{
    (void)state;
    assert_makes(finish, SECOND_ROUND, FINISHED);
}

static void test_finish_of_the_smallest(void **state)
{
    (void)state;
    assert_makes(rounds_finish, "{\"PV_bootloader\": \"eliloader\"}",
                 "{\"PV_bootloader\": \"pygrub\","
                 " \"other_config\": {\"eliloader-installed-distro\": \"\"}}");
}

/* What an earlier installation left is not taken for this one's. */
static void test_finish_forgets_older_memory(void **state)
{
    (void)state;
    assert_makes(rounds_finish,
                 "{\"other_config\": {\"eliloader-bootloader-args\": \"old\","
                 " \"eliloader-installed-distro\": \"old\", \"eliloader-kernel-max-size\": \"8\","
                 " \"eliloader-postinstall-kernel-max-size\": \"9\"}}",
                 "{\"PV_bootloader\": \"pygrub\","
                 " \"other_config\": {\"eliloader-installed-distro\": \"\"}}");
}

/* Wherever a commit of the end breaks off, the VM still starts: by the loader, in the round and
 * with the arguments that it had, or by pygrub, with all that pygrub needs. */
static void test_finish_broken_off_still_starts(void **state)
{
    (void)state;
    json_auto_t *start = parse(SECOND_ROUND);
    json_auto_t *all = planned(start, finish);
    for (size_t i = 0; i <= json_array_size(all); i++) {
        json_auto_t *json = broken_off(finish, SECOND_ROUND, i);
        const char *bootloader = json_string_value(json_object_get(json, "PV_bootloader"));
        const char *args = json_string_value(json_object_get(json, "PV_bootloader_args"));
        if (strcmp(bootloader, "pygrub") == 0) {
            assert_string_equal(args, "--kernel /k");
            continue;
        }
        assert_string_equal(bootloader, "eliloader");
        assert_string_equal(config(json, "install-round"), "2");
        assert_string_equal(config(json, "install-distro"), "sleslike");
    }
}

/* And the next run ends as the first one would have, with the same memory. */
static void test_finish_broken_off_is_carried_on(void **state)
{
    (void)state;
    json_auto_t *start = parse(SECOND_ROUND);
    json_auto_t *all = planned(start, finish);
    for (size_t i = 0; i <= json_array_size(all); i++) {
        json_auto_t *json = broken_off(finish, SECOND_ROUND, i);
        autorecord struct record record = record_of(json_incref(json));
        if (rounds_installed(&record))
            break;
        json_auto_t *rest = planned(json, finish);
        apply(json, rest);
        assert_json(json, FINISHED);
    }
}

static void test_reinstall(void **state)
{
    (void)state;
    assert_makes(rounds_reinstall, FINISHED, REINSTALLED);
}

/* Broken off anywhere, in the middle of the end of an installation too. */
static void test_reinstall_after_broken_off_finish(void **state)
{
    (void)state;
    json_auto_t *start = parse(SECOND_ROUND);
    json_auto_t *all = planned(start, finish);
    for (size_t i = 0; i <= json_array_size(all); i++) {
        json_auto_t *json = broken_off(finish, SECOND_ROUND, i);
        json_auto_t *back = planned(json, rounds_reinstall);
        apply(json, back);
        assert_json(json, REINSTALLED);
    }
}

static void test_reinstall_broken_off_is_carried_on(void **state)
{
    (void)state;
    json_auto_t *finished = parse(FINISHED);
    json_auto_t *all = planned(finished, rounds_reinstall);
    for (size_t i = 0; i <= json_array_size(all); i++) {
        json_auto_t *json = broken_off(rounds_reinstall, FINISHED, i);
        json_auto_t *rest = planned(json, rounds_reinstall);
        apply(json, rest);
        assert_json(json, REINSTALLED);
    }
}

static void test_second_reinstall_changes_nothing(void **state)
{
    (void)state;
    assert_makes(rounds_reinstall, REINSTALLED, REINSTALLED);
    json_auto_t *json = parse(REINSTALLED);
    json_auto_t *changes = planned(json, rounds_reinstall);
    assert_int_equal(json_array_size(changes), 2); /* the tests */
}

static void test_reinstall_of_an_interrupted_second_round(void **state)
{
    (void)state;
    assert_makes(rounds_reinstall, SECOND_ROUND, REINSTALLED);
}

/* The complaint of users: an installation that was interrupted, with pygrub set already. */
static void test_reinstall_without_memory(void **state)
{
    (void)state;
    assert_makes(
        rounds_reinstall,
        "{\"PV_bootloader\": \"pygrub\", \"other_config\": {\"install-repository\": \"r\"}}",
        "{\"PV_bootloader\": \"eliloader\", \"other_config\": {\"install-repository\": "
        "\"r\", \"install-round\": \"1\"}}");
}

static void test_reinstall_keeps_what_was_set_since(void **state)
{
    (void)state;
    assert_makes(rounds_reinstall,
                 "{\"PV_bootloader\": \"pygrub\", \"other_config\": {\"install-repository\": \"r\","
                 " \"install-distro\": \"rhlike\", \"eliloader-installed-distro\": \"sleslike\","
                 " \"eliloader-kernel-max-size\": \"1\","
                 " \"eliloader-postinstall-kernel-max-size\": \"2\"},"
                 " \"platform\": {\"pv-kernel-max-size\": \"77\"}}",
                 "{\"PV_bootloader\": \"eliloader\", \"other_config\": {\"install-repository\": "
                 "\"r\", \"install-distro\": \"rhlike\", \"install-round\": \"1\"},"
                 " \"platform\": {\"pv-kernel-max-size\": \"77\","
                 " \"pv-postinstall-kernel-max-size\": \"2\"}}");
}

static void assert_reinstall_refused(const char *start, const char *want)
{
    autorecord struct record record = record_of(parse(start));
    json_auto_t *changes = record_changes_new();
    autoerror struct error err = ERROR_INIT;
    assert_int_equal(rounds_reinstall(&record, changes, &err), -1);
    if (!strstr(err.text, want))
        fail_msg("'%s' is not in '%s'", want, err.text);
}

static void test_reinstall_refused(void **state)
{
    (void)state;
    assert_reinstall_refused("{}", "no install-repository; set one first: eliloader vm set vm1");
    assert_reinstall_refused("{\"other_config\": {\"install-repository\": \"\"}}",
                             "no install-repository");
    assert_reinstall_refused("{\"other_config\": 1}", "other_config is a number, not a map");
    assert_reinstall_refused("{\"PV_bootloader\": 1, \"other_config\": {\"install-repository\": "
                             "\"r\"}}",
                             "PV-bootloader is a number");
}

static void test_advance(void **state)
{
    (void)state;
    json_auto_t *json = parse("{\"PV_bootloader\": \"eliloader\"}");
    autorecord struct record record = record_of(json_deep_copy(json));
    json_auto_t *changes = record_changes_new();
    assert_int_equal(rounds_advance(&record, changes, 2, NULL), 0);
    apply(json, changes);
    assert_json(json, "{\"PV_bootloader\": \"eliloader\", \"other_config\": {\"install-round\": "
                      "\"2\"}}");
    /* Another host was faster. */
    autoerror struct error err = ERROR_INIT;
    assert_int_equal(record_apply(json, changes, &err), -1);
    assert_string_equal(err.text,
                        "other-config:install-round was changed by somebody else meanwhile");
}

static void test_finish_notices_another_host(void **state)
{
    (void)state;
    json_auto_t *json = parse(SECOND_ROUND);
    json_auto_t *changes = planned(json, finish);
    apply(json, changes);
    assert_int_equal(record_apply(json, changes, NULL), -1);
}

static void assert_installed(const char *json, bool want)
{
    autorecord struct record record = record_of(parse(json));
    assert_int_equal(rounds_installed(&record), want);
}

static void test_installed(void **state)
{
    (void)state;
    assert_installed("{\"PV_bootloader\": \"pygrub\"}", true);
    assert_installed("{\"PV_bootloader\": \"/usr/bin/pygrub\"}", true);
    assert_installed("{\"PV_bootloader\": \"eliloader\"}", false);
    assert_installed("{\"PV_bootloader\": \"/usr/bin/eliloader\"}", false);
    assert_installed("{\"PV_bootloader\": \"\"}", false);
    assert_installed("{\"PV_bootloader\": 1}", false);
    assert_installed("{}", false);
}

#define CD_BOOTS                                                                               \
    "{\"PV_bootloader\": \"eliloader\", \"other_config\": {\"install-repository\": \"cdrom\"," \
    " \"install-round\": \"1\"}, \"VBDs\": [{\"userdevice\": \"0\", \"bootable\": false},"     \
    " {\"userdevice\": \"1\"}, {\"userdevice\": \"13\", \"bootable\": true},"                  \
    " {\"userdevice\": \"3\", \"bootable\": true}]}"

#define DISK_BOOTS                                                                             \
    "{\"PV_bootloader\": \"eliloader\", \"other_config\": {\"install-repository\": \"cdrom\"," \
    " \"install-round\": \"1\", \"eliloader-bootable\": \"13 3\"},"                            \
    " \"VBDs\": [{\"userdevice\": \"0\", \"bootable\": true},"                                 \
    " {\"userdevice\": \"1\"}, {\"userdevice\": \"13\", \"bootable\": false},"                 \
    " {\"userdevice\": \"3\", \"bootable\": false}]}"

static void test_boot_from_disk(void **state)
{
    (void)state;
    assert_makes(rounds_boot_from_disk, CD_BOOTS, DISK_BOOTS);
    assert_makes(rounds_boot_from_disk, DISK_BOOTS, DISK_BOOTS);
    assert_makes(rounds_boot_from_disk, "{}", "{}");
}

static void test_boot_from_disk_broken_off(void **state)
{
    (void)state;
    json_auto_t *start = parse(CD_BOOTS);
    json_auto_t *all = planned(start, rounds_boot_from_disk);
    for (size_t i = 0; i <= json_array_size(all); i++) {
        json_auto_t *json = broken_off(rounds_boot_from_disk, CD_BOOTS, i);
        json_auto_t *rest = planned(json, rounds_boot_from_disk);
        apply(json, rest);
        assert_json(json, DISK_BOOTS);
    }
}

static void test_reinstall_from_cd(void **state)
{
    (void)state;
    json_auto_t *json = parse(DISK_BOOTS);
    json_auto_t *changes = planned(json, rounds_reinstall);
    json_auto_t *want = parse(CD_BOOTS);
    json_object_set_new(json_array_get(json_object_get(want, "VBDs"), 1), "bootable", json_false());
    json_object_set_new(json_array_get(json_object_get(json, "VBDs"), 1), "bootable", json_false());
    apply(json, changes);
    assert_true(json_equal(json, want));
}

static void test_boot_from_disk_damaged(void **state)
{
    (void)state;
    static const char *const records[] = {"{\"VBDs\": [1]}", "{\"VBDs\": [{}]}",
                                          "{\"VBDs\": [{\"userdevice\": 0}]}",
                                          "{\"VBDs\": [{\"userdevice\": \"0 3\"}]}"};
    for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
        autorecord struct record record = record_of(parse(records[i]));
        json_auto_t *changes = record_changes_new();
        autoerror struct error err = ERROR_INIT;
        assert_int_equal(rounds_boot_from_disk(&record, changes, &err), -1);
        assert_non_null(strstr(err.text, "no usable userdevice"));
        assert_int_equal(json_array_size(changes), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finish),
        cmocka_unit_test(test_finish_of_the_smallest),
        cmocka_unit_test(test_finish_forgets_older_memory),
        cmocka_unit_test(test_finish_broken_off_still_starts),
        cmocka_unit_test(test_finish_broken_off_is_carried_on),
        cmocka_unit_test(test_reinstall),
        cmocka_unit_test(test_reinstall_after_broken_off_finish),
        cmocka_unit_test(test_reinstall_broken_off_is_carried_on),
        cmocka_unit_test(test_second_reinstall_changes_nothing),
        cmocka_unit_test(test_reinstall_of_an_interrupted_second_round),
        cmocka_unit_test(test_reinstall_without_memory),
        cmocka_unit_test(test_reinstall_keeps_what_was_set_since),
        cmocka_unit_test(test_reinstall_refused),
        cmocka_unit_test(test_advance),
        cmocka_unit_test(test_finish_notices_another_host),
        cmocka_unit_test(test_installed),
        cmocka_unit_test(test_boot_from_disk),
        cmocka_unit_test(test_boot_from_disk_broken_off),
        cmocka_unit_test(test_reinstall_from_cd),
        cmocka_unit_test(test_boot_from_disk_damaged),
    };
    return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}
