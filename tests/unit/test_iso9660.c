/* ISO 9660 as xorriso and genisoimage make it, with Rock Ridge, with Joliet, and plain: what is
 * read is what was put in, and what GRUB reads. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/grub_fstest.h"
#include "tests/unit/iso9660_fixture.h"

#define KIB UINT64_C(1024)

static void put_shapes(void)
{
    auto_free char *longest = text_of('n', 240), *path = xasprintf("root/%s", longest);

    assert_int_equal(mkdir("root/boot", 0755), 0);
    put_file("root/boot/kernel", 3 * KIB * KIB + 17);
    put_file("root/boot/ramdisk", 2048);
    put_text("root/empty", "");
    put_text("root/byte", "b");
    put_text(path, "longest");
    put_text("root/x", "shortest");
    assert_int_equal(mkdir("root/none", 0755), 0);
    put_names("root/one", 1, "", "");
    put_names("root/some", 40, "vmlinuz-", "");
    put_names("root/many", 1500, "System.map-", "-with-a-longer-name");
}

static void compare_with_grub(struct fixture *f)
{
    static const char *const directories[] = {"", "/none", "/one", "/some", "/many"};

    f->budget = BUDGET;
    check_against_grub(f, "/boot/kernel");
    for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
        check_listing_against_grub(f, directories[i]);
}

static void shapes(struct fixture *f, const char *program, const char *const *options)
{
    put_shapes();
    make(program, options);
    open_image(f);
    if (f->note)
        fail_msg("%s", f->note);
    check_tree(f, "", "root");
    check_absent(f, "/boot/kerne");
    check_absent(f, "/many/System.map-1500-with-a-longer-name");
    check_absent(f, "/boot/kernel/x");
    check_file(f, "/BOOT/Kernel", "root/boot/kernel");
}
#define SHAPES(name, program, ...)                                         \
    static void name(void **state)                                         \
    {                                                                      \
        shapes(*state, program, (const char *const[]){__VA_ARGS__, NULL}); \
        compare_with_grub(*state);                                         \
    }
SHAPES(rock_ridge, "xorriso", "-R")
SHAPES(rock_ridge_and_joliet, "xorriso", "-R", "-J", "-joliet-long")
SHAPES(by_genisoimage, "genisoimage", "-R")
SHAPES(hybrid, "xorriso", "-R", "-partition_offset", "16")
/* (GRUB takes it for a UDF, and names of 240 bytes are cut off there.) */
static void udf_bridge(void **state)
{
    shapes(*state, "genisoimage",
           (const char *const[]){"-R", "-J", "-joliet-long", "-allow-limited-size", "-udf", NULL});
    check_against_grub(*state, "/boot/kernel");
}

static void put_short_shapes(void)
{
    assert_int_equal(mkdir("root/boot", 0755), 0);
    put_file("root/boot/kernel", KIB * KIB + 17);
    put_file("root/boot/initrd.img", 2048);
    put_text("root/empty", "");
    put_text("root/x", "shortest");
    put_text("root/long_nam.txt", "short enough");
    assert_int_equal(mkdir("root/none", 0755), 0);
    put_names("root/some", 40, "f", "");
    put_names("root/many", 900, "n", ".x");
}

/* The names are those of the directory; it has no others. */
static void short_shapes(struct fixture *f, const char *program, const char *const *options)
{
    static const char *const directories[] = {"", "/none", "/some", "/many"};

    put_short_shapes();
    make(program, options);
    open_image(f);
    check_tree(f, "", "root");
    check_file(f, "/BOOT/KERNEL", "root/boot/kernel");
    check_file(f, "/boot/Initrd.IMG", "root/boot/initrd.img");
    check_against_grub(f, "/boot/kernel");
    for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
        check_listing_against_grub(f, directories[i]);
}
static void joliet(void **state)
{
    short_shapes(*state, "genisoimage", (const char *const[]){"-J", NULL});
}
static void plain(void **state)
{
    short_shapes(*state, "genisoimage", (const char *const[]){"-l", "-allow-lowercase", NULL});
}
static void plain_upper(void **state)
{
    assert_int_equal(mkdir("root/keep", 0755), 0);
    put_file("root/keep/kernel.img", 5000);
    MAKE("genisoimage", NULL);
    open_image(*state);
    check_tree(*state, "", "root");
    check_file(*state, "/KEEP/Kernel.Img", "root/keep/kernel.img");
}

static void joliet_letters(void **state)
{
    struct fixture *f = *state;

    setenv("LC_ALL", "C.UTF-8", 1);
    put_text("root/Ελληνικά-noyau-é.conf", "two bytes");
    put_text("root/内核-and-more.conf", "three bytes");
    MAKE("genisoimage", "-J", "-input-charset", "utf-8");
    open_image(f);
    check_tree(f, "", "root");
    check_listing_against_grub(f, "");
}

/* Names that differ in case only: the exact one is found. */
static void exact_first(void **state)
{
    struct fixture *f = *state;

    put_text("root/Kernel", "1");
    put_text("root/kernel", "22");
    put_text("root/KERNEL", "333");
    MAKE("xorriso", "-R");
    open_image(f);
    check_tree(f, "", "root");
}

static void check_short_links(struct fixture *f, const char *program)
{
    MAKE(program, "-R");
    open_image(f);
    check_file(f, "/to-boot/kernel", "root/boot/kernel");
    check_file(f, "/from-the-root", "root/boot/kernel");
    check_file(f, "/some/up", "root/boot/kernel");
}

