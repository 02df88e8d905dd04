/* The directory of the host's cache: who may have it, what is taken from it, and what goes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "common/text.h"
#include "loader/cache/store.h"
#include "tests/unit/cache_directory.h"

/* A content of SIZE bytes that is called after NUMBER, which was used at that time. */
static struct cache_content enter(unsigned number, size_t size)
{
    auto_error struct error err = ERROR_INIT;
    struct cache_content content;
    char name[65];
    auto_free char *bytes = xcalloc(1, size + 1);
    auto_fd int from = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    assert_int_equal(write_all(from, bytes, size), 0);
    snprintf(name, sizeof name, "%064x", number);
    auto_fd int fd = cache_copy(&cache, from, &err);
    assert_true(fd >= 0);
    assert_true(write(fd, "x", 1) < 0);
    assert_int_equal(cache_name(&cache, fd, name, &content, &err), 0);
    content.used = number;
    return content;
}

static bool is_taken(const struct cache_content *content)
{
    auto_error struct error err = ERROR_INIT;
    bool other_boot = true;
    auto_fd int fd = cache_take(&cache, content, &other_boot, &err);

    assert_true(fd < 0 || !other_boot);
    return fd >= 0;
}

static char *path_of(const struct cache_content *content)
{
    return xasprintf("%s/contents/%s", directory, content->sha256);
}

static void what_was_touched_is_not_taken(void **state)
{
    (void)state;
    struct cache_content content = enter(1, 10);
    auto_free char *path = path_of(&content), *other = xasprintf("%s/other", directory);

    assert_true(is_taken(&content));
    assert_int_equal(chmod(path, 0600), 0);
    assert_false(is_taken(&content));
    assert_int_equal(chmod(path, 0400), 0);
    assert_false(is_taken(&content)); /* its time of change tells */
    content = enter(1, 10);
    assert_true(is_taken(&content));
    assert_int_equal(link(path, other), 0);
    assert_false(is_taken(&content));
    content = enter(1, 10);
    assert_int_equal(unlink(path), 0);
    assert_false(is_taken(&content));
    assert_int_equal(symlink(other, path), 0);
    assert_false(is_taken(&content));
    content = enter(1, 10);
    content.size++;
    assert_false(is_taken(&content));
}

static void another_boot_is_seen(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    struct cache_content content = enter(1, 10);
    bool other_boot = false;

    content.boot[0] = content.boot[0] == '0' ? '1' : '0';
    auto_fd int fd = cache_take(&cache, &content, &other_boot, &err);
    assert_true(fd >= 0);
    assert_true(other_boot);
}

static bool is_there(const struct cache_content *content)
{
    auto_free char *path = path_of(content);

    return access(path, F_OK) == 0;
}

static void what_was_used_first_goes(void **state)
{
    (void)state;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    struct cache_content one = enter(1, 10), two = enter(2, 10), stray = enter(3, 1);

    assert_true(cache_index_add(&index, &one));
    assert_true(cache_index_add(&index, &two));
    cache_tidy(&cache, &index, 10); /* 30 bytes are the bound */
    assert_true(is_there(&one) && is_there(&two));
    assert_false(is_there(&stray)); /* no index has it */
    cache_tidy(&cache, &index, 11);
    assert_true(!is_there(&one) && is_there(&two));
    cache_tidy(&cache, &index, 31);
    assert_false(is_there(&two));
    assert_int_equal(index.content_count, 0);
}

static void the_index_is_exchanged(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT, again = CACHE_INDEX_INIT;
    struct cache_content one = enter(1, 10);
    auto_fd int lock = cache_lock(&cache, LOCK_EX, &err);

    assert_true(lock >= 0);
    assert_int_equal(cache_load(&cache, &again, &err), 0); /* there is none yet */
    assert_int_equal(again.content_count, 0);
    assert_true(cache_index_add(&index, &one));
    assert_int_equal(cache_save(&cache, &index, &err), 0);
    assert_int_equal(cache_load(&cache, &again, &err), 0);
    assert_int_equal(again.content_count, 1);
}

/* Else no run would ever write another one. */
static void an_index_that_is_too_large_begins_anew(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    auto_cache_index struct cache_index index = CACHE_INDEX_INIT;
    auto_free char *path = xasprintf("%s/index.json", directory);
    auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_int_equal(ftruncate(fd, CACHE_INDEX_MAX + 1), 0);
    assert_int_equal(cache_load(&cache, &index, &err), 0);
    assert_int_equal(index.content_count, 0);
}

static void refused(const char *path, const char *why)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *name = xstrdup(path);
    struct settings of = {.cache = name, .cache_max = 1};
    auto_cache struct cache other = CACHE_INIT;

    assert_int_equal(cache_open(&of, &other, &err), -1);
    assert_non_null(strstr(err.text, why));
}

static void whose_it_may_be(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    auto_free char *open = xasprintf("%s/open", directory), *below = xasprintf("%s/c", open);
    struct settings none = {.cache = NULL};
    auto_cache struct cache other = CACHE_INIT;

    assert_int_equal(mkdir(open, 0700), 0);
    assert_int_equal(chmod(open, 0777), 0);
    refused(open, "can be written to by everybody");
    refused(below, "can be written to by everybody");
    refused("relative", "no absolute path");
    assert_int_equal(cache_open(&none, &other, &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_touched_is_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_boot_is_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_used_first_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_index_is_exchanged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_that_is_too_large_begins_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whose_it_may_be, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
