/* Kernels out of what they are packed in: which, how large, and damaged ones.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/memory.h"
#include "kernel_fixture.h"
#include "loader/boot/unpack.h"
#include "loader/medium/kernel_unpack.h"
#include "loader/medium/lzop.h"

static struct kernel kernel, inner, packed;

static int setup(void **state)
{
    (void)state;
    kernel.length = inner.length = packed.length = 0;
    put_linux(&inner, true, EM_X86_64, true, true);
    return 0;
}

/* A bzImage with `inner` in gzip, whose own last bytes are the size. */
static void put_packed(void)
{
    packed = inner;
    gzip_kernel(&packed);
    put_bzimage(&kernel, 0x20f, packed.bytes, (uint32_t)packed.length);
}

/* Unpacks `kernel` from what FORM says (NULL: all), to at most MAX bytes. WANTED: NULL: what comes
 * out is `inner`; "as it is"; or a part of the error. */
static void is_at(const char *form, uint64_t max, const char *wanted, const char *file, int line)
{
    struct kernel_layer layer = KERNEL_LAYER_BYTES(kernel.bytes, kernel.length);
    struct kernel_unpack want = {
        .forms = {form}, .form_count = form != NULL, .all = !form, .max = max};
    auto_error struct error err = ERROR_INIT;
    struct kernel_found found;
    static unsigned char out[sizeof inner.bytes];
    uint64_t size;
    bool good;

    want.fd = memfd_create("unpacked", MFD_CLOEXEC);
    int result = kernel_unpack(&layer, &want, &found, &size, &err);
    kernel_layer_free(&layer);
    ssize_t got = pread(want.fd, out, sizeof out, 0);
    if (!wanted)
        good = result == 0 && size == inner.length && got == (ssize_t)size &&
               memcmp(out, inner.bytes, size) == 0;
    else if (strcmp(wanted, "as it is") == 0)
        good = result == 0 && size == 0 && got == 0;
    else
        good = result < 0 && strstr(err.text, wanted);
    if (!good) {
        print_error("result %d, %llu bytes: %s\n", result, (unsigned long long)size,
                    err.text ? err.text : "");
        _fail(file, line);
    }
    close(want.fd);
    kernel_found_free(&found);
}
#define is(form, max, wanted) is_at(form, max, wanted, __FILE__, __LINE__)
#define ENOUGH                KERNEL_LAYER_UNPACKED_MAX

static void bzimages(void **state)
{
    (void)state;
    put_packed();
    is(NULL, ENOUGH, NULL);
    is("gzip", ENOUGH, NULL);
    is("zstd", ENOUGH, "as it is");
    is("zboot", ENOUGH, "as it is");
    /* one that is not compressed */
    kernel.length = 0;
    put_bzimage(&kernel, 0x20f, inner.bytes, (uint32_t)inner.length);
    is(NULL, ENOUGH, NULL);
    is("none", ENOUGH, NULL);
    is("gzip", ENOUGH, "as it is");
    /* which cannot be one */
    memset(kernel.bytes + kernel.length - inner.length, 0, 4);
    is(NULL, ENOUGH, "it is no kernel of a kind that is known");
}

static void zboot(void **state)
{
    const uint32_t at = 64;

    (void)state;
    inner.length = 0;
    put_zeros(&inner, 4096);
    memcpy(inner.bytes, "MZ", 2);
    memcpy(inner.bytes + 56, "ARM\x64", 4);
    packed = inner;
    gzip_kernel(&packed);
    put_zeros(&kernel, at);
    memcpy(kernel.bytes, "MZ\0\0zimg", 8);
    memcpy(kernel.bytes + 8, &at, 4);
    memcpy(kernel.bytes + 12, &packed.length, 4);
    put(&kernel, packed.bytes, packed.length);
    is(NULL, ENOUGH, NULL);
    is("zboot", ENOUGH, NULL);
    is("gzip", ENOUGH, "as it is");
    kernel = inner;
    is(NULL, ENOUGH, "as it is");
    gzip_kernel(&kernel);
    is(NULL, ENOUGH, "as it is");
}