static void links(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkdir("root/boot", 0755), 0);
    assert_int_equal(mkdir("root/some", 0755), 0);
    put_file("root/boot/kernel", 5000);
    assert_int_equal(symlink("boot", "root/to-boot"), 0);
    assert_int_equal(symlink("/boot/kernel", "root/from-the-root"), 0);
    assert_int_equal(symlink("./../some/./../boot/../to-boot/kernel", "root/some/up"), 0);
    check_short_links(f, "genisoimage");
    /* in several pieces: names of many bytes, and many names (with which genisoimage goes round in
     * circles) */
    auto_free char *name = text_of('n', 240);
    auto_free char *directory = xasprintf("root/%s", name), *below = xasprintf("%s/k", directory);
    auto_free char *target = xasprintf("../%s/../%s/../%s/../%s/k", name, name, name, name);
    assert_int_equal(mkdir(directory, 0755), 0);
    put_text(below, "at the end");
    assert_int_equal(symlink(target, "root/some/long"), 0);
    auto_buffer struct buffer steps = BUFFER_INIT(4096);
    for (unsigned i = 0; i < 100; i++)
        buffer_add_text(&steps, "../some/./");
    buffer_add_text(&steps, "../boot/kernel");
    assert_int_equal(symlink(buffer_text(&steps), "root/some/many"), 0);
    check_short_links(f, "xorriso");
    check_file(f, "/some/long", below);
    check_file(f, "/some/many", "root/boot/kernel");
}

/* More than eight levels, which ISO 9660 moves elsewhere. */
static void deep_directories(void **state)
{
    struct fixture *f = *state;
    char path[4096] = "root";

    for (unsigned i = 0; i < 14; i++) {
        auto_free char *file = xasprintf("%s/file", path);
        put_text(file, path);
        snprintf(path + strlen(path), sizeof path - strlen(path), "/%u-directory", i);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    MAKE("genisoimage", "-R");
    open_image(f);
    check_tree(f, "/0-directory", "root/0-directory");
    /* (Into the one that was moved, GRUB 2.06 does not see.) */
    check_listing_against_grub(
        f, "/0-directory/1-directory/2-directory/3-directory/4-directory/5-directory/6-directory");
}

/* A file of more than 4 GiB is in several parts. */
static void large_file(void **state)
{
    struct fixture *f = *state;
    const uint64_t size = (UINT64_C(1) << 32) + 123456;
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_buffer struct buffer out = BUFFER_INIT(64);
    struct error err = ERROR_INIT;
    struct file_status status;
    char bytes[8];

    if (SANITIZED) /* 4 GiB that are written: once is enough */
        return;
    put_text("root/large", "begin");
    assert_int_equal(truncate("root/large", (off_t)size), 0);
    put_bytes("root/large", "the end", 7, (off_t)size - 7);
    MAKE("xorriso", "-R", "-iso-level", "3");
    open_image(f);
    assert_int_equal(f->filesystem->status(&f->volume, "/large", &status, &err), 1);
    assert_int_equal(status.size, size);
    assert_int_equal(f->filesystem->map(&f->volume, "/large", &map, &err), 1);
    assert_int_equal(map.size, size);
    const struct file_run *last = &map.runs[map.count - 1];
    assert_int_equal(last->at + last->length, size);
    assert_int_equal(pread_all(f->fd, bytes, 7, (off_t)(last->place + last->length - 7)), 7);
    assert_memory_equal(bytes, "the end", 7);
    assert_int_equal(f->filesystem->read(&f->volume, "/large", 64, &out, NULL, &err), 1);
    assert_memory_equal(out.data, "begin", 6);
}

/* What is not there is named; the rest is read. */
static void cut_off(void **state)
{
    struct fixture *f = *state;
    auto_buffer struct buffer out = BUFFER_INIT(4 * KIB * KIB);
    auto_error struct error err = ERROR_INIT;

    put_file("root/1-first", 4000);
    put_file("root/2-second", KIB * KIB);
    MAKE("xorriso", "-R", "-no-pad");
    assert_int_equal(truncate("image", 500 * KIB), 0);
    open_image(f);
    assert_non_null(strstr(f->note, "the ISO 9660 of the image is cut off: it should have "));
    check_file(f, "/1-first", "root/1-first");
    assert_int_equal(f->filesystem->read(&f->volume, "/2-second", out.maximum, &out, NULL, &err),
                     -1);
    assert_non_null(strstr(err.text, "cannot read /2-second in the image: "));
}

static void ten_thousand_names(void **state)
{
    struct fixture *f = *state;

    put_names("root/boot", MANY, "vmlinuz-6.1.0-", "-generic");
    put_file("root/boot/kernel", 8 * KIB * KIB);
    MAKE("xorriso", "-R");
    open_image(f);
    static const char *const paths[] = {"/boot/kernel", "/boot/vmlinuz-6.1.0-9999-generic",
                                        "/boot/none"};
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        auto_file_map struct file_map map = FILE_MAP_INIT;
        struct error err = ERROR_INIT;
        assert_int_equal(f->filesystem->map(&f->volume, paths[i], &map, &err), i < 2);
    }
    /* each reads the directory, of some 170 bytes a name */
    if (BUDGET - f->budget > 3 * 2 * KIB * KIB)
        fail_msg("%llu bytes", (unsigned long long)(BUDGET - f->budget));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(rock_ridge),
        TEST(rock_ridge_and_joliet),
        TEST(by_genisoimage),
        TEST(udf_bridge),
        TEST(hybrid),
        TEST(joliet),
        TEST(plain),
        TEST(plain_upper),
        TEST(joliet_letters),
        TEST(exact_first),
        TEST(links),
        TEST(deep_directories),
        TEST(large_file),
        TEST(cut_off),
        TEST(ten_thousand_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
