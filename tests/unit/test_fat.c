/* FAT as mkfs.vfat and mtools make it, in all its kinds: what is read is what was put in, and what
 * GRUB reads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/signature.h"
#include "tests/unit/fat_fixture.h"
#include "tests/unit/grub_fstest.h"

#define KIB 1024

static void put_shapes(unsigned many)
{
    auto_free char *longest = text_of('n', 255), *path = xasprintf("root/%s", longest);

    assert_int_equal(mkdir("root/boot", 0755), 0);
    put_file("root/boot/kernel", KIB * KIB + 17);
    put_file("root/boot/ramdisk", 4096);
    put_text("root/empty", "");
    put_text("root/byte", "b");
    put_text(path, "longest");
    put_text("root/x", "shortest");
    assert_int_equal(mkdir("root/none", 0755), 0);
    put_names("root/one", 1, "", "");
    put_names("root/some", 12, "vmlinuz-", "");
    put_names("root/many", many, "System.map-", "-with-a-longer-name");
    /* names as long as a part of them, one less, one more */
    put_text("root/thirteen-long", "14");
    put_text("root/thirteen-lon", "13");
    put_text("root/thirteen-lo", "12");
}

static void shapes(struct fixture *f, unsigned kib, unsigned many, const char *const *options)
{
    put_shapes(many);
    make(kib, options);
    open_image(f);
    assert_null(f->note);
    check_tree(f, "", "root");
    check_absent(f, "/boot/kerne");
    check_absent(f, "/many/System.map-5000-with-a-longer-name");
    check_absent(f, "/boot/kernel/x");
    check_against_grub(f, "/boot/kernel");
    static const char *const directories[] = {"", "/none", "/one", "/some", "/many"};
    for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
        check_listing_against_grub(f, directories[i]);
}
#define SHAPES(name, kib, many, ...)                                         \
    static void name(void **state)                                           \
    {                                                                        \
        shapes(*state, kib, many, (const char *const[]){__VA_ARGS__, NULL}); \
    }
SHAPES(fat12, 4000, 150, "-F", "12")
SHAPES(fat12_one_table, 2880, 60, "-F", "12", "-f", "1", "-r", "64")
SHAPES(fat16, 20 * KIB, 600, "-F", "16")
SHAPES(fat16_small_clusters, 16 * KIB, 300, "-F", "16", "-s", "1", "-R", "7")
SHAPES(fat32, 40 * KIB, 600, "-F", "32", "-s", "1")
SHAPES(fat32_large_sectors, 300 * KIB, 300, "-F", "32", "-S", "4096", "-s", "1")
SHAPES(fat32_large_clusters, 1040 * KIB, 60, "-F", "32", "-s", "32")

/* --- the kinds ----------------------------------------------------------------------------- */

/* As many clusters as a FAT12 has, and one more: a chain through all of them. */
static void last_fat12(void **state)
{
    struct fixture *f = *state;

    /* of 512 bytes, behind one sector, the table and 32 sectors of the root */
    for (unsigned more = 0; more < 2; more++) {
        auto_free char *bits = xasprintf("%u", more ? 16 : 12);
        unsigned char sectors[2];
        MAKE(more ? 2300 : 2064, "-F", bits, "-s", "1", "-f", "1", "-r", "512", "-a");
        assert_int_equal(truncate("image", 2300 * KIB), 0);
        open_image(f);
        assert_int_equal(pread_all(f->fd, sectors, 2, 22), 2);
        unsigned all = 1 + sectors[0] + 32 + 4084 + more;
        put_bytes("image", (unsigned char[]){(unsigned char)all, (unsigned char)(all >> 8)}, 2, 19);
        put_file("kernel", 4000 * 512);
        put_into("kernel", "::/");
        open_image(f);
        check_file(f, "/kernel", "kernel");
        /* (To GRUB 2.06, 4085 are still a FAT12.) */
        if (!more)
            check_against_grub(f, "/kernel");
    }
}

