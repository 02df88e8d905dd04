/* ReiserFS as mkreiserfs makes it, filled, in all its forms: what is read is what was put in, what
 * GRUB reads, and reiserfsck finds no fault with it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/signature.h"
#include "tests/unit/grub_fstest.h"
#include "tests/unit/reiserfs_fixture.h"

#define KIB 1024

static void put_shapes(unsigned many)
{
    /* around blocks, tails, and files of four blocks, which are the largest with one */
    static const unsigned sizes[] = {0,    1,    7,    8,    500,  511,   1000,  1025,  3000,
                                     3900, 4095, 4096, 4097, 9000, 16383, 16384, 16385, 20001};
    auto_free char *longest = text_of('n', 255), *path = xasprintf("root/%s", longest);

    assert_int_equal(mkdir("root/boot", 0755), 0);
    put_file("root/boot/kernel", 3 * KIB * KIB + 17);
    put_text(path, "longest");
    put_text("root/x", "shortest");
    assert_int_equal(mkdir("root/none", 0755), 0);
    put_names("root/one", 1, "", "");
    put_names("root/some", 40, "vmlinuz-", "");
    put_names("root/many", many, "System.map-", "-with-a-longer-name");
    assert_int_equal(mkdir("root/sizes", 0755), 0);
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        auto_free char *file = xasprintf("root/sizes/%u", sizes[i]);
        put_file(file, sizes[i]);
    }
    put_text("root/hole", "start");
    put_bytes("root/hole", "end", 3, 99 * KIB);
    put_text("root/only-a-hole", "");
    assert_int_equal(truncate("root/only-a-hole", 50 * KIB), 0);
}

/* REPLAYED transactions are in the log, and nothing is wrong. (It writes what is in the log.) */
static void check_by_reiserfsck(unsigned replayed)
{
    auto_buffer struct buffer text = BUFFER_INIT(4 * KIB * KIB);
    auto_free char *log = xasprintf("%u transactions replayed", replayed);
    char part[4096];
    ssize_t count;

    assert_int_equal(SPAWN("sh", "-c", "echo Yes | reiserfsck --check image 2>&1"), 0);
    auto_fd int fd = open("out", O_RDONLY | O_CLOEXEC);
    while ((count = read(fd, part, sizeof part)) > 0)
        buffer_add(&text, part, (size_t)count);
    assert_non_null(memmem(text.data, text.length, "No corruptions found", 20));
    if (!memmem(text.data, text.length, replayed ? log : "No transactions found",
                replayed ? strlen(log) : 21))
        fail_msg("not %s", log);
}

static void compare_with_grub(struct fixture *f)
{
    static const char *const directories[] = {"", "/none", "/one", "/some", "/many", "/sizes"};

    f->budget = BUDGET;
    check_against_grub(f, "/boot/kernel");
    check_against_grub(f, "/sizes/9000");
    check_against_grub(f, "/hole");
    for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
        check_listing_against_grub(f, directories[i]);
}

static void shapes(struct fixture *f, unsigned mib, unsigned many, const char *made,
                   const char *filled)
{
    put_shapes(many);
    make(mib, made, filled);
    open_image(f);
    if (f->note)
        fail_msg("%s", f->note);
    check_tree(f, "", "root");
    check_absent(f, "/boot/kerne");
    check_absent(f, "/many/System.map-5000-with-a-longer-name");
    check_absent(f, "/boot/kernel/x");
    compare_with_grub(f);
    check_by_reiserfsck(0);
}
#define SHAPES(name, mib, many, made, filled)    \
    static void name(void **state)               \
    {                                            \
        shapes(*state, mib, many, made, filled); \
    }
SHAPES(usual, 40, 1500, "", "")
SHAPES(usual_loose, 64, 1500, "", "loose scatter")
SHAPES(no_tails, 40, 300, "", "notail")
SHAPES(blocks_512, 20, 500, "-b 512 -s 513", "")
SHAPES(blocks_512_loose, 20, 300, "-b 512 -s 513", "loose")
SHAPES(blocks_1024, 20, 1000, "-b 1024 -s 600", "scatter")
SHAPES(blocks_2048, 30, 500, "-b 2048", "")
SHAPES(blocks_8192, 40, 1000, "-b 8192 -s 513", "")
SHAPES(hash_tea, 40, 1000, "-h tea", "")
SHAPES(hash_rupasov, 40, 1000, "-h rupasov", "")
SHAPES(old_format, 40, 1000, "--format 3.5", "")
SHAPES(old_format_1024, 20, 1000, "--format 3.5 -b 1024", "loose")
SHAPES(old_keys_in_new_format, 40, 500, "", "old")

