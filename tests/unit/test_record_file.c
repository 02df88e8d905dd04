/* The built-in record backend: files, locks, what is refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "loader/record/changes.h"
#include "loader/record/file.h"

/* A store in a folder of its own, for each test. */
static struct record_store store = {.backend = &record_file_backend};
static char directory[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/eliloader-unit.XXXXXX");
    store.places.directory = directory;
    return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    auto_buffer struct buffer list = BUFFER_INIT(4096);
    static const char *const others[] = {".vm1.json.abcdef", ".vm1.json.abc.ef", ".vm2.json.abcdef",
                                         "target",           "link.json",        "notes"};
    if (record_file_list(&store, &list, NULL) < 0)
        return -1;
    char *rest = list.data;
    for (char *id; (id = strsep(&rest, "\n"));) {
        auto_free char *path = xasprintf("%s/%s.json", directory, id);
        unlink(path);
    }
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        auto_free char *path = xasprintf("%s/%s", directory, others[i]);
        unlink(path);
    }
    return rmdir(directory);
}

static void write_file(const char *name, const void *bytes, size_t length)
{
    auto_free char *path = xasprintf("%s/%s", directory, name);
    auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write_all(fd, bytes, length), 0);
}

static void write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

static char *read_text(const char *name)
{
    auto_free char *path = xasprintf("%s/%s", directory, name);
    auto_buffer struct buffer text = BUFFER_INIT(2 * RECORD_SIZE_MAX);
    assert_int_equal(read_file(path, text.maximum, &text, NULL), 1);
    return buffer_take(&text);
}

static bool exists(const char *name)
{
    auto_free char *path = xasprintf("%s/%s", directory, name);
    struct stat status;
    return lstat(path, &status) == 0;
}

/* Loads ID; fails with a sentence that holds WANT. */
static void assert_load_fails(const char *id, enum record_access access, const char *want)
{
    auto_record struct record record = RECORD_INIT;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(record_load(&store, id, access, &record, &err), -1);
    assert_int_equal(err.name, ERROR_INTERNAL);
    assert_null(record.json);
    if (!strstr(err.text, want))
        fail_msg("'%s' is not in '%s'", want, err.text);
}

static void load(const char *id, enum record_access access, struct record *record)
{
    auto_error struct error err = ERROR_INIT;
    if (record_load(&store, id, access, record, &err) < 0)
        fail_msg("%s", err.text);
}

/* Commits PV_args=VALUE. */
static int commit_args(struct record *record, const char *value, struct error *err)
{
    json_auto_t *changes = record_changes_new();
    record_change_set(changes, NULL, "PV_args", value);
    return record_commit(record, changes, err);
}

static void test_create(void **state)
{
    (void)state;
    json_auto_t *json = json_pack("{s:s}", "PV_args", "a");
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(record_file_create(&store, "vm1", json, &err), 0);
    auto_free char *text = read_text("vm1.json");
    assert_string_equal(text, "{\n  \"PV_args\": \"a\",\n  \"uuid\": \"vm1\"\n}\n");
    assert_int_equal(record_file_create(&store, "vm1", json, &err), -1);
    assert_non_null(strstr(err.text, "there is a VM 'vm1' in"));
}

