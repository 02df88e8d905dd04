/* The VM record: IDs, values, backends.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "loader/record/file.h"
#include "loader/record/names.h"
#include "loader/record/program.h"

/* A record in memory, of no backend. */
static struct record record_of(const char *json)
{
    struct record record = RECORD_INIT;
    record.id = xstrdup("vm1");
    record.json = json_loads(json, 0, NULL);
    assert_non_null(record.json);
    return record;
}

/* A record whose other_config has KEY with a value of LENGTH times 'x'. */
static struct record record_with_length(size_t length)
{
    auto_free char *value = xmalloc(length + 1);
    memset(value, 'x', length);
    value[length] = '\0';
    struct record record = record_of("{\"other_config\": {}}");
    json_object_set_new(json_object_get(record.json, "other_config"), "key", json_string(value));
    return record;
}

static void assert_id_length(size_t length, bool valid)
{
    auto_free char *id = xmalloc(length + 1);
    memset(id, 'x', length);
    id[length] = '\0';
    assert_int_equal(record_id_valid(id), valid);
}

static void test_id(void **state)
{
    (void)state;
    assert_true(record_id_valid("0d3a7b4c-1111-2222-3333-444455556666"));
    assert_true(record_id_valid("a.b_c-D9"));
    assert_true(record_id_valid("_"));
    assert_false(record_id_valid(""));
    assert_false(record_id_valid("."));
    assert_false(record_id_valid(".."));
    assert_false(record_id_valid(".hidden"));
    assert_false(record_id_valid("-option"));
    assert_false(record_id_valid("a/b"));
    assert_false(record_id_valid("../a"));
    assert_false(record_id_valid("a b"));
    assert_false(record_id_valid("a\n"));
    assert_false(record_id_valid("\xc3\xa4"));
}

static void test_id_length(void **state)
{
    (void)state;
    assert_id_length(RECORD_ID_MAX - 1, true);
    assert_id_length(RECORD_ID_MAX, true);
    assert_id_length(RECORD_ID_MAX + 1, false);
}

static void test_get(void **state)
{
    (void)state;
    auto_record struct record record =
        record_of("{\"PV_args\": \"a b\", \"other_config\": {\"k\": \"v\", \"e\": \"\"}}");
    const char *value = "unset";
    assert_int_equal(record_get(&record, NULL, "PV_args", &value, NULL), 0);
    assert_string_equal(value, "a b");
    assert_int_equal(record_get(&record, "other_config", "k", &value, NULL), 0);
    assert_string_equal(value, "v");
    assert_int_equal(record_get(&record, "other_config", "e", &value, NULL), 0);
    assert_string_equal(value, "");
}

static void test_get_absent(void **state)
{
    (void)state;
    auto_record struct record record = record_of("{\"other_config\": {}}");
    const char *value = "unset";
    assert_int_equal(record_get(&record, NULL, "PV_args", &value, NULL), 0);
    assert_null(value);
    value = "unset";
    assert_int_equal(record_get(&record, "other_config", "k", &value, NULL), 0);
    assert_null(value);
    value = "unset";
    assert_int_equal(record_get(&record, "platform", "k", &value, NULL), 0);
    assert_null(value);
    assert_int_equal(record_get_default(&record, "platform", "k", "d", &value, NULL), 0);
    assert_string_equal(value, "d");
}

/* Getting KEY of MAP from JSON fails with a sentence that holds WANT. */
static void assert_refused(const char *json, const char *map, const char *key, const char *want)
{
    auto_record struct record record = record_of(json);
    auto_error struct error err = ERROR_INIT;
    const char *value;
    assert_int_equal(record_get(&record, map, key, &value, &err), -1);
    assert_int_equal(err.name, ERROR_INTERNAL);
    if (!strstr(err.text, want))
        fail_msg("'%s' is not in '%s'", want, err.text);
    assert_int_equal(record_get_default(&record, map, key, "d", &value, &err), -1);
}

