/* The cache of blocks: the right bytes, read once, and charged.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/source.h"

/* More than the cache holds, and no whole number of blocks. */
#define BLOCKS (BLOCK_CACHE_COUNT + 36)
#define SIZE   (BLOCKS * BLOCK_CACHE_BLOCK + 100)
#define BUDGET (16 * 1024 * 1024)

struct fixture {
    struct source *source;
    struct block_cache *cache;
    uint64_t budget;
    int fd;
};

static unsigned char byte_at(uint64_t at)
{
    return (unsigned char)(at * 31 + at / BLOCK_CACHE_BLOCK);
}

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    auto_free unsigned char *bytes = xmalloc(SIZE);

    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = byte_at(i);
    f->fd = memfd_create("disk", MFD_CLOEXEC);
    assert_int_equal(pwrite(f->fd, bytes, SIZE, 0), SIZE);
    f->budget = BUDGET;
    f->source = source_of_range(f->fd, 0, "disk", 0, SIZE, &f->budget);
    f->cache = block_cache_new(f->source);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    block_cache_free(f->cache);
    source_free(f->source);
    close_fd(&f->fd);
    free(f);
    return 0;
}

/* Reads, and gives what that cost. */
static uint64_t check_read(struct fixture *f, uint64_t at, size_t length)
{
    auto_free unsigned char *bytes = xmalloc(length + 1);
    struct error err = ERROR_INIT;
    uint64_t before = f->budget;

    if (block_cache_read(f->cache, at, bytes, length, &err) < 0)
        fail_msg("%llu: %s", (unsigned long long)at, err.text);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(bytes[i], byte_at(at + i));
    return before - f->budget;
}

static void read_once(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(check_read(f, 512, 512), BLOCK_CACHE_BLOCK);
    assert_int_equal(check_read(f, 0, 512), 512 / BLOCK_CACHE_CHARGE + 1);
    /* one block is here and the other is not */
    assert_int_equal(check_read(f, BLOCK_CACHE_BLOCK - 96, 200), 2 * BLOCK_CACHE_BLOCK);
    assert_int_equal(check_read(f, BLOCK_CACHE_BLOCK - 96, 200), 200 / BLOCK_CACHE_CHARGE + 1);
    assert_int_equal(check_read(f, 0, 0), 0);
}

static void end_of_source(void **state)
{
    struct fixture *f = *state;
    auto_error struct error err = ERROR_INIT;
    unsigned char bytes[101];

    assert_int_equal(check_read(f, SIZE - 100, 100), 100);
    assert_int_equal(check_read(f, SIZE - 1, 1), 1);
    assert_int_equal(block_cache_read(f->cache, SIZE - 100, bytes, 101, &err), -1);
    assert_non_null(strstr(err.text, "past the end"));
    assert_int_equal(block_cache_read(f->cache, SIZE, bytes, 1, &err), -1);
    assert_int_equal(block_cache_read(f->cache, UINT64_MAX, bytes, 1, &err), -1);
}

static void oldest_is_thrown_out(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < BLOCK_CACHE_COUNT; i++)
        assert_int_equal(check_read(f, (uint64_t)i * BLOCK_CACHE_BLOCK, 8), BLOCK_CACHE_BLOCK);
    assert_int_equal(check_read(f, 0, 8), 8 / BLOCK_CACHE_CHARGE + 1);
    check_read(f, (uint64_t)BLOCK_CACHE_COUNT * BLOCK_CACHE_BLOCK, 8);
    assert_int_equal(check_read(f, 0, 8), 8 / BLOCK_CACHE_CHARGE + 1);
    assert_int_equal(check_read(f, BLOCK_CACHE_BLOCK, 8), BLOCK_CACHE_BLOCK);
}

static void long_reads_go_by(void **state)
{
    struct fixture *f = *state;
    size_t most = BLOCK_CACHE_COUNT / 4 * BLOCK_CACHE_BLOCK - BLOCK_CACHE_BLOCK;

    assert_int_equal(check_read(f, 0, most + 1), most + 1);
    assert_int_equal(check_read(f, 0, most), most);
    assert_int_equal(check_read(f, 0, most), most / BLOCK_CACHE_CHARGE + 1);
}

static void budget_ends(void **state)
{
    struct fixture *f = *state;
    auto_error struct error err = ERROR_INIT;
    unsigned char bytes[4096];
    unsigned rounds = 0;

    f->budget = 2 * sizeof bytes;
    while (block_cache_read(f->cache, 0, bytes, sizeof bytes, &err) == 0)
        rounds++;
    assert_int_equal(rounds, 1 + sizeof bytes / (sizeof bytes / BLOCK_CACHE_CHARGE + 1));
    assert_non_null(strstr(err.text, "too much would have to be read"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(read_once, setup, teardown),
        cmocka_unit_test_setup_teardown(end_of_source, setup, teardown),
        cmocka_unit_test_setup_teardown(oldest_is_thrown_out, setup, teardown),
        cmocka_unit_test_setup_teardown(long_reads_go_by, setup, teardown),
        cmocka_unit_test_setup_teardown(budget_ends, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
