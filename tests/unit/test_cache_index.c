/* The index of the host's cache: what it says, and what it refuses.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "loader/cache/index.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct cache_content content_of(unsigned number)
{
    struct cache_content content = {.size = 10, .inode = number, .changed = 1, .used = number};

    snprintf(content.sha256, sizeof content.sha256, "%064x", number);
    memcpy(content.boot, "-", 2);
    return content;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT, again = CACHE_INDEX_INIT;
    auto_error struct error err = ERROR_INIT;
    struct cache_content content = content_of(7);

    memcpy(content.md5, "0123456789abcdef0123456789abcdef", 33);
    content.changed = UINT64_C(1764483135123456789);
    assert_true(cache_index_add(&index, &content));
    cache_index_say(&index, "http://h/t", "a/b", "\"etag\"", content.sha256, 99);
    cache_index_say(&index, "http://h/t", "c", NULL, content.sha256, 98);
    auto_free char *text = cache_index_write(&index);
    assert_int_equal(cache_index_read(text, strlen(text), &again, &err), 0);
    assert_int_equal(again.content_count, 1);
    assert_memory_equal(&again.contents[0], &content, sizeof content);
    const struct cache_place *place = cache_index_place(&again, "http://h/t", "a/b");
    assert_non_null(place);
    assert_string_equal(place->validator, "\"etag\"");
    assert_int_equal(place->checked, 99);
    assert_null(cache_index_place(&again, "http://h/t", "c")->validator);
    assert_null(cache_index_place(&again, "http://h/", "c"));
}

static void refused(const char *text)
{
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    auto_error struct error err = ERROR_INIT;

    if (cache_index_read(text, strlen(text), &index, &err) == 0)
        fail_msg("accepted: %s", text);
    assert_non_null(err.text);
    assert_int_equal(index.content_count + index.place_count, 0);
}

#define CONTENT(name, members) \
    "{\"version\":1,\"places\":[],\"contents\":{\"" name "\":{" members "}}}"
#define MEMBERS                                                                                \
    "\"size\":1,\"inode\":1,\"changed\":1,\"boot\":\"-\",\"md5\":null,\"entered\":1,\"used\":" \
    "1"
#define PLACE(members) \
    "{\"version\":1,\"contents\":{\"" HEX "\":{" MEMBERS "}},\"places\":[{" members "}]}"

static void what_is_damaged_is_refused(void **state)
{
    (void)state;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    auto_error struct error err = ERROR_INIT;
    const char *good = PLACE("\"repository\":\"r\",\"path\":\"p\",\"validator\":null,"
                             "\"sha256\":\"" HEX "\",\"checked\":1");

    assert_int_equal(cache_index_read(good, strlen(good), &index, &err), 0);
    assert_int_equal(index.place_count, 1);
    refused("");
    refused("[]");
    refused("{\"version\":2,\"contents\":{},\"places\":[]}");
    refused("{\"version\":1,\"contents\":[],\"places\":[]}");
    refused("{\"version\":1,\"contents\":{},\"places\":{}}");
    refused("{\"version\":1,\"version\":1,\"contents\":{},\"places\":[]}");
    /* No name of a content leads out of its folder. */
    refused(CONTENT("../../etc/passwd", MEMBERS));
    refused(CONTENT("0123", MEMBERS));
    refused(CONTENT(HEX "0", MEMBERS));
    refused(CONTENT(HEX, "\"size\":1"));
    refused(CONTENT(HEX, "\"size\":-1,\"inode\":1,\"changed\":1,\"boot\":\"-\",\"entered\":1,"
                         "\"used\":1"));
    refused(CONTENT(HEX, "\"size\":0,\"inode\":1,\"changed\":1,\"boot\":\"-\",\"entered\":1,"
                         "\"used\":1"));
    refused(CONTENT(HEX, "\"size\":1,\"inode\":1,\"changed\":1,\"boot\":"
                         "\"0123456789012345678901234567890123456\",\"entered\":1,\"used\":1"));
    refused(CONTENT(HEX, "\"size\":1,\"inode\":1,\"changed\":1,\"boot\":\"-\",\"md5\":\"x\","
                         "\"entered\":1,\"used\":1"));
    refused(PLACE("\"repository\":\"r\",\"path\":\"p\",\"sha256\":\"" HEX "\""));
    refused(PLACE("\"repository\":\"\",\"path\":\"p\",\"sha256\":\"" HEX "\",\"checked\":1"));
    refused(PLACE("\"repository\":\"r\",\"path\":\"a\\nb\",\"sha256\":\"" HEX "\",\"checked\":1"));
    refused(PLACE("\"repository\":\"r\",\"path\":\"p\",\"sha256\":\"../x\",\"checked\":1"));
}

static void a_place_of_nothing_is_left_out(void **state)
{
    (void)state;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    auto_error struct error err = ERROR_INIT;
    const char *text = "{\"version\":1,\"contents\":{},\"places\":[{\"repository\":\"r\","
                       "\"path\":\"p\",\"sha256\":\"" HEX "\",\"checked\":1}]}";

    assert_int_equal(cache_index_read(text, strlen(text), &index, &err), 0);
    assert_int_equal(index.place_count, 0);
}

static char *repeated(char letter, size_t count)
{
    char *text = xmalloc(count + 1);

    memset(text, letter, count);
    text[count] = '\0';
    return text;
}

