/* UFS as makefs makes it, in both versions and byte orders: what is read is what was put in, and
 * what GRUB reads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <endian.h>

#include "common/bytes.h"
#include "tests/unit/grub_fstest.h"
#include "tests/unit/ufs_fixture.h"

#define SMALL "4m"
#define KIB   1024
#define BLOCK (8 * KIB)

static void put_shapes(void)
{
    auto_free char *longest = text_of('n', 255), *path = xasprintf("root/%s", longest);

    assert_int_equal(mkdir("root/boot", 0755), 0);
    put_file("root/boot/kernel", 3 * KIB * KIB + 17);
    put_file("root/boot/ramdisk", 4096);
    put_text("root/empty", "");
    put_text("root/byte", "b");
    put_text(path, "longest");
    put_text("root/x", "shortest");
    assert_int_equal(mkdir("root/none", 0755), 0);
    put_names("root/one", 1, "", "");
    put_names("root/some", 60, "vmlinuz-", "");
    put_names("root/many", 1500, "System.map-", "-with-a-longer-name");
    /* around the last direct block and the ends of fragments */
    put_file("root/fragment", KIB);
    put_file("root/fragments", 3 * KIB + 1);
    put_file("root/block", BLOCK);
    put_file("root/direct", 12 * BLOCK);
    put_file("root/more", 12 * BLOCK + 1);
}

static void shapes(struct fixture *f, const char *order, const char *size, const char *options)
{
    put_shapes();
    make(order, size, options);
    open_image(f);
    if (f->note)
        fail_msg("%s", f->note);
    check_tree(f, "", "root");
    check_absent(f, "/boot/kerne");
    check_absent(f, "/many/System.map-1500-with-a-longer-name");
    check_absent(f, "/boot/kernel/x");
}
static void compare_with_grub(struct fixture *f)
{
    static const char *const directories[] = {"", "/none", "/some", "/many"};

    f->budget = BUDGET;
    check_against_grub(f, "/boot/kernel");
    check_against_grub(f, "/many/System.map-123-with-a-longer-name");
    for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
        check_listing_against_grub(f, directories[i]);
}
static void ufs1(void **state)
{
    shapes(*state, "le", SMALL, "version=1,bsize=8192,fsize=1024");
    compare_with_grub(*state);
}
static void ufs2(void **state)
{
    shapes(*state, "le", SMALL, "version=2,bsize=8192,fsize=1024");
    compare_with_grub(*state);
}
static void ufs1_big(void **state)
{
    shapes(*state, "be", SMALL, "version=1,bsize=8192,fsize=1024");
}
static void ufs2_big(void **state)
{
    shapes(*state, "be", SMALL, "version=2,bsize=8192,fsize=1024");
}
static void ufs2_4k(void **state)
{
    shapes(*state, "le", SMALL, "version=2,bsize=4096,fsize=512");
}
static void ufs2_32k(void **state)
{
    shapes(*state, "le", SMALL, "version=2,bsize=32768,fsize=4096");
}
static void ufs1_64k(void **state)
{
    shapes(*state, "le", SMALL, "version=1,bsize=65536,fsize=65536");
}
/* Many groups, with inodes in each. */
static void ufs2_groups(void **state)
{
    shapes(*state, "le", "40m", "version=2,bsize=4096,fsize=512,maxbpcg=256,density=4096");
}

/* Two levels of blocks of pointers: 12 + 512 blocks, and more. */
static void large_files(void **state)
{
    struct fixture *f = *state;

    put_file("root/two", 3 * KIB * KIB);
    put_file("root/one", (12 + 512) * 4 * KIB);
    put_file("root/first", (12 + 512) * 4 * KIB + 1);
    make("le", SMALL, "version=2,bsize=4096,fsize=512");
    open_image(f);
    check_tree(f, "", "root");
    check_against_grub(f, "/two");
}

