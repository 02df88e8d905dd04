/* What Btrfs packs, unpacked: LZO1X as lzop packs it, by hand at the bounds, and damaged; and the
 * three kinds of packed extents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "common/bytes.h"
#include "common/io.h"
#include "common/lzo.h"
#include "fsprobe/fs/btrfs/unpack.h"
#include "tests/unit/btrfs_fixture.h"

#define BLOCK  (256 * 1024) /* of lzop */
#define SECTOR 4096

static size_t load(const char *path, unsigned char **bytes)
{
    auto_buffer struct buffer buffer = BUFFER_INIT(4 * 1024 * 1024);
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_int_equal(read_all(fd, &buffer), 0);
    size_t length = buffer.length;
    *bytes = (unsigned char *)buffer_take(&buffer);
    return length;
}

/* Each block of a file of lzop: its length, its packed length, a checksum of the former, and the
 * bytes; as they are where they do not pack. */
static size_t unpack_lzop(const unsigned char *packed, const unsigned char *wanted)
{
    size_t at = 9 + 6 + 2, length, produced, total = 0;

    assert_memory_equal(packed, "\x89LZO\0\r\n\x1a\n", 9);
    assert_int_equal(get_be32(packed + at) & 0xf43, 1); /* one checksum for each block */
    at += 16;
    at += 1 + packed[at] + 4;
    auto_free unsigned char *out = xmalloc(BLOCK);
    while ((length = get_be32(packed + at)) != 0) {
        size_t count = get_be32(packed + at + 4);
        at += 12;
        if (count < length) {
            assert_int_equal(lzo_unpack(packed + at, count, out, length, &produced), 0);
            assert_int_equal(produced, length);
            assert_memory_equal(out, wanted + total, length);
            assert_int_equal(lzo_unpack(packed + at, count, out, length - 1, &produced), -1);
            assert_int_equal(lzo_unpack(packed + at, count - 1, out, length, &produced), -1);
        }
        at += count;
        total += length;
    }
    return total;
}

static void as_lzop_packs(void **state)
{
    static const char *const levels[] = {"-1", "-3", "-9"};
    auto_free unsigned char *wanted = NULL;

    (void)state;
    btrfs_put_words("words", 700000);
    const char *const append[] = {
        "bash", "-c", "head -c 300000 /dev/zero >>words; cat $(which bash) >>words; cp words all",
        NULL};
    assert_int_equal(btrfs_run("output", append), 0);
    size_t length = load("all", &wanted);
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        auto_free unsigned char *packed = NULL;
        const char *const argv[] = {"lzop", levels[i], "-c", "all", NULL};
        assert_int_equal(btrfs_run("packed", argv), 0);
        load("packed", &packed);
        assert_int_equal(unpack_lzop(packed, wanted), length);
    }
}

#define END         "\x11\0\0"
#define BYTES(text) (const unsigned char *)(text), sizeof(text) - 1

/* That PACKED unpacks to WANTED, and into no less room; NULL: to nothing. */
static void check_lzo(const unsigned char *packed, size_t length, const char *wanted, int line)
{
    unsigned char out[1024];
    size_t produced, room = wanted ? strlen(wanted) : sizeof out;
    /* of its own size, so that a sanitizer sees what is read past it */
    auto_free unsigned char *copy = xmalloc(length + 1);

    memcpy(copy, packed, length);
    copy = xreallocarray(copy, length ? length : 1, 1);
    int result = lzo_unpack(copy, length, out, room, &produced);
    if ((wanted ? 0 : -1) == result &&
        (!wanted || (produced == room && memcmp(out, wanted, room) == 0)) &&
        (!wanted || room == 0 || lzo_unpack(copy, length, out, room - 1, &produced) < 0))
        return;
    print_error("%d, %zu bytes\n", result, produced);
    _fail(__FILE__, line);
}
#define unpacks(packed, wanted) check_lzo(BYTES(packed), wanted, __LINE__)
#define refuses(packed)         check_lzo(BYTES(packed), NULL, __LINE__)

static void lzo_by_hand(void **state)
{
    (void)state;
    unpacks(END, "");
    unpacks("\x12"
            "a" END,
            "a");
    unpacks("\x15"
            "abcd" END,
            "abcd");
    unpacks("\x01"
            "abcd" END,
            "abcd");
    /* three bytes from four back, then one literal */
    unpacks("\x15"
            "abcd"
            "\x4d\0"
            "x" END,
            "abcdabcx");
    /* two bytes from one back behind a literal */
    unpacks("\x12"
            "a"
            "\0\0" END,
            "aaa");
    /* the copy reaches into what it writes */
    unpacks("\x12"
            "a"
            "\x27\0\0" END,
            "aaaaaaaaaa");
    /* from before the beginning, by one */
    refuses("\x15"
            "abcd"
            "\x51\0"
            "x" END);
    refuses("\x12"
            "a"
            "\x04\0" END);
    refuses("\x12"
            "a"
            "\x20\x04\0" END);
    /* cut off at each place */
    refuses("");
    refuses("\x12");
    refuses("\x12"
            "a");
    refuses("\x12"
            "a\0");
    refuses("\x12"
            "a\x11\0");
    refuses("\0");
    refuses("\0\0\0\0");
    refuses("\x20\0\0");
    /* something behind the end, and an end of another length */
    refuses(END "x");
    refuses("\x12\0\0");
}