static void what_is_no_packed_kernel(void **state)
{
    (void)state;
    kernel = inner;
    is(NULL, ENOUGH, "as it is");
    gzip_kernel(&kernel);
    is(NULL, ENOUGH, "as it is");
    kernel.length = 0;
    is(NULL, ENOUGH, "as it is");
    put(&kernel, "#!/bin/sh\n", 10);
    is(NULL, ENOUGH, "as it is");
    kernel.length = 0;
    put_bzimage(&kernel, 0x207, inner.bytes, (uint32_t)inner.length);
    is(NULL, ENOUGH, "as it is");
}

static void size_has_a_limit(void **state)
{
    (void)state;
    put_packed();
    is(NULL, inner.length + 1, NULL);
    is(NULL, inner.length, NULL);
    is(NULL, inner.length - 1, "it unpacks to more than");
    is(NULL, 1, "it unpacks to more than 1 bytes");
    /* no multiple of what is written at once */
    put_zeros(&inner, 3 * KERNEL_LAYER_BLOCK);
    kernel.length = 0;
    put_packed();
    is(NULL, inner.length, NULL);
    is(NULL, inner.length - 1, "it unpacks to more than 196607 bytes");
}

static void size_and_sum_are_as_it_says(void **state)
{
    (void)state;
    put_packed();
    kernel.bytes[kernel.length - 4]++;
    is(NULL, ENOUGH, "and says that these are");
    kernel.bytes[kernel.length - 4]--;
    is(NULL, ENOUGH, NULL);
    kernel.bytes[kernel.length - 8]++;
    is(NULL, ENOUGH, "its CRC is wrong");
}

/* Whatever is altered, what comes out is right, or nothing is handed over. */
static void damage(void **state)
{
    (void)state;
    put_packed();
    size_t start = kernel.length - packed.length;
    for (size_t i = start; i < kernel.length; i++) {
        struct kernel_layer layer = KERNEL_LAYER_BYTES(kernel.bytes, kernel.length);
        struct kernel_unpack want = {.all = true, .max = ENOUGH};
        auto_error struct error err = ERROR_INIT;
        struct kernel_found found;
        static unsigned char out[sizeof inner.bytes];
        uint64_t size;

        want.fd = memfd_create("unpacked", MFD_CLOEXEC);
        kernel.bytes[i] ^= 0x55;
        int result = kernel_unpack(&layer, &want, &found, &size, &err);
        kernel.bytes[i] ^= 0x55;
        ssize_t got = pread(want.fd, out, sizeof out, 0);
        assert_true(result < 0 || (size == inner.length && got == (ssize_t)size &&
                                   memcmp(out, inner.bytes, size) == 0));
        close(want.fd);
        kernel_layer_free(&layer);
        kernel_found_free(&found);
    }
}

/* --- lzop ---------------------------------------------------------------------------------- */

/* 24 bytes, "abcd" again and again, and their Adler-32. */
static const unsigned char lzo_block[] = {
    0, 0, 0, 24, 0, 0, 0, 11, 0x73, 0x68, 0x09, 0x3d, 21, 'a', 'b', 'c', 'd', 50, 12, 0, 17, 0, 0};
static const char lzo_text[] = "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdxyz";
static const unsigned char lzo_head[] = "\x89LZO\0\r\n\x1a\n\x10\x40\x20\xa0\x09\x40\3\x9\0\0\0\1\0"
                                        "\0\x81\xa4\0\0\0\0\0\0\0\0\1n\1\2\3\4";

static void put_lzop(void)
{
    kernel.length = 0;
    put(&kernel, lzo_head, sizeof lzo_head - 1);
    put(&kernel, lzo_block, sizeof lzo_block);
    put(&kernel, lzo_block, sizeof lzo_block);
    put(&kernel, "\0\0\0\3\0\0\0\3\2\xd7\1\x6cxyz", 15);
    put(&kernel, "\0\0\0\0", 4);
}

static ssize_t read_kernel(void *context, uint64_t at, void *out, size_t length, struct error *err)
{
    const struct kernel *from = context;

    (void)err;
    if (at >= from->length)
        return 0;
    length = length < from->length - at ? length : from->length - at;
    memcpy(out, from->bytes + at, length);
    return (ssize_t)length;
}

/* What comes out of `kernel` into OUT, to its end: bytes; or -1: damaged. */
static ssize_t unpack_lzop(char out[256])
{
    struct lzop lzop = {.read = NULL};
    auto_error struct error err = ERROR_INIT;
    const unsigned char *block;
    size_t length, done = 0;

    int more = lzop_begin(&lzop, read_kernel, &kernel, &err);
    while (more >= 0 && (more = lzop_next(&lzop, &block, &length, &err)) > 0) {
        assert_true(done + length <= 256);
        memcpy(out + done, block, length);
        done += length;
    }
    if (more == 0)
        assert_int_equal(lzop_next(&lzop, &block, &length, &err), 0);
    lzop_free(&lzop);
    return more < 0 ? -1 : (ssize_t)done;
}