static void sparse(void **state)
{
    struct fixture *f = *state;

    put_text("root/hole", "start");
    put_bytes("root/hole", "end", 3, 9 * KIB * KIB);
    put_text("root/empty", "");
    assert_int_equal(truncate("root/empty", 5 * KIB * KIB), 0);
    make("le", SMALL, "version=2,bsize=4096,fsize=512");
    open_image(f);
    check_tree(f, "", "root");
}

/* Links that are in the inode up to 59 or 119 bytes, and in a block from there on. */
static void links(struct fixture *f, const char *options)
{
    static const size_t lengths[] = {12, 58, 59, 60, 61, 118, 119, 120, 121, 500, 1023};

    assert_int_equal(mkdir("root/boot", 0755), 0);
    put_file("root/boot/kernel", 5000);
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        auto_free char *path = xasprintf("root/link-%zu", lengths[i]);
        put_link(path, lengths[i]);
    }
    make("le", SMALL, options);
    open_image(f);
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        auto_free char *path = xasprintf("/link-%zu", lengths[i]);
        check_file(f, path, "root/boot/kernel");
    }
}
static void links_1(void **state)
{
    links(*state, "version=1");
}
static void links_2(void **state)
{
    links(*state, "version=2");
}

/* Puts a number of WIDTH bytes, little-endian, into the image. */
static void put_number(uint64_t value, size_t width, off_t at)
{
    value = htole64(value);
    put_bytes("image", &value, width, at);
}

/* FreeBSD has it at 64 KiB, where a filesystem with such blocks has its first spare one. */
static void super_at_64k(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    put_names("root/some", 20, "name-", "");
    make("le", SMALL, "version=2,bsize=65536,fsize=65536");
    put_number(0, 4, 8192 + 1372);
    assert_int_equal(try_open(f, "image", &err), -1);
    assert_string_equal(err.text,
                        "cannot read the UFS of the image: there is no superblock of UFS");
    error_clear(&err);
    put_number(65536, 8, 65536 + 1000);
    open_image(f);
    check_tree(f, "", "root");
}

/* NetBSD's, which has a number of its own since there may be extended attributes in it. */
static void with_attributes(void **state)
{
    struct fixture *f = *state;

    put_names("root/some", 20, "name-", "");
    make("le", SMALL, "version=2");
    put_number(0x19012038, 4, 8192 + 1372);
    open_image(f);
    check_tree(f, "", "root");
}

/* Before 4.4BSD, entries had two bytes for the length of a name, and no kind; links were in blocks
 * unless they had none. In this byte order only the kind is in the way. */
static void old_entries(void **state)
{
    unsigned char directory[512], places[24];
    struct fixture *f = *state;

    put_text("root/file", "text");
    put_text("root/other", "other");
    put_link("root/link", 12);
    make("be", SMALL, "version=1,bsize=4096,fsize=512");
    put_number(0, 4, 8192 + 1320);
    open_image(f);
    assert_int_equal(pread_all(f->fd, places, 4, 8192 + 16), 4);
    off_t inode = (off_t)get_be32(places) * 512 + 2 * 128;
    assert_int_equal(pread_all(f->fd, places, 4, inode + 40), 4);
    off_t at = (off_t)get_be32(places) * 512;
    assert_int_equal(pread_all(f->fd, directory, sizeof directory, at), sizeof directory);
    for (size_t i = 0; i < sizeof directory; i += get_be16(directory + i + 4))
        directory[i + 6] = 0;
    put_bytes("image", directory, sizeof directory, at);
    open_image(f);
    check_file(f, "/file", "root/file");
    check_file(f, "/other", "root/other");
    check_absent(f, "/link"); /* it leads to /boot/kernel */
    check_absent(f, "/fil");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(ufs1),         TEST(ufs2),
        TEST(ufs1_big),     TEST(ufs2_big),
        TEST(ufs2_4k),      TEST(ufs2_32k),
        TEST(ufs1_64k),     TEST(ufs2_groups),
        TEST(large_files),  TEST(sparse),
        TEST(links_1),      TEST(links_2),
        TEST(super_at_64k), TEST(with_attributes),
        TEST(old_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