static void check_packed(enum file_packing packing, const unsigned char *packed, size_t length,
                         const unsigned char *wanted, size_t count)
{
    struct btrfs_unpacker unpacker = {.length = 0};
    auto_error struct error err = ERROR_INIT;
    /* what is on a disk has zeros up to the sector's end */
    size_t padded = (length + SECTOR - 1) / SECTOR * SECTOR;
    auto_free unsigned char *bytes = xcalloc(1, padded);

    memcpy(bytes, packed, length);
    if (btrfs_unpack(&unpacker, packing, bytes, padded, SECTOR, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(unpacker.length, count);
    assert_memory_equal(unpacker.bytes, wanted, count);
    assert_int_equal(btrfs_unpack(&unpacker, packing, bytes, length / 2, SECTOR, &err), -1);
    btrfs_unpacker_free(&unpacker);
}

/* At the largest size, and beyond it: nothing comes out then. */
static void zlib_and_zstd(void **state)
{
    auto_free unsigned char *words = NULL, *packed = xmalloc(FILE_PACKED_MAX);
    struct btrfs_unpacker unpacker = {.length = 0};
    auto_error struct error err = ERROR_INIT;

    (void)state;
    btrfs_put_words("words", FILE_PACKED_MAX + 1);
    load("words", &words);
    for (size_t count = FILE_PACKED_MAX - 1; count <= FILE_PACKED_MAX; count++) {
        uLongf length = FILE_PACKED_MAX;
        assert_int_equal(compress2(packed, &length, words, count, 6), Z_OK);
        check_packed(FILE_ZLIB, packed, length, words, count);
        length = ZSTD_compress(packed, FILE_PACKED_MAX, words, count, 3);
        check_packed(FILE_ZSTD, packed, length, words, count);
    }
    uLongf length = FILE_PACKED_MAX;
    assert_int_equal(compress2(packed, &length, words, FILE_PACKED_MAX + 1, 6), Z_OK);
    assert_int_equal(btrfs_unpack(&unpacker, FILE_ZLIB, packed, length, SECTOR, &err), -1);
    length = ZSTD_compress(packed, FILE_PACKED_MAX, words, FILE_PACKED_MAX + 1, 3);
    assert_int_equal(btrfs_unpack(&unpacker, FILE_ZSTD, packed, length, SECTOR, &err), -1);
    assert_int_equal(btrfs_unpack(&unpacker, FILE_ZSTD, packed, FILE_PACKED_MAX + 1, SECTOR, &err),
                     -1);
    btrfs_unpacker_free(&unpacker);
}

/* As in an extent: the length of all, then of each piece and its bytes. The second piece's length
 * would stand across the end of a sector, and so begins in the next. */
static void lzo_pieces(void **state)
{
    unsigned char packed[3 * SECTOR] = {0}, wanted[2 * SECTOR];
    struct btrfs_unpacker unpacker = {.length = 0};
    auto_error struct error err = ERROR_INIT;
    /* a run of literals is 18, 255 for each of its zeros, and its last byte */
    enum { ZEROS = 15, LAST = 223, LITERALS = 18 + 255 * ZEROS + LAST };
    uint32_t first = 1 + ZEROS + 1 + LITERALS + 3, second = 8, all = SECTOR + 4 + second;
    size_t at = 8 + 1 + ZEROS;

    (void)state;
    assert_int_equal(8 + first, SECTOR - 2);
    memset(wanted, 'x', sizeof wanted);
    memcpy(packed, &(uint32_t){htole32(all)}, 4);
    memcpy(packed + 4, &(uint32_t){htole32(first)}, 4);
    packed[at++] = LAST;
    memset(packed + at, 'x', LITERALS);
    memcpy(packed + at + LITERALS, END, 3);
    memcpy(packed + SECTOR, &(uint32_t){htole32(second)}, 4);
    memcpy(packed + SECTOR + 4, "\x15xxxx" END, 8);
    check_packed(FILE_LZO, packed, all, wanted, LITERALS + 4);
    /* a piece of no bytes, one past the end, and more than a sector comes out */
    memset(packed + SECTOR, 0, 4);
    assert_int_equal(btrfs_unpack(&unpacker, FILE_LZO, packed, all, SECTOR, &err), -1);
    packed[SECTOR] = 9;
    assert_int_equal(btrfs_unpack(&unpacker, FILE_LZO, packed, all, SECTOR, &err), -1);
    packed[SECTOR] = 8;
    assert_int_equal(btrfs_unpack(&unpacker, FILE_LZO, packed, all - 1, SECTOR, &err), -1);
    assert_int_equal(btrfs_unpack(&unpacker, FILE_LZO, packed, 3, SECTOR, &err), -1);
    memcpy(packed, "\x0e\0\0\0\x06\0\0\0\x27\0\0" END, 14);
    assert_int_equal(btrfs_unpack(&unpacker, FILE_LZO, packed, 14, SECTOR, &err), -1);
    btrfs_unpacker_free(&unpacker);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, btrfs_setup, btrfs_teardown)
    const struct CMUnitTest tests[] = {TEST(as_lzop_packs), TEST(lzo_by_hand), TEST(zlib_and_zstd),
                                       TEST(lzo_pieces)};

    return cmocka_run_group_tests_name("btrfs_unpack", tests, NULL, NULL);
}
