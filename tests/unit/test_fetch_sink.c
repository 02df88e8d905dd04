/* Bytes into files and through digests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "loader/fetch/sink.h"

static struct sink *open_sink(int kernel, int ramdisk)
{
    struct sink_spec spec = {.fds = {kernel, ramdisk}, .names = {"kernel", "ramdisk"}};
    auto_error struct error err = ERROR_INIT;
    struct sink *sink = sink_new(&spec, &err);
    assert_non_null(sink);
    return sink;
}

static void begin(struct sink *sink, unsigned file, unsigned mask)
{
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(sink_begin(sink, file, mask, &err), 0);
}

static void add(struct sink *sink, unsigned file, const void *bytes, size_t length)
{
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(sink_add(sink, file, bytes, length, &err), 0);
}

static void digest_is(struct sink *sink, unsigned file, enum digest kind, const char *hex)
{
    auto_error struct error err = ERROR_INIT;
    struct checksum sum;
    assert_int_equal(sink_digest(sink, file, kind, &sum, &err), 0);
    assert_string_equal(sum.hex, hex);
}

static void end(struct sink *sink, unsigned file)
{
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(sink_end(sink, file, &err), 0);
}

/* The test vectors of RFC 1321 and FIPS 180: "abc", the empty text. */
static void known_digests(void **state)
{
    auto_fd int kernel = memfd_create("kernel", 0);
    auto_fd int ramdisk = memfd_create("ramdisk", 0);
    struct sink *sink = open_sink(kernel, ramdisk);
    (void)state;
    begin(sink, 0, DIGESTS_OF_TABLES | DIGEST_BIT(DIGEST_SHA1));
    begin(sink, 1, DIGESTS_OF_TABLES);
    add(sink, 0, "a", 1);
    add(sink, 0, "bc", 2);
    end(sink, 0);
    end(sink, 1);
    assert_int_equal(sink_size(sink, 0), 3);
    digest_is(sink, 0, DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72");
    digest_is(sink, 0, DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d");
    digest_is(sink, 0, DIGEST_SHA256,
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(sink_size(sink, 1), 0);
    digest_is(sink, 1, DIGEST_MD5, "d41d8cd98f00b204e9800998ecf8427e");
    sink_free(sink);
}

static void a_digest_that_was_not_begun(void **state)
{
    auto_fd int kernel = memfd_create("kernel", 0);
    auto_error struct error err = ERROR_INIT;
    struct checksum sum;
    struct sink *sink = open_sink(kernel, -1);
    (void)state;
    begin(sink, 0, 0);
    assert_int_equal(sink_digest(sink, 0, DIGEST_SHA512, &sum, &err), -1);
    assert_non_null(strstr(err.text, "sha512"));
    sink_free(sink);
}

/* LENGTH bytes in parts of PART, the other file fed in between, arrive as they were. */
static void carry_with(unsigned mask, size_t length, size_t part)
{
    auto_fd int kernel = memfd_create("kernel", 0);
    auto_fd int ramdisk = memfd_create("ramdisk", 0);
    struct sink *sink = open_sink(kernel, ramdisk);
    auto_free unsigned char *bytes = xmalloc(length);
    auto_free unsigned char *back = xmalloc(length);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)(i * 31 + i / 251);
    begin(sink, 0, mask);
    begin(sink, 1, mask);
    for (size_t at = 0; at < length; at += part) {
        add(sink, 0, bytes + at, length - at < part ? length - at : part);
        add(sink, 1, "x", 1);
    }
    end(sink, 0);
    end(sink, 1);
    assert_int_equal(sink_size(sink, 0), length);
    assert_int_equal(lseek(kernel, 0, SEEK_END), length);
    assert_int_equal(pread_all(kernel, back, length, 0), length);
    assert_memory_equal(bytes, back, length);
    assert_int_equal(lseek(ramdisk, 0, SEEK_END), sink_size(sink, 1));
    sink_free(sink);
}

/* Through the worker, and as they come. */
static void carry(size_t length, size_t part)
{
    carry_with(DIGESTS_OF_TABLES, length, part);
    carry_with(0, length, part);
}

static void sizes_about_a_block(void **state)
{
    (void)state;
    carry(SINK_BLOCK_SIZE - 1, 1000);
    carry(SINK_BLOCK_SIZE, SINK_BLOCK_SIZE);
    carry(SINK_BLOCK_SIZE + 1, SINK_BLOCK_SIZE + 1);
    carry(SINK_BLOCK_SIZE * 2, 16384);
}

static void more_than_the_pool(void **state)
{
    (void)state;
    carry((size_t)SINK_BLOCKS * SINK_BLOCK_SIZE * 3 + 5, 16384);
    carry((size_t)SINK_BLOCKS * SINK_BLOCK_SIZE * 2, (size_t)SINK_BLOCKS * SINK_BLOCK_SIZE * 2);
}

static void begun_anew(void **state)
{
    auto_fd int kernel = memfd_create("kernel", 0);
    struct sink *sink = open_sink(kernel, -1);
    auto_free char *bytes = xcalloc(1, 3 * SINK_BLOCK_SIZE);
    (void)state;
    begin(sink, 0, DIGESTS_OF_TABLES);
    add(sink, 0, bytes, 3 * SINK_BLOCK_SIZE);
    begin(sink, 0, DIGESTS_OF_TABLES);
    add(sink, 0, "abc", 3);
    end(sink, 0);
    assert_int_equal(lseek(kernel, 0, SEEK_END), 3);
    digest_is(sink, 0, DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72");
    sink_free(sink);
}

/* Adds until it is refused, at most COUNT blocks, and expects WORDS in the sentence. */
static void expect_failure_with(unsigned mask, int fd, const char *words)
{
    struct sink *sink = open_sink(fd, -1);
    auto_error struct error err = ERROR_INIT;
    auto_free char *bytes = xcalloc(1, SINK_BLOCK_SIZE);
    int result = 0;
    begin(sink, 0, mask);
    for (int i = 0; i < 3 * SINK_BLOCKS && result == 0; i++)
        result = sink_add(sink, 0, bytes, SINK_BLOCK_SIZE, &err);
    if (result == 0)
        result = sink_end(sink, 0, &err);
    assert_int_equal(result, -1);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" is not in: %s", words, err.text);
    sink_free(sink);
}

static void expect_failure(int fd, const char *words)
{
    expect_failure_with(DIGESTS_OF_TABLES, fd, words);
    expect_failure_with(0, fd, words);
}

static void a_full_disk(void **state)
{
    auto_fd int full = open("/dev/full", O_WRONLY);
    (void)state;
    expect_failure(full, "cannot write the kernel: No space left on device; free some space");
}

static void a_file_that_may_not_grow(void **state)
{
    auto_fd int file = memfd_create("file", 0);
    struct rlimit old, limit = {SINK_BLOCK_SIZE + 7, RLIM_INFINITY};
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
    expect_failure(file, "cannot write the kernel: File too large");
    setrlimit(RLIMIT_FSIZE, &old);
}

static void a_descriptor_that_is_not_open(void **state)
{
    (void)state;
    expect_failure(-1, "Bad file descriptor");
}

/* On a disk room is made in front of the bytes: the file is as long as they are all the same. */
static void no_room_is_left_behind(void **state)
{
    static const size_t sizes[] = {1, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1};
    auto_free char *bytes = xcalloc(1, sizes[2]);

    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
        FILE *file = tmpfile();
        size_t size = sizes[i / 2];

        assert_non_null(file);
        struct sink *sink = open_sink(fileno(file), -1);
        begin(sink, 0, i % 2 ? DIGEST_BIT(DIGEST_SHA256) : 0);
        add(sink, 0, bytes, size / 2);
        /* another layout is tried */
        begin(sink, 0, i % 2 ? DIGEST_BIT(DIGEST_SHA256) : 0);
        add(sink, 0, bytes, size);
        end(sink, 0);
        assert_int_equal(sink_size(sink, 0), size);
        assert_int_equal(lseek(fileno(file), 0, SEEK_END), size);
        sink_free(sink);
        fclose(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_digests),
        cmocka_unit_test(a_digest_that_was_not_begun),
        cmocka_unit_test(sizes_about_a_block),
        cmocka_unit_test(more_than_the_pool),
        cmocka_unit_test(begun_anew),
        cmocka_unit_test(a_full_disk),
        cmocka_unit_test(a_file_that_may_not_grow),
        cmocka_unit_test(a_descriptor_that_is_not_open),
        cmocka_unit_test(no_room_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
