/* What bounds an overlay's index and the hard links that wait, and the request.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/protocol/ramdisk.h"
#include "common/text.h"
#include "loader/ramdisk/cpio_links.h"
#include "loader/ramdisk/cpio_overlay.h"
#include "loader/ramdisk/request.h"

static int add_path(struct layer *layer, const char *path, uint32_t mode, struct error *err)
{
    const struct cpio_entry entry = {.mode = mode, .name = path};

    return layer_add(layer, &entry, layer->count + 1, "OVERLAY", err);
}

static void directories_above_a_path(void **state)
{
    struct layer *layer = layer_new();
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(add_path(layer, "./a/b/c", S_IFREG, &err), 0);
    assert_int_equal(add_path(layer, "a-b", S_IFDIR, &err), 0);
    assert_true(layer_is_other(layer_find(layer, "a/b/c")));
    assert_int_equal(layer_find(layer, "a")->ordinal, 0);
    assert_ptr_equal(layer_find(layer, "a/b")->parent, layer_find(layer, "a"));
    assert_null(layer_find(layer, "a/c"));
    assert_null(layer_find(layer, ""));
    auto_free struct layer_node **nodes = layer_sorted(layer);
    assert_string_equal(nodes[0]->path, "a");
    assert_string_equal(nodes[1]->path, "a-b");
    assert_string_equal(nodes[2]->path, "a/b");
    assert_null(nodes[4]);
    layer_free(layer);
}

static void the_last_entry_of_a_path(void **state)
{
    struct layer *layer = layer_new();
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(add_path(layer, "a", S_IFREG, &err), 0);
    assert_int_equal(add_path(layer, "/a/", S_IFDIR, &err), 0);
    assert_int_equal(layer->count, 1);
    assert_true(layer_is_directory(layer_find(layer, "a")));
    layer_free(layer);
}

static void as_many_paths_as_may_be(void **state)
{
    struct layer *layer = layer_new();
    auto_error struct error err = ERROR_INIT;
    char name[32];

    (void)state;
    for (int i = 0; i < LAYER_PATHS_MAX; i++) {
        snprintf(name, sizeof name, "%d", i);
        assert_int_equal(add_path(layer, name, S_IFREG, &err), 0);
    }
    assert_int_equal(add_path(layer, "0", S_IFREG, &err), 0);
    assert_int_equal(add_path(layer, "more", S_IFREG, &err), -1);
    assert_int_equal(err.name, ERROR_LIMITS);
    assert_non_null(strstr(err.text, "OVERLAY"));
    layer_free(layer);
}

static void as_much_text_as_may_be(void **state)
{
    struct layer *layer = layer_new();
    auto_error struct error err = ERROR_INIT;
    char name[1024];

    (void)state;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < LAYER_TEXT_MAX / (int)sizeof name; i++) {
        snprintf(name, 8, "%07d", i);
        name[7] = 'n';
        assert_int_equal(add_path(layer, name, S_IFREG, &err), 0);
    }
    assert_int_equal(layer->text, LAYER_TEXT_MAX);
    assert_int_equal(add_path(layer, "m", S_IFREG, &err), -1);
    layer_free(layer);
}

static void as_many_names_as_may_wait(void **state)
{
    struct links *links = links_new();
    auto_error struct error err = ERROR_INIT;
    struct cpio_entry entry = {.mode = S_IFREG, .nlink = 9, .name = "n"};

    (void)state;
    links->name = "FILE";
    for (int i = 0; i < LINKS_MEMBERS_MAX; i++) {
        entry.ino = (uint32_t)i / 5;
        struct links_group *group = links_group(links, &entry, &err);
        assert_non_null(group);
        assert_int_equal(links_wait(links, group, &entry, &err), 0);
    }
    struct links_group *group = links_group(links, &entry, &err);
    assert_int_equal(links_wait(links, group, &entry, &err), -1);
    assert_int_equal(err.name, ERROR_LIMITS);
    free(links_take(links, group));
    assert_int_equal(links_wait(links, group, &entry, &err), 0);
    links_free(links);
}

static void files_that_are_written_make_room(void **state)
{
    struct links *links = links_new();
    auto_error struct error err = ERROR_INIT;
    struct cpio_entry entry = {.mode = S_IFREG, .nlink = 2, .name = "n"};

    (void)state;
    links->name = "FILE";
    for (uint32_t i = 0; i < LINKS_GROUPS_MAX; i++) {
        entry.ino = i;
        struct links_group *group = links_group(links, &entry, &err);
        assert_non_null(group);
        group->state = i == 7 ? LINKS_WRITTEN : LINKS_WAITING;
    }
    entry.ino = LINKS_GROUPS_MAX;
    assert_non_null(links_group(links, &entry, &err));
    entry.ino++;
    assert_null(links_group(links, &entry, &err));
    assert_int_equal(err.name, ERROR_LIMITS);
    links_free(links);
}

static void filesystems_of_two_archives(void **state)
{
    struct links *links = links_new();
    auto_error struct error err = ERROR_INIT;
    struct cpio_entry first = {.dev_major = 8, .dev_minor = 1}, second = first, third = first;

    (void)state;
    links->name = "FILE";
    assert_int_equal(links_device(links, &first, &err), 0);
    assert_int_equal(first.dev_minor, 1);
    links->archive++;
    assert_int_equal(links_device(links, &second, &err), 0);
    assert_int_equal(links_device(links, &third, &err), 0);
    assert_int_not_equal(second.dev_minor, 1);
    assert_int_equal(third.dev_minor, second.dev_minor);
    for (uint32_t i = 2; i < LINKS_DEVICES_MAX; i++) {
        struct cpio_entry more = {.dev_major = 9, .dev_minor = i};
        assert_int_equal(links_device(links, &more, &err), 0);
    }
    struct cpio_entry more = {.dev_major = 10};
    assert_int_equal(links_device(links, &more, &err), -1);
    links_free(links);
}

/* The request with MEMBER set to VALUE (JSON; NULL: left out). */
static int parse_with(const char *member, const char *value, struct error *err)
{
    json_t *json = json_loads("{\"type\":\"cpio\",\"append\":false,\"limit\":5,\"uid\":6,"
                              "\"vendor\":\"v\",\"overlay\":\"o\"}",
                              0, NULL);
    struct ramdisk_request request;

    if (value)
        json_object_set_new(json, member, json_loads(value, JSON_DECODE_ANY, NULL));
    else
        json_object_del(json, member);
    auto_free char *text = json_dumps(json, 0);
    json_decref(json);
    int result = ramdisk_request_parse(text, strlen(text), &request, err);
    ramdisk_request_free(&request);
    return result;
}