static void test_create_makes_private_places(void **state)
{
    (void)state;
    auto_free char *below = xasprintf("%s/below", directory);
    auto_free char *path = xasprintf("%s/vm1.json", below);
    struct record_store deeper = {.backend = &record_file_backend, .places = {.directory = below}};
    json_auto_t *json = json_object();
    struct stat status;
    mode_t old = umask(0);
    assert_int_equal(record_file_create(&deeper, "vm1", json, NULL), 0);
    umask(old);
    assert_int_equal(stat(below, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(status.st_nlink, 1);
    assert_int_equal(record_file_remove(&deeper, "vm1", NULL), 0);
    assert_int_equal(rmdir(below), 0);
}

static void test_load(void **state)
{
    (void)state;
    write_text("vm1.json", "{\"PV_args\": \"a\", \"uuid\": \"other\"}");
    auto_record struct record record = RECORD_INIT;
    load("vm1", RECORD_READ, &record);
    const char *value;
    assert_int_equal(record_get(&record, NULL, "PV_args", &value, NULL), 0);
    assert_string_equal(value, "a");
    assert_int_equal(record_get(&record, NULL, "uuid", &value, NULL), 0);
    assert_string_equal(value, "vm1");
    assert_string_equal(record.id, "vm1");
    assert_int_equal(commit_args(&record, "b", NULL), -1);
}

static void test_commit_keeps_the_rest(void **state)
{
    (void)state;
    write_text("vm1.json",
               "{\"z\": [1], \"uuid\": \"vm1\", \"PV_args\": \"a\", \"b\": {\"c\": 1}}");
    auto_record struct record record = RECORD_INIT;
    load("vm1", RECORD_CHANGE, &record);
    assert_int_equal(commit_args(&record, "\xc3\xa4", NULL), 0);
    auto_free char *text = read_text("vm1.json");
    assert_string_equal(text, "{\n  \"z\": [\n    1\n  ],\n  \"uuid\": \"vm1\",\n"
                              "  \"PV_args\": \"\xc3\xa4\",\n  \"b\": {\n    \"c\": 1\n  }\n}\n");
    const char *value;
    assert_int_equal(record_get(&record, NULL, "PV_args", &value, NULL), 0);
    assert_string_equal(value, "\xc3\xa4");
}

static void test_several_commits(void **state)
{
    (void)state;
    static const enum record_access accesses[] = {RECORD_CHANGE, RECORD_RUN};
    for (size_t i = 0; i < ARRAY_SIZE(accesses); i++) {
        write_text("vm1.json", "{}");
        auto_record struct record record = RECORD_INIT;
        load("vm1", accesses[i], &record);
        assert_int_equal(commit_args(&record, "1", NULL), 0);
        assert_int_equal(commit_args(&record, "2", NULL), 0);
        auto_free char *text = read_text("vm1.json");
        assert_non_null(strstr(text, "\"PV_args\": \"2\""));
    }
}

static void test_unchanged_is_not_written(void **state)
{
    (void)state;
    struct stat before, after;
    auto_free char *path = xasprintf("%s/vm1.json", directory);
    write_text("vm1.json", "{}");
    auto_record struct record record = RECORD_INIT;
    load("vm1", RECORD_CHANGE, &record);
    assert_int_equal(commit_args(&record, "1", NULL), 0);
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(commit_args(&record, "1", NULL), 0);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void test_failed_commit_changes_nothing(void **state)
{
    (void)state;
    write_text("vm1.json", "{\"PV_args\": \"a\"}");
    auto_record struct record record = RECORD_INIT;
    auto_error struct error err = ERROR_INIT;
    json_auto_t *changes = record_changes_new();
    load("vm1", RECORD_RUN, &record);
    record_change_test(changes, NULL, "PV_args", "b");
    record_change_set(changes, NULL, "PV_args", "c");
    assert_int_equal(record_commit(&record, changes, &err), -1);
    assert_string_equal(err.text, "cannot change VM 'vm1': PV-args was changed by somebody else "
                                  "meanwhile");
    auto_free char *text = read_text("vm1.json");
    assert_string_equal(text, "{\"PV_args\": \"a\"}");
    const char *value;
    assert_int_equal(record_get(&record, NULL, "PV_args", &value, NULL), 0);
    assert_string_equal(value, "a");
}

static void test_no_such_vm(void **state)
{
    (void)state;
    auto_free char *want = xasprintf(
        "there is no VM 'vm1' in %s; `eliloader vm list` shows those there are", directory);
    assert_load_fails("vm1", RECORD_READ, want);
    assert_load_fails("vm1", RECORD_CHANGE, want);
    assert_load_fails("vm1", RECORD_RUN, want);
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(record_file_remove(&store, "vm1", &err), -1);
    assert_string_equal(err.text, want);
}

static void assert_damaged(const char *text, size_t length, const char *want)
{
    write_file("vm1.json", text, length);
    auto_free char *sentence = xasprintf("%s/vm1.json is damaged: line %s", directory, want);
    assert_load_fails("vm1", RECORD_READ, sentence);
    assert_load_fails("vm1", RECORD_CHANGE, sentence);
}

static void test_damaged(void **state)
{
    (void)state;
    assert_damaged("", 0, "1: ");
    assert_damaged("\n\n  nonsense", 12, "3: ");
    assert_damaged("[]", 2, "1: it holds a JSON array");
    assert_damaged("7", 1, "1: ");
    assert_damaged("{} {}", 5, "1: end of file expected");
    assert_damaged("{\n\"a\": \"1\",\n\"a\": \"2\"}", 22, "3: duplicate object key");
    assert_damaged("{\"a\": \"\\u0000\"}", 15, "1: \\u0000 is not allowed");
    assert_damaged("{\"a\": \"\0\"}", 10, "1: control character");
    assert_damaged("{\"a\": \"\xff\"}", 10, "1: unable to decode byte 0xff");
}

/* A record file of exactly SIZE bytes. */
static void write_size(size_t size)
{
    auto_free char *text = xmalloc(size);
    memset(text, ' ', size);
    memcpy(text, "{}", 2);
    write_file("vm1.json", text, size);
}

static void test_size(void **state)
{
    (void)state;
    auto_record struct record record = RECORD_INIT;
    write_size(RECORD_SIZE_MAX - 1);
    load("vm1", RECORD_READ, &record);
    record_free(&record);
    write_size(RECORD_SIZE_MAX);
    load("vm1", RECORD_READ, &record);
    write_size(RECORD_SIZE_MAX + 1);
    assert_load_fails("vm1", RECORD_READ, "vm1.json is larger than 1048576 bytes");
}

/* A commit never writes a record that could not be loaded again. */
static void test_size_of_a_commit(void **state)
{
    (void)state;
    auto_free char *filler = xmalloc(RECORD_SIZE_MAX);
    size_t overhead = strlen("{\n  \"x\": \"\",\n  \"uuid\": \"vm1\",\n  \"PV_args\": \"\"\n}\n");
    memset(filler, 'x', RECORD_SIZE_MAX);
    filler[RECORD_SIZE_MAX - overhead - 1] = '\0';
    json_auto_t *json = json_pack("{s:s}", "x", filler);
    assert_int_equal(record_file_create(&store, "vm1", json, NULL), 0);
    auto_record struct record record = RECORD_INIT;
    auto_error struct error err = ERROR_INIT;
    load("vm1", RECORD_CHANGE, &record);
    assert_int_equal(commit_args(&record, "", NULL), 0);
    assert_int_equal(commit_args(&record, "1", NULL), 0);
    assert_int_equal(commit_args(&record, "12", &err), -1);
    assert_non_null(strstr(err.text, "would be larger than 1048576 bytes"));
    record_free(&record);
    load("vm1", RECORD_READ, &record);
}

static void test_odd_files(void **state)
{
    (void)state;
    auto_free char *link_path = xasprintf("%s/link.json", directory);
    auto_free char *path = xasprintf("%s/vm1.json", directory);
    write_text("target", "{}");
    assert_int_equal(symlink("target", link_path), 0);
    assert_load_fails("link", RECORD_READ, "link.json: it is a symbolic link");
    assert_load_fails("link", RECORD_CHANGE, "link.json: it is a symbolic link");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_load_fails("vm1", RECORD_READ, "vm1.json: it is not a regular file");
    assert_load_fails("vm1", RECORD_RUN, "vm1.json to change it: Is a directory");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_load_fails("vm1", RECORD_READ, "vm1.json: it is not a regular file");
    assert_load_fails("vm1", RECORD_RUN, "vm1.json: it is not a regular file");
    assert_int_equal(unlink(path), 0);
}

static void test_run_excludes(void **state)
{
    (void)state;
    write_text("vm1.json", "{}");
    auto_record struct record run = RECORD_INIT;
    auto_record struct record reader = RECORD_INIT;
    auto_error struct error err = ERROR_INIT;
    load("vm1", RECORD_RUN, &run);
    assert_load_fails("vm1", RECORD_RUN,
                      "VM 'vm1' is being started by another run of eliloader; wait");
    assert_load_fails("vm1", RECORD_CHANGE,
                      "VM 'vm1' cannot be changed while it is being started by a run of eliloader; "
                      "try again when the start is over");
    assert_int_equal(record_file_remove(&store, "vm1", &err), -1);
    assert_non_null(strstr(err.text, "try again when the start is over"));
    load("vm1", RECORD_READ, &reader);
    record_free(&run);
    load("vm1", RECORD_RUN, &run);
}

/* The commit replaces the file; the exclusion goes with it. */
static void test_run_excludes_after_its_commit(void **state)
{
    (void)state;
    write_text("vm1.json", "{}");
    auto_record struct record run = RECORD_INIT;
    load("vm1", RECORD_RUN, &run);
    assert_int_equal(commit_args(&run, "1", NULL), 0);
    assert_load_fails("vm1", RECORD_RUN, "being started by another run");
    assert_load_fails("vm1", RECORD_CHANGE, "being started by a run");
    assert_int_equal(commit_args(&run, "2", NULL), 0);
    assert_load_fails("vm1", RECORD_RUN, "being started by another run");
    record_free(&run);
    load("vm1", RECORD_CHANGE, &run);
}

static void test_change_waits_for_change(void **state)
{
    (void)state;
    write_text("vm1.json", "{}");
    auto_record struct record first = RECORD_INIT;
    load("vm1", RECORD_CHANGE, &first);
    assert_int_equal(commit_args(&first, "1", NULL), 0);
    assert_load_fails("vm1", RECORD_CHANGE, "under change by another program for 2 seconds");
    record_free(&first);
    load("vm1", RECORD_CHANGE, &first);
}

/* A person with an editor knows no locks: what was written in place is kept, what was put in
 * the file's place is locked anew. */
static void test_run_and_an_editor(void **state)
{
    (void)state;
    auto_free char *from = xasprintf("%s/target", directory);
    auto_free char *to = xasprintf("%s/vm1.json", directory);
    auto_record struct record run = RECORD_INIT;
    write_text("vm1.json", "{}");
    load("vm1", RECORD_RUN, &run);
    write_text("vm1.json", "{\"name_label\": \"in place\"}");
    assert_int_equal(commit_args(&run, "1", NULL), 0);
    auto_free char *in_place = read_text("vm1.json");
    assert_non_null(strstr(in_place, "in place"));
    assert_non_null(strstr(in_place, "\"PV_args\": \"1\""));

    write_text("target", "{\"name_label\": \"replaced\"}");
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(commit_args(&run, "2", NULL), 0);
    auto_free char *replaced = read_text("vm1.json");
    assert_non_null(strstr(replaced, "replaced"));
    assert_non_null(strstr(replaced, "\"PV_args\": \"2\""));
    assert_load_fails("vm1", RECORD_RUN, "being started by another run");
}

static void test_run_of_a_removed_vm(void **state)
{
    (void)state;
    auto_free char *path = xasprintf("%s/vm1.json", directory);
    auto_record struct record run = RECORD_INIT;
    auto_error struct error err = ERROR_INIT;
    write_text("vm1.json", "{}");
    load("vm1", RECORD_RUN, &run);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(commit_args(&run, "1", &err), -1);
    assert_non_null(strstr(err.text, "VM 'vm1' was removed from"));
    assert_false(exists("vm1.json"));
}

/* Only what is this VM's, and what a commit may have left. */
static void test_sweep(void **state)
{
    (void)state;
    write_text("vm1.json", "{}");
    write_text(".vm1.json.abcdef", "{");
    write_text(".vm1.json.abc.ef", "{");
    write_text(".vm2.json.abcdef", "{");
    auto_record struct record record = RECORD_INIT;
    load("vm1", RECORD_CHANGE, &record);
    assert_int_equal(commit_args(&record, "1", NULL), 0);
    assert_false(exists(".vm1.json.abcdef"));
    assert_true(exists(".vm1.json.abc.ef"));
    assert_true(exists(".vm2.json.abcdef"));
}

static void test_list(void **state)
{
    (void)state;
    auto_buffer struct buffer list = BUFFER_INIT(4096);
    auto_free char *link_path = xasprintf("%s/link.json", directory);
    static const char *const names[] = {"b.json",      "a.json",           "a-b.json",
                                        "a.json.json", ".vm1.json.abcdef", "notes"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        write_text(names[i], "{}");
    assert_int_equal(symlink("a.json", link_path), 0);
    assert_int_equal(record_file_list(&store, &list, NULL), 0);
    assert_string_equal(buffer_text(&list), "a\na-b\na.json\nb\n");
}

static void test_list_of_nothing(void **state)
{
    (void)state;
    auto_buffer struct buffer list = BUFFER_INIT(4096);
    auto_error struct error err = ERROR_INIT;
    struct record_store missing = {.backend = &record_file_backend,
                                   .places = {.directory = "/nonexistent/vms"}};
    assert_int_equal(record_file_list(&missing, &list, &err), 0);
    assert_string_equal(buffer_text(&list), "");
    missing.places.directory = "/dev/null";
    assert_int_equal(record_file_list(&missing, &list, &err), -1);
    assert_string_equal(err.text, "cannot list the VMs in /dev/null: Not a directory");
}

#define FILE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_create),
        FILE_TEST(test_create_makes_private_places),
        FILE_TEST(test_load),
        FILE_TEST(test_commit_keeps_the_rest),
        FILE_TEST(test_several_commits),
        FILE_TEST(test_unchanged_is_not_written),
        FILE_TEST(test_failed_commit_changes_nothing),
        FILE_TEST(test_no_such_vm),
        FILE_TEST(test_damaged),
        FILE_TEST(test_size),
        FILE_TEST(test_size_of_a_commit),
        FILE_TEST(test_odd_files),
        FILE_TEST(test_run_excludes),
        FILE_TEST(test_run_excludes_after_its_commit),
        FILE_TEST(test_change_waits_for_change),
        FILE_TEST(test_run_and_an_editor),
        FILE_TEST(test_run_of_a_removed_vm),
        FILE_TEST(test_sweep),
        FILE_TEST(test_list),
        FILE_TEST(test_list_of_nothing),
    };
    return cmocka_run_group_tests_name("record file", tests, NULL, NULL);
}