/* As few clusters as other kinds have: Linux and GRUB take it for what it is. */
static void small_fat32(void **state)
{
    struct fixture *f = *state;

    put_file("root/kernel", 100 * KIB);
    put_names("root/some", 40, "a-long-name-", "");
    MAKE(40 * KIB, "-F", "32", "-s", "1");
    put_bytes("image", "\0\x10\0", 4, 32);
    open_image(f);
    check_tree(f, "", "root");
    check_against_grub(f, "/kernel");
    check_listing_against_grub(f, "/some");
}

/* Only the second table is kept up; the first one is nothing. */
static void second_table(void **state)
{
    struct fixture *f = *state;
    unsigned char super[512], zeros[4096] = {0};

    put_file("root/kernel", 100 * KIB);
    MAKE(40 * KIB, "-F", "32", "-s", "1");
    open_image(f);
    assert_int_equal(pread_all(f->fd, super, sizeof super, 0), sizeof super);
    put_bytes("image", zeros, sizeof zeros, 32 * 512);
    put_bytes("image", "\x81", 1, 40);
    open_image(f);
    check_tree(f, "", "root");
    put_bytes("image", "\x80", 1, 40);
    open_image(f);
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(f->filesystem->map(&f->volume, "/kernel", &map, &err), -1);
    assert_non_null(strstr(err.text, "goes on at 0, and there is none"));
}

static void check_known(struct fixture *f, const char *label)
{
    auto_error struct error err = ERROR_INIT;

    open_image(f);
    assert_int_equal(signature_identify(&f->volume, &err), 0);
    assert_string_equal(f->volume.type, "vfat");
    assert_string_equal(f->volume.uuid, "C0FF-EE01");
    if (label)
        assert_string_equal(f->volume.label, label);
    else
        assert_null(f->volume.label);
    replace_string(&f->volume.type, NULL);
    replace_string(&f->volume.uuid, NULL);
    replace_string(&f->volume.label, NULL);
}

/* By the words that mkfs.vfat writes, and without them. */
static void known(void **state)
{
    static const struct {
        const char *bits;
        off_t words;
    } kinds[] = {{"12", 54}, {"16", 54}, {"32", 82}};

    for (size_t i = 0; i < ARRAY_SIZE(kinds) * 2; i++) {
        MAKE(40 * KIB, "-F", kinds[i / 2].bits, "-n", i % 2 ? "SOME" : "NO NAME");
        check_known(*state, i % 2 ? "SOME" : NULL);
        put_bytes("image", "        ", 8, kinds[i / 2].words);
        check_known(*state, i % 2 ? "SOME" : NULL);
    }
}

/* --- names --------------------------------------------------------------------------------- */

static void without_case(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkdir("root/EFI", 0755), 0);
    put_text("root/EFI/Grub.cfg", "a long name");
    put_text("root/EFI/BOOTX64.EFI", "a short one");
    put_text("root/EFI/a-long-name.conf", "with another name");
    MAKE(4000, "-F", "12");
    open_image(f);
    check_file(f, "/efi/GRUB.CFG", "root/EFI/Grub.cfg");
    check_file(f, "/efi/bootx64.efi", "root/EFI/BOOTX64.EFI");
    check_file(f, "/EFI/A-LONG~1.CON", "root/EFI/a-long-name.conf");
    check_absent(f, "/EFI/A-LONG~2.CON");
    check_absent(f, "/EFI/GRUB@CFG");
    check_listing_against_grub(f, "/EFI");
}

static void other_letters(void **state)
{
    struct fixture *f = *state;

    setenv("LC_ALL", "C.UTF-8", 1);
    put_text("root/Ελληνικά-noyau-é.conf", "two bytes");
    put_text("root/内核-and-more.conf", "three bytes");
    MAKE(4000, "-F", "12");
    open_image(f);
    check_tree(f, "", "root");
    check_file(f, "/Ελληνικά-NOYAU-é.CONF", "root/Ελληνικά-noyau-é.conf");
}

