/* XFS as mkfs.xfs makes it, in all forms: what is read is what was put in, and what GRUB reads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/grub_fstest.h"
#include "tests/unit/xfs_fixture.h"

#define SMALL "24m"

/* --- the shapes ---------------------------------------------------------------------------- */

static void put_shapes(void)
{
    auto_free char *longest = text_of('n', 255), *path = xasprintf("root/%s", longest);

    assert_int_equal(mkdir("root/boot", 0755), 0);
    put_file("root/boot/kernel", 3 * 1024 * 1024 + 17);
    put_file("root/boot/ramdisk", 4096);
    put_text("root/empty", "");
    put_text("root/byte", "b");
    put_text(path, "longest");
    put_text("root/x", "shortest");
    assert_int_equal(mkdir("root/none", 0755), 0);
    put_names("root/one", 1, "", "");
    put_names("root/some", 12, "name-", "");
    put_names("root/block", 60, "vmlinuz-", "");
    put_names("root/leaf", 400, "initrd.img-", "-with-a-name");
    put_names("root/node", 1500, "System.map-", "-with-a-longer-name");
}

static bool is_version_5(struct fixture *f)
{
    unsigned char version[2];

    assert_int_equal(pread_all(f->fd, version, sizeof version, 100), sizeof version);
    return (version[1] & 15) == 5;
}

static void shapes(struct fixture *f, const char *size, const char *const *options)
{
    put_shapes();
    make(size, options);
    open_image(f);
    if (f->note)
        fail_msg("%s", f->note);
    check_tree(f, "", "root");
    check_absent(f, "/boot/kerne");
    check_absent(f, "/node/System.map-1500-with-a-longer-name");
    check_absent(f, "/leaf/initrd.img-400-with-a-name");
    check_absent(f, "/block/vmlinuz-60");
    check_absent(f, "/some/name-12");
    check_absent(f, "/boot/kernel/x");
    f->budget = BUDGET;
    check_against_grub(f, "/boot/kernel");
    check_against_grub(f, "/leaf/initrd.img-123-with-a-name");
    static const char *const directories[] = {"", "/none", "/some", "/block", "/leaf", "/node"};
    /* (GRUB 2.06 does not always read a tree of extents in an inode of 512 bytes.) */
    size_t count = ARRAY_SIZE(directories) - (is_version_5(f));
    for (size_t i = 0; i < count; i++)
        check_listing_against_grub(f, directories[i]);
}
#define SHAPES(name, size, ...)                                         \
    static void name(void **state)                                      \
    {                                                                   \
        shapes(*state, size, (const char *const[]){__VA_ARGS__, NULL}); \
    }
SHAPES(v5_1k, "40m", "-b", "size=1024")
SHAPES(v5_4k, "40m", "-b", "size=4096")
SHAPES(v5_64k, "600m", "-b", "size=65536")
SHAPES(v5_large_directory_blocks, "40m", "-b", "size=1024", "-n", "size=65536")
SHAPES(v5_sectors_4k, "40m", "-s", "size=4096")
SHAPES(v5_plain, "40m", "-m", "bigtime=0,rmapbt=0,reflink=0,inobtcount=0,finobt=0", "-i",
       "sparse=0")
SHAPES(v5_all, "40m", "-m", "bigtime=1,rmapbt=1,reflink=1,inobtcount=1", "-i",
       "nrext64=1,size=2048")
SHAPES(v5_uuid, "150m", "-m", "uuid=01234567-89ab-cdef-0123-456789abcdef", "-d", "agcount=7")
SHAPES(v4_512, "40m", "-m", "crc=0,finobt=0", "-b", "size=512")
SHAPES(v4_1k, "40m", "-m", "crc=0,finobt=0", "-b", "size=1024", "-n", "ftype=0")
SHAPES(v4_4k, "40m", "-m", "crc=0,finobt=0", "-i", "size=256", "-n", "ftype=1")
SHAPES(v4_2k_inodes, "40m", "-m", "crc=0,finobt=0", "-i", "size=2048", "-n", "size=16384")

