/* How a record moves from round to round: the lists of changes, whole and broken off.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/record/rounds.h"
#include "loader/record/rounds_reinstall.h"

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

/* What the loader itself boots instead: what is remembered is the family and the limits. */
#define NATIVE                                                                                    \
    "{\"PV_bootloader\": \"eliloader\", \"PV_bootloader_args\": \"-q\", \"PV_args\": \"old\","    \
    " \"other_config\": {\"install-repository\": \"http://h/\", \"install-round\": \"done\","     \
    "  \"eliloader-native\": \"true\", \"eliloader-installed-distro\": \"sleslike\","             \
    "  \"eliloader-kernel-max-size\": \"1\", \"eliloader-postinstall-kernel-max-size\": \"2\","   \
    "  \"eliloader-ramdisk-max-size\": \"\", \"eliloader-postinstall-ramdisk-max-size\": \"4\"}," \
    " \"platform\": {\"pv-kernel-max-size\": \"2\", \"pv-ramdisk-max-size\": \"4\"}}"
#define NATIVE_REINSTALLED REINSTALLED

/* A debianlike VM in its first round, without and with its number, and what comes of it. */
#define FIRST_KEYS "\"install-repository\": \"r\", \"debian-release\": \"d\""
#define FIRST_PLATFORM \
    "\"platform\": {\"pv-ramdisk-max-size\": \"3\", \"pv-postinstall-ramdisk-max-size\": \"4\"}"
#define FIRST_ROUND                                                     \
    "{\"PV_bootloader\": \"eliloader\", \"other_config\": {" FIRST_KEYS \
    ", \"install-distro\": \"debianlike\"}, " FIRST_PLATFORM "}"
#define FIRST_ROUND_NUMBERED                                            \
    "{\"PV_bootloader\": \"eliloader\", \"other_config\": {" FIRST_KEYS \
    ", \"install-distro\": \"debianlike\", \"install-round\": \"1\"}, " FIRST_PLATFORM "}"
#define FIRST_MEMORY                                                                           \
    ", \"eliloader-installed-distro\": \"debianlike\", \"eliloader-ramdisk-max-size\": \"3\"," \
    " \"eliloader-postinstall-ramdisk-max-size\": \"4\""
#define FIRST_FINISHED                                                            \
    "{\"PV_bootloader\": \"pygrub\", \"other_config\": {" FIRST_KEYS FIRST_MEMORY \
    "}, \"platform\": {\"pv-ramdisk-max-size\": \"4\"}}"
#define FIRST_NATIVE                                                                 \
    "{\"PV_bootloader\": \"eliloader\", \"other_config\": {" FIRST_KEYS FIRST_MEMORY \
    ", \"install-round\": \"done\", \"eliloader-native\": \"true\"}, \"platform\": " \
    "{\"pv-ramdisk-max-size\": \"4\"}}"

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
    auto_record struct record record = record_of(json_deep_copy(json));
    json_t *changes = record_changes_new();
    auto_error struct error err = ERROR_INIT;
    if (plan(&record, changes, &err) < 0)
        fail_msg("%s", err.text);
    return changes;
}

static void apply(json_t *json, const json_t *changes)
{
    auto_error struct error err = ERROR_INIT;
    if (record_apply(json, changes, &err) < 0)
        fail_msg("%s", err.text);
}