static void test_get_wrong_types(void **state)
{
    (void)state;
    assert_refused("{\"other_config\": {\"install-round\": 1}}", "other_config", "install-round",
                   "VM 'vm1': other-config:install-round is a number, not text");
    assert_refused("{\"platform\": {\"k\": null}}", "platform", "k",
                   "VM 'vm1': platform:k is null, not text");
    assert_refused("{\"platform\": {\"k\": {}}}", "platform", "k", "is a map, not text");
    assert_refused("{\"platform\": {\"k\": []}}", "platform", "k", "is a list, not text");
    assert_refused("{\"platform\": {\"k\": true}}", "platform", "k", "is a boolean, not text");
    assert_refused("{\"PV_args\": 1.5}", NULL, "PV_args",
                   "VM 'vm1': PV-args is a number, not text");
    assert_refused("{\"other_config\": []}", "other_config", "k",
                   "the record of VM 'vm1' is damaged: other_config is a list, not a map");
    assert_refused("{\"other_config\": \"k\"}", "other_config", "k", "is text, not a map");
    assert_refused("{\"other_config\": null}", "other_config", "k", "is null, not a map");
}

static void test_get_control_characters(void **state)
{
    (void)state;
    assert_refused("{\"platform\": {\"k\": \"a\\nb\"}}", "platform", "k",
                   "platform:k holds a control character");
    assert_refused("{\"platform\": {\"k\": \"\\u001f\"}}", "platform", "k", "control character");
    assert_refused("{\"platform\": {\"k\": \"\\u007f\"}}", "platform", "k", "control character");
}

static void test_get_nul(void **state)
{
    (void)state;
    auto_record struct record record = RECORD_INIT;
    auto_error struct error err = ERROR_INIT;
    const char *value;
    record.id = xstrdup("vm1");
    record.json = json_loads("{\"PV_args\": \"a\\u0000b\"}", JSON_ALLOW_NUL, NULL);
    assert_int_equal(record_get(&record, NULL, "PV_args", &value, &err), -1);
    assert_non_null(strstr(err.text, "PV-args holds a control character"));
}

static void test_get_length(void **state)
{
    (void)state;
    const char *value;
    auto_record struct record below = record_with_length(RECORD_VALUE_MAX - 1);
    assert_int_equal(record_get(&below, "other_config", "key", &value, NULL), 0);
    auto_record struct record at = record_with_length(RECORD_VALUE_MAX);
    assert_int_equal(record_get(&at, "other_config", "key", &value, NULL), 0);
    assert_int_equal(strlen(value), RECORD_VALUE_MAX);
    auto_record struct record above = record_with_length(RECORD_VALUE_MAX + 1);
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(record_get(&above, "other_config", "key", &value, &err), -1);
    assert_string_equal(err.text, "VM 'vm1': other-config:key is 8193 bytes long, at most 8192 "
                                  "are allowed");
}

static void assert_name(const char *name, const char *want_map, const char *want_key)
{
    const char *map;
    auto_free char *key = NULL;
    assert_true(record_name_parse(name, strlen(name), &map, &key));
    assert_string_equal(key, want_key);
    if (want_map)
        assert_string_equal(map, want_map);
    else
        assert_null(map);
}

static void test_names(void **state)
{
    (void)state;
    assert_name("PV-bootloader", NULL, "PV_bootloader");
    assert_name("PV-bootloader-args", NULL, "PV_bootloader_args");
    assert_name("PV-args", NULL, "PV_args");
    assert_name("name-label", NULL, "name_label");
    assert_name("other-config:a:b", "other_config", "a:b");
    assert_name("platform:", "platform", "");
    assert_name("xenstore-data:vm-data/a", "xenstore_data", "vm-data/a");
    assert_name("install-anything", "other_config", "install-anything");
    assert_name("debian-release", "other_config", "debian-release");
}

static void test_names_unknown(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",       "PV_bootloader",   "pv-args",    "uuid",    "other-config", "other-configs:k",
        "VBDs:0", "debian-releases", "xinstall-a", "PV-args "};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *map;
        auto_free char *key = NULL;
        assert_false(record_name_parse(names[i], strlen(names[i]), &map, &key));
    }
}

static void test_names_round_trip(void **state)
{
    (void)state;
    static const char *const names[] = {"PV-bootloader-args", "name-label",
                                        "other-config:install-round", "platform:k:l"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *map;
        auto_free char *key = NULL;
        assert_true(record_name_parse(names[i], strlen(names[i]), &map, &key));
        auto_free char *name = record_name_of(map, key);
        assert_string_equal(name, names[i]);
    }
    auto_free char *other = record_name_of(NULL, "uuid");
    assert_string_equal(other, "uuid");
}