static void bounds_of_texts(void **state)
{
    (void)state;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    struct cache_content content = content_of(1);
    auto_free char *longest = repeated('a', CACHE_URL_MAX);
    auto_free char *longer = repeated('a', CACHE_URL_MAX + 1);
    auto_free char *validator = repeated('v', CACHE_VALIDATOR_MAX);
    auto_free char *over = repeated('v', CACHE_VALIDATOR_MAX + 1);

    assert_true(cache_index_add(&index, &content));
    cache_index_say(&index, longest, longest, validator, content.sha256, 1);
    assert_non_null(cache_index_place(&index, longest, longest)->validator);
    cache_index_say(&index, longest, longest, over, content.sha256, 1);
    assert_null(cache_index_place(&index, longest, longest)->validator);
    cache_index_say(&index, longer, "p", NULL, content.sha256, 1);
    cache_index_say(&index, "r", longer, NULL, content.sha256, 1);
    cache_index_say(&index, "r", "a\033b", NULL, content.sha256, 1);
    cache_index_say(&index, "r", "\377", NULL, content.sha256, 1);
    assert_int_equal(index.place_count, 1);
}

static void bounds_of_numbers(void **state)
{
    (void)state;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT, again = CACHE_INDEX_INIT;
    auto_error struct error err = ERROR_INIT;
    struct cache_content content;

    for (unsigned i = 0; i < CACHE_CONTENTS_MAX; i++) {
        content = content_of(i);
        assert_true(cache_index_add(&index, &content));
    }
    content = content_of(CACHE_CONTENTS_MAX);
    assert_false(cache_index_add(&index, &content));
    content = content_of(0);
    assert_true(cache_index_add(&index, &content)); /* it is there already */
    for (int i = 0; i <= CACHE_PLACES_MAX; i++) {
        auto_free char *path = xasprintf("%d", i);
        cache_index_say(&index, "r", path, NULL, content.sha256, i);
    }
    assert_int_equal(index.place_count, CACHE_PLACES_MAX);
    assert_null(cache_index_place(&index, "r", "0")); /* the oldest */
    assert_non_null(cache_index_place(&index, "r", "1"));
    auto_free char *text = cache_index_write(&index);
    assert_true(strlen(text) <= CACHE_INDEX_MAX);
    assert_int_equal(cache_index_read(text, strlen(text), &again, &err), 0);
    assert_int_equal(again.content_count, CACHE_CONTENTS_MAX);
    assert_int_equal(again.place_count, CACHE_PLACES_MAX);
}

/* Texts that a VM's editor and a server choose; '"' takes two bytes in the file. */
static void the_longest_fit(void **state)
{
    (void)state;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT, again = CACHE_INDEX_INIT;
    auto_error struct error err = ERROR_INIT;
    char repository[CACHE_URL_MAX + 1], path[CACHE_URL_MAX + 1], validator[CACHE_VALIDATOR_MAX + 1];
    struct cache_content content = {.size = INT64_MAX, .inode = INT64_MAX, .changed = INT64_MAX};

    memset(repository, '"', CACHE_URL_MAX);
    memset(path, '"', CACHE_URL_MAX);
    memset(validator, '"', CACHE_VALIDATOR_MAX);
    repository[CACHE_URL_MAX] = path[CACHE_URL_MAX] = validator[CACHE_VALIDATOR_MAX] = '\0';
    memset(content.md5, 'a', sizeof content.md5 - 1);
    memset(content.boot, 'b', sizeof content.boot - 1);
    content.entered = content.used = INT64_MAX;
    for (unsigned i = 0; i < CACHE_CONTENTS_MAX; i++) {
        snprintf(content.sha256, sizeof content.sha256, "%064x", i);
        assert_true(cache_index_add(&index, &content));
    }
    for (int i = 0; i < CACHE_PLACES_MAX; i++) {
        snprintf(path, sizeof "0000", "%04x", (unsigned)i);
        path[4] = '"';
        cache_index_say(&index, repository, path, validator, content.sha256, INT64_MAX);
    }
    assert_int_equal(index.place_count, CACHE_PLACES_MAX);
    auto_free char *text = cache_index_write(&index);
    assert_in_range(strlen(text), 1, CACHE_INDEX_MAX);
    assert_int_equal(cache_index_read(text, strlen(text), &again, &err), 0);
    assert_int_equal(again.place_count, CACHE_PLACES_MAX);
}

static void who_goes_first(void **state)
{
    (void)state;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    struct cache_content older = content_of(1), newer = content_of(2);

    assert_null(cache_index_oldest(&index));
    assert_true(cache_index_add(&index, &newer));
    assert_true(cache_index_add(&index, &older));
    cache_index_say(&index, "r", "p", NULL, older.sha256, 1);
    assert_int_equal(cache_index_size(&index), 20);
    assert_string_equal(cache_index_oldest(&index)->sha256, older.sha256);
    cache_index_drop(&index, cache_index_oldest(&index)->sha256);
    assert_int_equal(index.content_count, 1);
    assert_int_equal(index.place_count, 0);
    assert_string_equal(index.contents[0].sha256, newer.sha256);
    index.contents[0].size = UINT64_MAX;
    assert_true(cache_index_add(&index, &older));
    assert_true(cache_index_size(&index) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_is_damaged_is_refused),
        cmocka_unit_test(a_place_of_nothing_is_left_out),
        cmocka_unit_test(bounds_of_texts),
        cmocka_unit_test(bounds_of_numbers),
        cmocka_unit_test(the_longest_fit),
        cmocka_unit_test(who_goes_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