static void lzop_files(void **state)
{
    char out[256];

    (void)state;
    put_lzop();
    assert_int_equal(unpack_lzop(out), 51);
    assert_memory_equal(out, lzo_text, 51);
    for (size_t length = kernel.length; length-- > 0;) {
        kernel.length = length;
        assert_int_equal(unpack_lzop(out), -1);
    }
}

/* What comes out is what went in, or nothing. */
static void lzop_damage(void **state)
{
    char out[256];

    (void)state;
    for (int bit = 1; bit < 256; bit <<= 1) {
        put_lzop();
        for (size_t i = 0; i < kernel.length; i++) {
            kernel.bytes[i] ^= (unsigned char)bit;
            ssize_t got = unpack_lzop(out);
            /* versions, times and names say nothing of the data */
            if (i < 9)
                assert_int_equal(got, -1);
            else if (got != -1)
                assert_true(got == 51 && memcmp(out, lzo_text, 51) == 0);
            kernel.bytes[i] ^= (unsigned char)bit;
        }
    }
}

static void lzop_blocks_have_a_bound(void **state)
{
    static const struct {
        const char *lengths;
        bool good;
    } cases[] = {{"\0\4\0\0\0\4\0\0", true},  {"\0\3\xff\xff\0\3\xff\xff", true},
                 {"\0\4\0\1\0\4\0\1", false}, {"\0\3\xff\xff\0\4\0\0", false},
                 {"\0\4\0\0\0\0\0\0", false}, {"\xff\xff\xff\xff\xff\xff\xff\xff", false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct lzop lzop = {.read = NULL};
        auto_error struct error err = ERROR_INIT;
        const unsigned char *block;
        size_t length;

        kernel.length = 0;
        put(&kernel, lzo_head, sizeof lzo_head - 1);
        kernel.bytes[20] = 0; /* no sums */
        put(&kernel, cases[i].lengths, 8);
        put_zeros(&kernel, 300 * 1024);
        assert_int_equal(lzop_begin(&lzop, read_kernel, &kernel, &err), 0);
        assert_int_equal(lzop_next(&lzop, &block, &length, &err), cases[i].good ? 1 : -1);
        lzop_free(&lzop);
    }
}

/* --- what a host needs --------------------------------------------------------------------- */

static void what_a_host_cannot_unpack(void **state)
{
    static const struct {
        const char *arch;
        struct xen_version xen; /* 0: not known */
        const char *wanted;
    } hosts[] = {
        {"x86_64", {4, 17}, ""},        {"x86_64", {4, 16}, ""},
        {"x86_64", {4, 15}, "zstd "},   {"x86_64", {4, 4}, "zstd "},
        {"i386", {4, 3}, "zstd lz4 "},  {"x86_64", {3, 20}, "zstd lz4 "},
        {"x86_64", {5, 0}, ""},         {"x86_64", {0, 0}, ""},
        {"aarch64", {4, 17}, "zboot "}, {"arm64", {4, 14}, "zstd zboot "},
        {"aarch64", {0, 0}, "zboot "},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
        const char *names[UNPACK_NAMES_MAX];
        char got[64] = "";
        size_t count =
            unpack_needed(hosts[i].arch, hosts[i].xen.major ? &hosts[i].xen : NULL, names);

        for (size_t j = 0; j < count; j++)
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s ", names[j]);
        assert_string_equal(got, hosts[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bzimages, setup),
        cmocka_unit_test_setup(zboot, setup),
        cmocka_unit_test_setup(what_is_no_packed_kernel, setup),
        cmocka_unit_test_setup(size_has_a_limit, setup),
        cmocka_unit_test_setup(size_and_sum_are_as_it_says, setup),
        cmocka_unit_test_setup(damage, setup),
        cmocka_unit_test_setup(lzop_files, setup),
        cmocka_unit_test_setup(lzop_damage, setup),
        cmocka_unit_test_setup(lzop_blocks_have_a_bound, setup),
        cmocka_unit_test(what_a_host_cannot_unpack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