/* --- links --------------------------------------------------------------------------------- */

static void links(void **state)
{
    static const char *const made[] = {"", "--format 3.5", "-b 1024"};
    struct fixture *f = *state;

    assert_int_equal(mkdir("root/boot", 0755), 0);
    assert_int_equal(mkdir("root/some", 0755), 0);
    put_file("root/boot/kernel", 5000);
    put_links("root");
    assert_int_equal(symlink("boot", "root/to-boot"), 0);
    assert_int_equal(symlink("../boot/../to-boot/kernel", "root/some/up"), 0);
    put_link("root/long", 3951);
    for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
        make(40, made[i], "");
        open_image(f);
        check_links(f, 1023, "root/boot/kernel");
        check_file(f, "/to-boot/kernel", "root/boot/kernel");
        check_file(f, "/some/up", "root/boot/kernel");
        check_file(f, "/long", "root/boot/kernel");
        check_by_reiserfsck(0);
    }
}

/* --- names --------------------------------------------------------------------------------- */

/* Names that hash as characters with a sign, names of a few characters, and of one hash. */
static void names(void **state)
{
    static const char *const hashes[] = {"-h tea", "-h rupasov", "-h r5"};
    struct fixture *f = *state;

    put_names("root/one", 1, "", "");
    for (unsigned length = 1; length <= 60; length++) {
        auto_free char *first = text_of('a', length), *second = text_of('\xe9', length);
        auto_free char *path = xasprintf("root/one/%s", first),
                       *other = xasprintf("root/%s", second);
        put_text(path, first);
        put_text(other, second);
    }
    /* to r5, 'b' with 16 less in the next place but one is as much */
    put_names("root/Ελληνικά", 100, "όνομα-", "");
    for (size_t i = 0; i < ARRAY_SIZE(hashes); i++) {
        make(40, hashes[i], "");
        open_image(f);
        check_tree(f, "", "root");
        check_by_reiserfsck(0);
    }
}

/* Where it is not told how names are hashed, all of a directory is looked at. */
static void unknown_hash(void **state)
{
    struct fixture *f = *state;

    put_names("root/many", 1000, "System.map-", "-with-a-longer-name");
    make(40, "-h tea", "");
    put_bytes("image", "\0", 1, 65536 + 64);
    open_image(f);
    check_tree(f, "", "root");
    put_bytes("image", "\4", 1, 65536 + 64);
    open_image(f);
    check_file(f, "/many/System.map-777-with-a-longer-name",
               "root/many/System.map-777-with-a-longer-name");
}

static void attributes_are_hidden(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkdir("root/.reiserfs_priv", 0755), 0);
    assert_int_equal(mkdir("root/some", 0755), 0);
    assert_int_equal(mkdir("root/some/.reiserfs_priv", 0755), 0);
    put_text("root/some/.reiserfs_priv/x", "x");
    make(40, "", "");
    open_image(f);
    check_absent(f, "/.reiserfs_priv");
    check_file(f, "/some/.reiserfs_priv/x", "root/some/.reiserfs_priv/x");
    assert_int_equal(rmdir("root/.reiserfs_priv"), 0);
    check_tree(f, "", "root");
}

static void known(void **state)
{
    static const char *const made[] = {"-u 01234567-89ab-cdef-0123-456789abcdef -l root",
                                       "--format 3.5"};
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
        auto_error struct error err = ERROR_INIT;
        make(40, made[i], "");
        open_image(f);
        assert_int_equal(signature_identify(&f->volume, &err), 0);
        assert_string_equal(f->volume.type, "reiserfs");
        if (i == 0) {
            assert_string_equal(f->volume.uuid, "01234567-89ab-cdef-0123-456789abcdef");
            assert_string_equal(f->volume.label, "root");
        } else {
            assert_null(f->volume.uuid);
            assert_null(f->volume.label);
        }
        replace_string(&f->volume.type, NULL);
        replace_string(&f->volume.uuid, NULL);
        replace_string(&f->volume.label, NULL);
    }
}

/* --- the log ------------------------------------------------------------------------------- */