static void requests(void **state)
{
    static const char *const bad[][2] = {
        {"type", NULL},
        {"type", "\"tar\""},
        {"type", "1"},
        {"append", NULL},
        {"append", "1"},
        {"limit", NULL},
        {"limit", "0"},
        {"limit", "-1"},
        {"limit", "\"1\""},
        {"uid", NULL},
        {"uid", "-1"},
        {"uid", "4294967295"},
        {"vendor", NULL},
        {"vendor", "\"\""},
        {"overlay", "[]"},
        {"overlay", NULL},
        {"limit", "1099511627777"},
    };
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(parse_with("type", "\"ext2\"", &err), 0);
    assert_int_equal(parse_with("append", "true", &err), 0);
    assert_int_equal(parse_with("limit", "1", &err), 0);
    assert_int_equal(parse_with("limit", "1099511627776", &err), 0);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(parse_with(bad[i][0], bad[i][1], &err), -1);
        assert_non_null(strstr(err.text, bad[i][0]));
    }
}

static void requests_that_are_none(void **state)
{
    struct ramdisk_request request;
    auto_error struct error err = ERROR_INIT;
    auto_free char *large = xcalloc(1, RAMDISK_REQUEST_MAX + 1);

    (void)state;
    memset(large, ' ', RAMDISK_REQUEST_MAX + 1);
    assert_int_equal(ramdisk_request_parse("[]", 2, &request, &err), -1);
    ramdisk_request_free(&request);
    assert_int_equal(ramdisk_request_parse(large, RAMDISK_REQUEST_MAX, &request, &err), -1);
    assert_non_null(strstr(err.text, "not JSON"));
    assert_int_equal(ramdisk_request_parse(large, RAMDISK_REQUEST_MAX + 1, &request, &err), -1);
    assert_non_null(strstr(err.text, "longer than"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directories_above_a_path),
        cmocka_unit_test(the_last_entry_of_a_path),
        cmocka_unit_test(as_many_paths_as_may_be),
        cmocka_unit_test(as_much_text_as_may_be),
        cmocka_unit_test(as_many_names_as_may_wait),
        cmocka_unit_test(files_that_are_written_make_room),
        cmocka_unit_test(filesystems_of_two_archives),
        cmocka_unit_test(requests),
        cmocka_unit_test(requests_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
