/* The checksums of Btrfs at every length around their blocks, against OpenSSL and b2sum.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "fsprobe/fs/btrfs/blake2b.h"
#include "fsprobe/fs/btrfs/digest.h"
#include "fsprobe/fs/btrfs/sha256.h"
#include "fsprobe/fs/btrfs/xxhash.h"
#include "tests/unit/btrfs_fixture.h"

#define LENGTHS 300

static void fill(unsigned char bytes[LENGTHS])
{
    for (unsigned i = 0; i < LENGTHS; i++)
        bytes[i] = (unsigned char)(i * 7 + 1);
}

static void sha256_as_openssl(void **state)
{
    unsigned char bytes[LENGTHS], ours[SHA256_SIZE], theirs[EVP_MAX_MD_SIZE];

    (void)state;
    fill(bytes);
    for (size_t length = 0; length <= LENGTHS; length++) {
        sha256(bytes, length, ours);
        assert_int_equal(EVP_Digest(bytes, length, theirs, NULL, EVP_sha256(), NULL), 1);
        assert_memory_equal(ours, theirs, sizeof ours);
    }
}

/* One file for each length, and all in one call. */
static void blake2b_as_b2sum(void **state)
{
    static const char *const argv[] = {"bash", "-c", "b2sum -l 256 $(seq 0 300)", NULL};
    unsigned char bytes[LENGTHS], digest[BLAKE2B_SIZE];
    auto_buffer struct buffer output = BUFFER_INIT(256 * 1024);
    char hex[2 * BLAKE2B_SIZE + 1], name[16];

    (void)state;
    fill(bytes);
    for (size_t length = 0; length <= LENGTHS; length++) {
        snprintf(name, sizeof name, "%zu", length);
        auto_fd int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        assert_int_equal(write_all(fd, bytes, length), 0);
    }
    assert_int_equal(btrfs_run("output", argv), 0);
    auto_fd int fd = open("output", O_RDONLY | O_CLOEXEC);
    assert_int_equal(read_all(fd, &output), 0);
    const char *line = buffer_text(&output);
    for (size_t length = 0; length <= LENGTHS; length++) {
        blake2b(bytes, length, digest);
        for (size_t i = 0; i < sizeof digest; i++)
            snprintf(hex + 2 * i, 3, "%02x", digest[i]);
        assert_memory_equal(line, hex, 2 * sizeof digest);
        line = strchr(line, '\n') + 1;
    }
}

/* As xxhsum prints them. Longer ones are checked by mkfs.btrfs. */
static void xxhash_of_texts(void **state)
{
    static const struct {
        const char *text;
        uint64_t hash;
    } cases[] = {
        {"", UINT64_C(0xef46db3751d8e999)},
        {"a", UINT64_C(0xd24ec4f1a98c6e5b)},
        {"abc", UINT64_C(0x44bc2cf5ad770999)},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_true(xxhash64((const unsigned char *)cases[i].text, strlen(cases[i].text)) ==
                    cases[i].hash);
}

static void kinds(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 4; kind++)
        assert_true(btrfs_digest_known(kind));
    assert_false(btrfs_digest_known(4));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, btrfs_setup, btrfs_teardown)
    const struct CMUnitTest tests[] = {TEST(sha256_as_openssl), TEST(blake2b_as_b2sum),
                                       TEST(xxhash_of_texts), TEST(kinds)};

    return cmocka_run_group_tests_name("btrfs_digest", tests, NULL, NULL);
}