/* In the log is all that makes one tree of files the other. */
static void logged(struct fixture *f, const char *made, const char *options, unsigned replayed)
{
    make_empty(20, made);
    put_names("root/old", 50, "an-old-name-", "");
    put_file("root/kernel", 100 * KIB);
    assert_int_equal(SPAWN("cp", "image", "empty"), 0);
    fill_image("");
    assert_int_equal(rename("image", "before"), 0);
    assert_int_equal(SPAWN("cp", "empty", "image"), 0);
    assert_int_equal(rename("root/old", "root/new"), 0);
    put_names("root/other", 30, "another-name-", "");
    put_file("root/kernel", 120 * KIB + 5);
    fill_image("");
    put_into_log(options);
    open_image(f);
    if (f->note)
        fail_msg("%s", f->note);
    check_tree(f, "", "root");
    check_absent(f, "/old");
    if (replayed == 0)
        return;
    /* as it is when reiserfsck has put everything into its place */
    check_by_reiserfsck(replayed);
    open_image(f);
    check_tree(f, "", "root");
    check_against_grub(f, "/kernel");
    check_listing_against_grub(f, "");
}
#define LOGGED(name, made, options, replayed)    \
    static void name(void **state)               \
    {                                            \
        logged(*state, made, options, replayed); \
    }
LOGGED(one_transaction, "-s 513", "", 1)
LOGGED(several_transactions, "-s 513", "parts=6", 6)
LOGGED(around_the_end, "-s 513", "parts=5 at=500", 5)
LOGGED(at_the_last_place, "-s 513", "parts=2 at=511", 2)
LOGGED(never_flushed, "-s 513", "parts=2 first", 2)
LOGGED(torn, "-s 513", "parts=3 torn", 3)
LOGGED(of_an_earlier_mount, "-s 513", "parts=2 stale", 2)
LOGGED(small_blocks, "-s 600 -b 1024 -t 128", "parts=6", 6)
/* (The first block has room for 122 homes.) */
LOGGED(many_blocks_in_one, "-s 513 -b 512 -t 128", "per=120 at=400", 3)
LOGGED(old_format_logged, "-s 600 --format 3.5", "parts=4", 4)

static void log_elsewhere(void **state)
{
    struct fixture *f = *state;

    put_names("root/some", 3, "", "");
    put_text("journal", "");
    assert_int_equal(truncate("journal", 8 * KIB * KIB), 0);
    make(20, "-j journal -s 600", "");
    put_bytes("image", "\1", 1, 65536 + 16); /* here it is a file and has no number */
    open_image(f);
    assert_string_equal(f->note, "the ReiserFS of the image: its log is on another device and is "
                                 "not read");
    check_tree(f, "", "root");
    put_bytes("image", "\2", 1, 65536 + 50);
    open_image(f);
    assert_string_equal(f->note, "the ReiserFS of the image: its log is on another device and is "
                                 "not read; it was not unmounted");
}

/* --- what it costs ------------------------------------------------------------------------- */

/* A kernel and its ramdisk in a directory of 10,000 names. */
static void ten_thousand_names(void **state)
{
    struct fixture *f = *state;

    put_names("root/boot", MANY, "vmlinuz-6.1.0-", "-generic");
    put_file("root/boot/kernel", 8 * KIB * KIB);
    put_file("root/boot/ramdisk", 8 * KIB * KIB);
    make(64, "", "");
    open_image(f);
    static const char *const paths[] = {"/boot/kernel", "/boot/ramdisk",
                                        "/boot/vmlinuz-6.1.0-9999-generic", "/boot/none"};
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        auto_file_map struct file_map map = FILE_MAP_INIT;
        struct error err = ERROR_INIT;
        assert_int_equal(f->filesystem->map(&f->volume, paths[i], &map, &err), i < 3);
    }
    if (BUDGET - f->budget > 256 * KIB)
        fail_msg("%llu bytes", (unsigned long long)(BUDGET - f->budget));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(usual),
        TEST(usual_loose),
        TEST(no_tails),
        TEST(blocks_512),
        TEST(blocks_512_loose),
        TEST(blocks_1024),
        TEST(blocks_2048),
        TEST(blocks_8192),
        TEST(hash_tea),
        TEST(hash_rupasov),
        TEST(old_format),
        TEST(old_format_1024),
        TEST(old_keys_in_new_format),
        TEST(links),
        TEST(names),
        TEST(unknown_hash),
        TEST(attributes_are_hidden),
        TEST(known),
        TEST(one_transaction),
        TEST(several_transactions),
        TEST(around_the_end),
        TEST(at_the_last_place),
        TEST(never_flushed),
        TEST(torn),
        TEST(of_an_earlier_mount),
        TEST(small_blocks),
        TEST(many_blocks_in_one),
        TEST(old_format_logged),
        TEST(log_elsewhere),
        TEST(ten_thousand_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