/* Links that need no block, one, or two. (mkfs.xfs makes the long ones of version 5 without the
 * header that they need.) */
static void links(struct fixture *f, size_t longest, const char *const *options)
{
    assert_int_equal(mkdir("root/boot", 0755), 0);
    assert_int_equal(mkdir("root/some", 0755), 0);
    put_file("root/boot/kernel", 5000);
    put_links("root");
    assert_int_equal(symlink("boot", "root/to-boot"), 0);
    assert_int_equal(symlink("../boot/../to-boot/kernel", "root/some/up"), 0);
    make(SMALL, options);
    open_image(f);
    check_links(f, longest, "root/boot/kernel");
    check_file(f, "/to-boot/kernel", "root/boot/kernel");
    check_file(f, "/some/up", "root/boot/kernel");
}
static void links_v5(void **state)
{
    links(*state, 336, (const char *const[]){"-b", "size=1024", NULL});
}
static void links_v4(void **state)
{
    links(*state, 1023, (const char *const[]){"-m", "crc=0,finobt=0", "-b", "size=512", NULL});
}

/* One that got another UUID: its structures keep the first. */
static void other_uuid(void **state)
{
    struct fixture *f = *state;

    put_names("root/some", 100, "name-", "");
    MAKE(SMALL, "-m", "crc=1");
    assert_int_equal(SPAWN("xfs_admin", "-U", "01234567-89ab-cdef-0123-456789abcdef", "image"), 0);
    open_image(f);
    check_tree(f, "", "root");
}

/* The names of a filesystem that takes A for a. */
static void caseless(void **state)
{
    struct fixture *f = *state;

    put_names("root/Node", 1000, "System.map-", "-with-a-longer-name");
    put_names("root/Some", 3, "Name-", "");
    for (unsigned version = 4; version <= 5; version++) {
        MAKE(SMALL, "-m", version == 4 ? "crc=0,finobt=0" : "crc=1", "-n", "version=ci");
        open_image(f);
        check_tree(f, "", "root");
        check_file(f, "/nODE/sYSTEM.MAP-99-WITH-a-LONGER-NAME",
                   "root/Node/System.map-99-with-a-longer-name");
        check_file(f, "/SOME/NAME-2", "root/Some/Name-2");
        check_absent(f, "/SOME/NAME_2");
    }
}

/* --- what it costs ------------------------------------------------------------------------- */

/* A kernel and its ramdisk in a directory of 10,000 names cost few reads. */
static void ten_thousand_names(void **state)
{
    struct fixture *f = *state;

    put_names("root/boot", MANY, "vmlinuz-6.1.0-", "-generic");
    put_file("root/boot/kernel", 8 * 1024 * 1024);
    put_file("root/boot/ramdisk", 8 * 1024 * 1024);
    MAKE("64m", NULL);
    open_image(f);
    static const char *const paths[] = {"/boot/kernel", "/boot/ramdisk",
                                        "/boot/vmlinuz-6.1.0-9999-generic", "/boot/none"};
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        auto_file_map struct file_map map = FILE_MAP_INIT;
        struct error err = ERROR_INIT;
        assert_int_equal(xfs_filesystem.map(&f->volume, paths[i], &map, &err), i < 3);
    }
    if (BUDGET - f->budget > 64 * 1024)
        fail_msg("%llu bytes", (unsigned long long)(BUDGET - f->budget));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(v5_1k),
        TEST(v5_4k),
        TEST(v5_64k),
        TEST(v5_large_directory_blocks),
        TEST(v5_sectors_4k),
        TEST(v5_plain),
        TEST(v5_all),
        TEST(v5_uuid),
        TEST(v4_512),
        TEST(v4_1k),
        TEST(v4_4k),
        TEST(v4_2k_inodes),
        TEST(links_v5),
        TEST(links_v4),
        TEST(other_uuid),
        TEST(caseless),
        TEST(ten_thousand_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