static void test_store(void **state)
{
    (void)state;
    auto_record_store struct record_store store = RECORD_STORE_INIT;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(
        record_store_choose(&(struct record_places){NULL, "/d", NULL}, NULL, &store, &err), 0);
    assert_ptr_equal(store.backend, &record_file_backend);
    assert_string_equal(store.places.directory, "/d");
    assert_int_equal(
        record_store_choose(&(struct record_places){"file", "d", NULL}, NULL, &store, &err), 0);
    assert_int_equal(
        record_store_choose(&(struct record_places){"files", "/d", NULL}, NULL, &store, &err), -1);
    assert_int_equal(err.name, ERROR_USAGE);
    assert_non_null(strstr(err.text, "'files'"));
    assert_int_equal(
        record_store_choose(&(struct record_places){"file", "", NULL}, NULL, &store, &err), -1);
    assert_int_equal(
        record_store_choose(&(struct record_places){"file", NULL, NULL}, NULL, &store, &err), -1);
}

/* The backend of PLACES for ID, or NULL when it is refused. */
static const struct record_backend *chosen(const struct record_places *places, const char *id)
{
    auto_record_store struct record_store store = RECORD_STORE_INIT;
    auto_error struct error err = ERROR_INIT;
    if (record_store_choose(places, id, &store, &err) < 0)
        return NULL;
    assert_int_equal(store.program != NULL, store.backend != &record_file_backend);
    return store.backend;
}

/* What "auto" and the names of programs mean; the folder has no record but the VM's. */
static void test_store_auto(void **state)
{
    (void)state;
    char directory[] = "/tmp/eliloader-unit.XXXXXX";
    assert_non_null(mkdtemp(directory));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/xapi", directory);
    auto_free char *file = xasprintf("%s/vm.json", directory);
    struct record_places places = {"auto", directory, address.sun_path};
    const struct record_backend *files = &record_file_backend, *xapi = &record_xapi_backend;
    auto_fd int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_ptr_equal(chosen(&places, "vm"), files);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_ptr_equal(chosen(&places, "vm"), xapi);
    assert_ptr_equal(chosen(&places, NULL), files);
    /* One that no VM has is no path either. */
    assert_ptr_equal(chosen(&places, "../vm"), files);
    places.backend = "file";
    assert_ptr_equal(chosen(&places, "vm"), files);
    places.backend = NULL;
    assert_ptr_equal(chosen(&places, "vm"), xapi);
    /* Even one that cannot be read: the backend says so. */
    assert_int_equal(symlink("nowhere", file), 0);
    assert_ptr_equal(chosen(&places, "vm"), files);
    assert_ptr_equal(chosen(&places, "other"), xapi);
    assert_int_equal(unlink(file), 0);
    /* What is there, but is no socket. */
    places.xapi_socket = directory;
    assert_ptr_equal(chosen(&places, "vm"), files);
    places.xapi_socket = NULL;
    assert_ptr_equal(chosen(&places, "vm"), files);
    places.backend = "xapi";
    assert_ptr_equal(chosen(&places, NULL), xapi);
    places.backend = "/bin/sh";
    assert_ptr_equal(chosen(&places, "vm"), &record_program_backend);
    places.backend = "";
    assert_null(chosen(&places, "vm"));
    assert_int_equal(unlink(address.sun_path), 0);
    assert_int_equal(rmdir(directory), 0);
}

static void test_load_invalid_id(void **state)
{
    (void)state;
    struct record_store store = {.backend = &record_file_backend,
                                 .places = {.directory = "/nonexistent"}};
    auto_record struct record record = RECORD_INIT;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(record_load(&store, "../etc/x", RECORD_READ, &record, &err), -1);
    assert_non_null(strstr(err.text, "'../etc/x' cannot be a VM: an ID is"));
    assert_null(record.json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id),
        cmocka_unit_test(test_id_length),
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_get_absent),
        cmocka_unit_test(test_get_wrong_types),
        cmocka_unit_test(test_get_control_characters),
        cmocka_unit_test(test_get_nul),
        cmocka_unit_test(test_get_length),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_unknown),
        cmocka_unit_test(test_names_round_trip),
        cmocka_unit_test(test_store),
        cmocka_unit_test(test_store_auto),
        cmocka_unit_test(test_load_invalid_id),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