static void assert_json(const json_t *got, const char *want)
{
    json_auto_t *expected = parse(want);
    if (!json_equal(got, expected)) {
        auto_free char *dump = json_dumps(got, 0);
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

/* True when a backend that cannot replace a key of a map removes it before it adds it. */
static bool is_two_steps(const json_t *change)
{
    const char *path = json_string_value(json_object_get(change, "path"));
    return strcmp(json_string_value(json_object_get(change, "op")), "add") == 0 &&
           strchr(path + 1, '/') && strncmp(path, "/VBDs/", 6) != 0;
}

/* CHANGES step by step, as such a backend makes them. */
static json_t *steps_of(const json_t *changes)
{
    json_t *steps = json_array(), *change;
    size_t i;
    json_array_foreach(changes, i, change)
    {
        if (is_two_steps(change))
            json_array_append_new(steps, json_pack("{s:s, s:O}", "op", "remove", "path",
                                                   json_object_get(change, "path")));
        json_array_append(steps, change);
    }
    return steps;
}

/* What the first COUNT steps of PLAN make of START; NULL: there are not so many. */
static json_t *broken_off(plan_function plan, const char *start, size_t count)
{
    json_t *json = parse(start);
    json_auto_t *changes = planned(json, plan);
    json_auto_t *steps = steps_of(changes);
    if (count > json_array_size(steps)) {
        json_decref(json);
        return NULL;
    }
    while (json_array_size(steps) > count)
        json_array_remove(steps, json_array_size(steps) - 1);
    apply(json, steps);
    return json;
}

static enum vm_state state_of(const json_t *json)
{
    auto_record struct record record = record_of(json_deep_copy(json));
    auto_error struct error err = ERROR_INIT;
    enum vm_state state;
    if (rounds_state(&record, &state, &err) < 0)
        fail_msg("%s", err.text);
    return state;
}

static void assert_state(const char *text, enum vm_state want)
{
    json_auto_t *json = parse(text);
    assert_int_equal(state_of(json), want);
}

/* The next run, which finds out the same as the one that was to make PLAN, and so plans that again
 * where it is still to be made. */
static void next_run(json_t *json, plan_function plan)
{
    enum vm_state state = state_of(json);
    bool by_pygrub = state == VM_LEFT && plan != rounds_finish_native;
    json_auto_t *changes = planned(json, by_pygrub || state == VM_DONE ? rounds_complete : plan);
    apply(json, changes);
}

/* Wherever PLAN is broken off, START's VM is not one to be installed unless it was one and is still
 * in its first round, and the next run makes WANT of it. */
static void assert_carried_on(plan_function plan, const char *start, const char *want)
{
    json_t *json;
    json_auto_t *whole = parse(start);
    enum vm_state first = state_of(whole);
    for (size_t i = 0; (json = broken_off(plan, start, i)); i++) {
        if (first != VM_FIRST_ROUND)
            assert_int_not_equal(state_of(json), VM_FIRST_ROUND);
        next_run(json, plan);
        assert_json(json, want);
        json_decref(json);
    }
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

/* Wherever a commit of the end breaks off, the VM still starts: by the loader, in the round that it
 * had, or by pygrub, with all that pygrub needs. */
static void test_finish_broken_off_still_starts(void **state)
{
    (void)state;
    json_t *json;
    for (size_t i = 0; (json = broken_off(finish, SECOND_ROUND, i)); i++) {
        if (state_of(json) == VM_LEFT) {
            assert_string_equal(json_string_value(json_object_get(json, "PV_bootloader_args")),
                                "--kernel /k");
            assert_string_equal(json_string_value(json_object_get(json, "PV_args")),
                                "root=/dev/xvda2");
        } else {
            assert_int_equal(state_of(json), VM_SECOND_ROUND);
        }
        json_decref(json);
    }
}

/* And the next run ends as the first one would have, with the same memory. */
static void test_finish_broken_off_is_carried_on(void **state)
{
    (void)state;
    assert_carried_on(finish, SECOND_ROUND, FINISHED);
    assert_carried_on(rounds_finish, FIRST_ROUND, FIRST_FINISHED);
}

/* A run that finds the paths of one that was stopped asks for what was there before. */
static void test_what_was_before_recorded(void **state)
{
    (void)state;
    json_t *json;
    for (size_t i = 0; (json = broken_off(finish, SECOND_ROUND, i)); i++) {
        auto_record struct record record = record_of(json);
        const char *words, *args;
        assert_int_equal(rounds_bootloader_args(&record, &words, NULL), 0);
        assert_string_equal(words, "-q");
        assert_int_equal(rounds_pv_args(&record, &args, NULL), 0);
        assert_string_equal(args, "old");
    }
}

/* --- booted by the loader itself --------------------------------------------------------- */

static void test_finish_native(void **state)
{
    (void)state;
    assert_makes(rounds_finish_native, SECOND_ROUND, NATIVE);
    assert_state(NATIVE, VM_DONE);
}

static void test_finish_native_of_the_smallest(void **state)
{
    (void)state;
    assert_makes(rounds_finish_native, "{}",
                 "{\"other_config\": {\"install-round\": \"done\","
                 " \"eliloader-native\": \"true\", \"eliloader-installed-distro\": \"\"}}");
}

static void test_finish_native_broken_off_is_carried_on(void **state)
{
    (void)state;
    assert_carried_on(rounds_finish_native, SECOND_ROUND, NATIVE);
    assert_carried_on(rounds_finish_native, FIRST_ROUND, FIRST_NATIVE);
    assert_carried_on(rounds_finish_native, FIRST_ROUND_NUMBERED, FIRST_NATIVE);
    /* After pygrub, which had paths recorded and could not boot them. */
    assert_carried_on(rounds_finish_native, FINISHED, NATIVE);
}

/* pygrub was set, and install-round was still to be removed, when a run was stopped: its number
 * must not count again on the way to the loader's own boot. */
static void test_finish_native_after_broken_off_finish(void **state)
{
    (void)state;
    json_t *json;
    for (size_t i = 0; (json = broken_off(rounds_finish, FIRST_ROUND_NUMBERED, i)); i++) {
        auto_free char *text = json_dumps(json, 0);
        if (state_of(json) == VM_LEFT)
            assert_carried_on(rounds_finish_native, text, FIRST_NATIVE);
        json_decref(json);
    }
}

/* A boot by pygrub was being recorded with its paths; now it is the loader itself that boots. */
static void test_finish_native_takes_paths_back(void **state)
{
    (void)state;
    json_t *json;
    for (size_t i = 0; (json = broken_off(finish, SECOND_ROUND, i)); i++) {
        json_auto_t *changes = planned(json, rounds_finish_native);
        apply(json, changes);
        assert_json(json, NATIVE);
        json_decref(json);
    }
}

static void test_native_is_complete(void **state)
{
    (void)state;
    json_auto_t *json = parse(NATIVE);
    json_auto_t *changes = planned(json, rounds_complete);
    assert_int_equal(json_array_size(changes), 0);
    json_auto_t *left = parse(FINISHED);
    json_auto_t *none = planned(left, rounds_complete);
    assert_int_equal(json_array_size(none), 0);
}

static void test_reinstall_of_native(void **state)
{
    (void)state;
    assert_makes(rounds_reinstall, NATIVE, NATIVE_REINSTALLED);
    json_t *json;
    for (size_t i = 0; (json = broken_off(rounds_reinstall, NATIVE, i)); i++) {
        json_auto_t *rest = planned(json, rounds_reinstall);
        apply(json, rest);
        assert_json(json, NATIVE_REINSTALLED);
        json_decref(json);
    }
}

/* Where a reinstall of such a VM is broken off, it is what it was up to one step, and in its first
 * round from then on. */
static void test_reinstall_of_native_broken_off_still_starts(void **state)
{
    (void)state;
    json_t *json;
    bool back = false;
    for (size_t i = 0; (json = broken_off(rounds_reinstall, NATIVE, i)); i++) {
        assert_int_equal(state_of(json), back ? VM_FIRST_ROUND : VM_DONE);
        json_decref(json);
        json = broken_off(rounds_reinstall, NATIVE, i + 1);
        back = json && state_of(json) == VM_FIRST_ROUND;
        if (back) {
            next_run(json, rounds_finish_native);
            assert_json(json, NATIVE);
        }
        json_decref(json);
    }
}

/* --- where a VM stands ------------------------------------------------------------------- */

#define REPO                 "\"install-repository\": \"r\""
#define VM(bootloader, keys) "{\"PV_bootloader\": \"" bootloader "\", \"other_config\": {" keys "}}"

static void test_states(void **state)
{
    (void)state;
    assert_state(VM("eliloader", REPO), VM_FIRST_ROUND);
    assert_state(VM("eliloader", REPO ", \"install-round\": \"1\""), VM_FIRST_ROUND);
    assert_state(VM("eliloader", REPO ", \"install-round\": \"2\""), VM_UNDECIDED);
    assert_state(
        VM("eliloader", REPO ", \"install-round\": \"2\", \"install-distro\": \"sleslike\""),
        VM_SECOND_ROUND);
    assert_state(
        VM("eliloader", REPO ", \"install-round\": \"3\", \"install-distro\": \"sleslike\""),
        VM_UNDECIDED);
    assert_state(VM("eliloader", REPO ", \"install-round\": \"done\""), VM_DONE);
    assert_state(VM("eliloader", "\"install-round\": \"done\""), VM_DONE);
    assert_state(VM("eliloader", "\"install-repository\": \"\""), VM_UNDECIDED);
    assert_state(VM("eliloader", "\"install-round\": \"1\""), VM_UNDECIDED);
    assert_state("{}", VM_UNDECIDED);
    assert_state(VM("pygrub", REPO), VM_LEFT);
    assert_state(VM("pygrub", REPO ", \"install-round\": \"1\""), VM_LEFT);
    assert_state(VM("pygrub", "\"install-round\": \"done\""), VM_LEFT);
}

/* The marker counts where install-round is absent, and only there. */
static void test_states_with_marker(void **state)
{
    (void)state;
    assert_state(VM("eliloader", REPO ", \"eliloader-native\": \"true\""), VM_DONE);
    assert_state(VM("eliloader", REPO ", \"eliloader-native\": \"false\""), VM_FIRST_ROUND);
    assert_state(VM("eliloader", REPO ", \"eliloader-native\": \"true\", \"install-round\": \"1\""),
                 VM_FIRST_ROUND);
    /* install-distro was taken out already. */
    assert_state(VM("eliloader", REPO ", \"eliloader-native\": \"true\", \"install-round\": "
                                      "\"2\", \"eliloader-installed-distro\": \"sleslike\""),
                 VM_SECOND_ROUND);
}

/* Somebody set the loader by hand on a VM that pygrub booted: as ever, that is round 1. */
static void test_state_after_pygrub_by_hand(void **state)
{
    (void)state;
    json_auto_t *json = parse(FINISHED);
    json_object_set_new(json, "PV_bootloader", json_string("eliloader"));
    assert_int_equal(state_of(json), VM_FIRST_ROUND);
    auto_record struct record record = record_of(json_incref(json));
    const char *family;
    assert_int_equal(rounds_family(&record, &family, NULL), 0);
    assert_null(family);
}

static void test_state_refused(void **state)
{
    (void)state;
    static const char *const rounds[] = {
        "0", "100", "-1", "", "Done", "1x", "99999999999999999999"};
    for (size_t i = 0; i < ARRAY_SIZE(rounds); i++) {
        json_t *json = json_pack("{s:{s:s}}", "other_config", "install-round", rounds[i]);
        auto_record struct record record = record_of(json);
        auto_error struct error err = ERROR_INIT;
        enum vm_state vm_state;
        assert_int_equal(rounds_state(&record, &vm_state, &err), -1);
        assert_non_null(strstr(err.text, "eliloader vm reinstall vm1"));
    }
    assert_state(VM("eliloader", "\"install-round\": \"99\""), VM_UNDECIDED);
}

/* --- back ---------------------------------------------------------------------------------- */

static void test_reinstall(void **state)
{
    (void)state;
    assert_makes(rounds_reinstall, FINISHED, REINSTALLED);
}

/* Broken off anywhere, in the middle of the end of an installation too. */
static void test_reinstall_after_broken_off_finish(void **state)
{
    (void)state;
    json_t *json;
    for (size_t i = 0; (json = broken_off(finish, SECOND_ROUND, i)); i++) {
        json_auto_t *back = planned(json, rounds_reinstall);
        apply(json, back);
        assert_json(json, REINSTALLED);
        json_decref(json);
    }
}

static void test_reinstall_broken_off_is_carried_on(void **state)
{
    (void)state;
    json_t *json;
    for (size_t i = 0; (json = broken_off(rounds_reinstall, FINISHED, i)); i++) {
        json_auto_t *rest = planned(json, rounds_reinstall);
        apply(json, rest);
        assert_json(json, REINSTALLED);
        json_decref(json);
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
    auto_record struct record record = record_of(parse(start));
    json_auto_t *changes = record_changes_new();
    auto_error struct error err = ERROR_INIT;
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

static int advance(const struct record *record, json_t *changes, struct error *err)
{
    return rounds_advance(record, changes, 2, NULL, err);
}

/* From a repository that was recognised. */
static int advance_auto(const struct record *record, json_t *changes, struct error *err)
{
    return rounds_advance(record, changes, 2, "sleslike", err);
}

static void test_advance(void **state)
{
    (void)state;
    json_auto_t *json = parse("{\"PV_bootloader\": \"eliloader\"}");
    json_auto_t *changes = planned(json, advance);
    apply(json, changes);
    assert_json(json, "{\"PV_bootloader\": \"eliloader\", \"other_config\": {\"install-round\": "
                      "\"2\"}}");
    /* Another host was faster. */
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(record_apply(json, changes, &err), -1);
    assert_string_equal(err.text,
                        "other-config:install-round was changed by somebody else meanwhile");
}

#define AUTOMATIC                                                                    \
    VM("eliloader", REPO ", \"install-distro\": \"auto\", \"install-round\": \"1\"," \
                         " \"eliloader-native\": \"true\", \"eliloader-bootloader-args\": \"x\"")
#define AUTOMATIC_SECOND                                                                 \
    VM("eliloader", REPO ", \"install-distro\": \"sleslike\", \"install-round\": \"2\"," \
                         " \"eliloader-installed-distro\": \"sleslike\"")
#define AUTOMATIC_FINISHED VM("pygrub", REPO ", \"eliloader-installed-distro\": \"sleslike\"")

/* The first round is repeated, or the second follows, of the right family. */
static void test_advance_broken_off(void **state)
{
    (void)state;
    json_t *json;
    assert_makes(advance_auto, AUTOMATIC, AUTOMATIC_SECOND);
    for (size_t i = 0; (json = broken_off(advance_auto, AUTOMATIC, i)); i++) {
        if (state_of(json) == VM_FIRST_ROUND) {
            next_run(json, advance_auto);
            assert_json(json, AUTOMATIC_SECOND);
        }
        assert_int_equal(state_of(json), VM_SECOND_ROUND);
        next_run(json, rounds_finish);
        assert_json(json, AUTOMATIC_FINISHED);
        json_decref(json);
    }
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
    auto_record struct record record = record_of(parse(json));
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
    json_t *json;
    for (size_t i = 0; (json = broken_off(rounds_boot_from_disk, CD_BOOTS, i)); i++) {
        json_auto_t *rest = planned(json, rounds_boot_from_disk);
        apply(json, rest);
        assert_json(json, DISK_BOOTS);
        json_decref(json);
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
        auto_record struct record record = record_of(parse(records[i]));
        json_auto_t *changes = record_changes_new();
        auto_error struct error err = ERROR_INIT;
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
        cmocka_unit_test(test_what_was_before_recorded),
        cmocka_unit_test(test_finish_native),
        cmocka_unit_test(test_finish_native_of_the_smallest),
        cmocka_unit_test(test_finish_native_broken_off_is_carried_on),
        cmocka_unit_test(test_finish_native_after_broken_off_finish),
        cmocka_unit_test(test_finish_native_takes_paths_back),
        cmocka_unit_test(test_native_is_complete),
        cmocka_unit_test(test_reinstall_of_native),
        cmocka_unit_test(test_reinstall_of_native_broken_off_still_starts),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_states_with_marker),
        cmocka_unit_test(test_state_after_pygrub_by_hand),
        cmocka_unit_test(test_state_refused),
        cmocka_unit_test(test_reinstall),
        cmocka_unit_test(test_reinstall_after_broken_off_finish),
        cmocka_unit_test(test_reinstall_broken_off_is_carried_on),
        cmocka_unit_test(test_second_reinstall_changes_nothing),
        cmocka_unit_test(test_reinstall_of_an_interrupted_second_round),
        cmocka_unit_test(test_reinstall_without_memory),
        cmocka_unit_test(test_reinstall_keeps_what_was_set_since),
        cmocka_unit_test(test_reinstall_refused),
        cmocka_unit_test(test_advance),
        cmocka_unit_test(test_advance_broken_off),
        cmocka_unit_test(test_finish_notices_another_host),
        cmocka_unit_test(test_installed),
        cmocka_unit_test(test_boot_from_disk),
        cmocka_unit_test(test_boot_from_disk_broken_off),
        cmocka_unit_test(test_reinstall_from_cd),
        cmocka_unit_test(test_boot_from_disk_damaged),
    };
    return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}