/* What was removed and renamed leaves free entries behind. */
static void removed(void **state)
{
    struct fixture *f = *state;

    put_names("root/some", 40, "a-long-name-", "-of-which-some-go");
    MAKE(4000, "-F", "12", "-n", "SOME");
    assert_int_equal(SPAWN("mdel", "-i", "image", "::/some/a-long-name-7-of-which-some-go"), 0);
    assert_int_equal(SPAWN("mren", "-i", "image", "::/some/a-long-name-9-of-which-some-go",
                           "another-long-name-that-is-longer-than-the-first"),
                     0);
    assert_int_equal(unlink("root/some/a-long-name-7-of-which-some-go"), 0);
    assert_int_equal(rename("root/some/a-long-name-9-of-which-some-go",
                            "root/some/another-long-name-that-is-longer-than-the-first"),
                     0);
    open_image(f);
    check_tree(f, "", "root");
    check_listing_against_grub(f, "/some");
    check_listing_against_grub(f, ""); /* not the label */
}

/* --- what it costs ------------------------------------------------------------------------- */

static void check_cost(struct fixture *f, const char *const paths[4], uint64_t most)
{
    for (size_t i = 0; i < 4; i++) {
        auto_file_map struct file_map map = FILE_MAP_INIT;
        struct error err = ERROR_INIT;
        assert_int_equal(f->filesystem->map(&f->volume, paths[i], &map, &err), i < 3);
    }
    if (BUDGET - f->budget > most)
        fail_msg("%llu bytes", (unsigned long long)(BUDGET - f->budget));
}

/* An EFI system partition with a large ramdisk. */
static void few_reads(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkdir("root/EFI", 0755), 0);
    put_names("root/EFI/Linux", 12, "a-distribution-6.1.", "-generic.efi");
    put_file("root/EFI/kernel", 8 * KIB * KIB);
    put_file("root/EFI/ramdisk", 24 * KIB * KIB);
    MAKE(300 * KIB, "-F", "32");
    open_image(f);
    check_cost(f,
               (const char *const[]){"/EFI/kernel", "/EFI/ramdisk",
                                     "/EFI/Linux/a-distribution-6.1.3-generic.efi", "/EFI/none"},
               64 * KIB);
}

/* A root of 10,000 short names, which is 312 KiB. (mcopy takes minutes for that.) */
static void ten_thousand_names(void **state)
{
    struct fixture *f = *state;
    unsigned count = MANY / 16; /* clusters of 512 bytes */

    MAKE(40 * KIB, "-F", "32", "-s", "1", "-f", "1", "-R", "32");
    for (unsigned i = 0; i < count; i++) {
        uint32_t next = i + 1 < count ? htole32(i + 3) : 0x0fffffff;
        put_bytes("image", &next, sizeof next, 32 * 512 + 4 * (2 + i));
    }
    open_image(f);
    unsigned char super[40];
    assert_int_equal(pread_all(f->fd, super, sizeof super, 0), sizeof super);
    for (unsigned i = 0; i < MANY; i++) {
        char entry[33];
        snprintf(entry, sizeof entry, "NAME%04uTXT %20s", i, "");
        memset(entry + 12, 0, 20);
        put_bytes("image", entry, 32, (32 + super[36] + 256 * super[37]) * 512 + i * 32);
    }
    check_cost(f, (const char *const[]){"/NAME0000.TXT", "/name9999.txt", "/name5000.txt", "/none"},
               4 * 320 * KIB);
    check_listing_against_grub(f, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(fat12),
        TEST(fat12_one_table),
        TEST(fat16),
        TEST(fat16_small_clusters),
        TEST(fat32),
        TEST(fat32_large_sectors),
        TEST(fat32_large_clusters),
        TEST(last_fat12),
        TEST(small_fat32),
        TEST(second_table),
        TEST(known),
        TEST(without_case),
        TEST(other_letters),
        TEST(removed),
        TEST(few_reads),
        TEST(ten_thousand_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
