/* The Debian family: releases in URLs, layouts of mirrors and CDs, and their checksums.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/tree_fixture.h"

#define DEBIAN(arch_name, release_name, url) REQUEST("debianlike", arch_name, release_name, url)
#define MIRROR                               "http://deb.debian.org/debian"
#define IMAGES                               "dists/bookworm/main/installer-amd64/current/images/"

static void bookworm(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char sums[] = HEX64(1) "  ./netboot/debian-installer/amd64/linux\n" HEX64(
        2) "  ./netboot/debian-installer/amd64/initrd.gz\n" HEX64(3) "  ./netboot/mini.iso\n";

    assert_int_equal(fixture_plan(&f, DEBIAN("amd64", "bookworm", MIRROR),
                                  FILES(FILE_(IMAGES "SHA256SUMS", sums), )),
                     0);
    assert_string_equal(f.asked, IMAGES "SHA256SUMS ");
    assert_string_equal(f.tree.metadata, IMAGES "SHA256SUMS");
    assert_layout(f, 0, IMAGES "netboot/xen/vmlinuz", IMAGES "netboot/xen/initrd.gz");
    assert_layout(f, 1, IMAGES "netboot/debian-installer/amd64/linux",
                  IMAGES "netboot/debian-installer/amd64/initrd.gz");
    assert_int_equal(f.tree.layouts[0].kernel_sum.digest, DIGEST_NONE);
    assert_sum(f.tree.layouts[1].kernel_sum, DIGEST_SHA256, HEX64(1));
    assert_sum(f.tree.layouts[1].ramdisk_sum, DIGEST_SHA256, HEX64(2));
    assert_string_equal(f.tree.layouts[1].source, "netboot/debian-installer");
}

static void lenny_has_only_md5(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char sums[] = HEX32(1) "  ./netboot/xen/vmlinuz\n" HEX32(2) " *netboot/xen/initrd.gz";
    const char images[] = "dists/lenny/main/installer-i386/current/images/";

    assert_int_equal(
        fixture_plan(
            &f, DEBIAN("i386", "lenny", MIRROR),
            FILES(FILE_("dists/lenny/main/installer-i386/current/images/MD5SUMS", sums), )),
        0);
    assert_true(text_starts(f.tree.layouts[0].kernel, images));
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_MD5, HEX32(1));
    assert_sum(f.tree.layouts[0].ramdisk_sum, DIGEST_MD5, HEX32(2));
}

static void no_sums_at_all(void **state)
{
    (void)state;
    auto_fixture f = {0};

    assert_int_equal(fixture_plan(&f, DEBIAN("x86_64", "bookworm", MIRROR), NO_FILES), 0);
    assert_string_equal(f.asked,
                        IMAGES "SHA256SUMS " IMAGES
                               "MD5SUMS dists/bookworm/main/installer-amd64/current/legacy-images/"
                               "SHA256SUMS sha256sum.txt md5sum.txt dists/bookworm/Release "
                               "dists/stable/Release dists/testing/Release dists/oldstable/Release "
                               "dists/devel/Release dists/noble/Release dists/jammy/Release "
                               "dists/focal/Release ");
    assert_null(f.tree.metadata);
    assert_int_equal(f.tree.layout_count, 9);
    assert_layout(f, 4, "install.amd/xen/vmlinuz", "install.amd/xen/initrd.gz");
}

static void ubuntu_14_04_and_20_04(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0};
    const char sums[] = HEX32(1) "  ./netboot/ubuntu-installer/amd64/linux\n";
    const char legacy[] = HEX64(2) "  ./netboot/ubuntu-installer/amd64/initrd.gz\n";

    assert_int_equal(
        fixture_plan(&f, DEBIAN("amd64", NULL, "http://archive.ubuntu.com/ubuntu/dists/trusty/"),
                     FILES(FILE_("main/installer-amd64/current/images/MD5SUMS", sums), )),
        0);
    assert_sum(f.tree.layouts[2].kernel_sum, DIGEST_MD5, HEX32(1));
    assert_int_equal(
        fixture_plan(
            &g, DEBIAN("amd64", NULL, "http://archive.ubuntu.com/ubuntu/dists/focal"),
            FILES(FILE_("main/installer-amd64/current/legacy-images/SHA256SUMS", legacy), )),
        0);
    assert_layout(g, 3,
                  "main/installer-amd64/current/legacy-images/netboot/ubuntu-installer/amd64/linux",
                  "main/installer-amd64/current/legacy-images/netboot/ubuntu-installer/amd64/"
                  "initrd.gz");
    assert_sum(g.tree.layouts[3].ramdisk_sum, DIGEST_SHA256, HEX64(2));
}

/* Repositories and the kernel's folder that they lead to; release bookworm. */
static void places_in_urls(void **state)
{
    (void)state;
    const char part[] = "main/installer-i386/current/images/netboot/xen/vmlinuz";
    static const struct {
        const char *repository, *before;
    } cases[] = {
        {NULL, "dists/bookworm/"},
        {"", "dists/bookworm/"},
        {MIRROR, "dists/bookworm/"},
        {MIRROR "/", "dists/bookworm/"},
        {MIRROR "/dists/bookworm", ""},
        {MIRROR "/dists/bookworm/", ""},
        {MIRROR "//dists//bookworm//", ""},
        {MIRROR "/dists/bookworm?x=/dists/sid", ""},
        {MIRROR "/dists", "bookworm/"},
        {MIRROR "/dists/", "bookworm/"},
        {MIRROR "/mydists/sid/", "dists/bookworm/"},
        {MIRROR "/distsx/sid/", "dists/bookworm/"},
        {"http://dists/sid/", "dists/bookworm/"},
        {"http://m/dists/bookworm/dists/bookworm", ""},
        {"http://m/dists/mirror/dists/bookworm/", ""},
        {"http://m/dists/bookworm/x/dists/sid", ""},
        {"http://m#/dists/sid", "dists/bookworm/"},
        {"nfs:host:/dists/bookworm", ""},
        {"nfs://host", "dists/bookworm/"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_fixture f = {0};
        auto_free char *kernel = xasprintf("%s%s", cases[i].before, part);

        assert_int_equal(
            fixture_plan(&f, DEBIAN("i386", "bookworm", cases[i].repository), NO_FILES), 0);
        assert_string_equal(f.tree.layouts[0].kernel, kernel);
    }
}

/* A release that is not there is told, with those that are; a mirror that has no Release files, or
 * the installer all the same, is none of anybody's business. */
static void a_release_that_is_not_there(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0}, h = {0};
    const char stable[] = "Suite: stable\nCodename: bookworm\n";

    assert_int_equal(fixture_plan(&f, DEBIAN("amd64", "bokworm", MIRROR),
                                  FILES(FILE_("dists/stable/Release", stable),
                                        FILE_("dists/noble/Release", "Codename: noble\n"), )),
                     0);
    assert_string_equal(f.tree.doubt,
                        "has no release 'bokworm' (dists/bokworm/Release is not there); check "
                        "debian-release: there are bookworm (stable), noble");
    assert_int_equal(fixture_plan(&g, DEBIAN("amd64", "bokworm", MIRROR "/dists/"), NO_FILES), 0);
    assert_string_equal(g.tree.doubt,
                        "has no release 'bokworm' (bokworm/Release is not there); check "
                        "debian-release, and the repository's URL");
    assert_int_equal(fixture_plan(&h, DEBIAN("amd64", "bookworm", MIRROR),
                                  FILES(FILE_("dists/bookworm/Release", stable), )),
                     0);
    assert_null(h.tree.doubt);
}

/* As virt-install's users name it: the installer's own folder, and what is in it. */
static void urls_into_a_release(void **state)
{
    (void)state;
#define INTO    MIRROR "/dists/bookworm/main"
#define NETBOOT "netboot/debian-installer/amd64/"
    static const struct {
        const char *repository, *kernel, *sums;
    } cases[] = {
        {INTO, "installer-amd64/current/images/" NETBOOT, "installer-amd64/current/images/"},
        {INTO "/installer-amd64/", "current/images/" NETBOOT, "current/images/"},
        {INTO "//installer-amd64//current", "images/" NETBOOT, "images/"},
        {INTO "/installer-amd64/20230607+deb12u5/images/", NETBOOT, ""},
        {INTO "/installer-amd64/current/images/netboot/?x", "debian-installer/amd64/", NULL},
        {INTO "/installer-amd64/current/images/" NETBOOT, "", NULL},
    };
    const char sums[] = HEX64(1) "  ./" NETBOOT "linux\n";

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_fixture f = {0};
        auto_free char *path = xasprintf("%sSHA256SUMS", cases[i].sums ? cases[i].sums : "x/");
        auto_free char *kernel = xasprintf("%slinux", cases[i].kernel);
        /* The URL says more than the architecture that is asked for, where it says it. */
        assert_int_equal(fixture_plan(&f, DEBIAN(i ? "i386" : "amd64", NULL, cases[i].repository),
                                      FILES(FILE_(path, sums), )),
                         0);
        size_t at = i < 5 ? 1 : 0; /* the one for Xen is beside it */
        assert_string_equal(f.tree.layouts[at].kernel, kernel);
        if (cases[i].sums)
            assert_sum(f.tree.layouts[at].kernel_sum, DIGEST_SHA256, HEX64(1));
        assert_true(f.tree.layout_count <= 4);
    }
    auto_fixture f = {0};
    assert_int_equal(
        fixture_plan(&f, DEBIAN("amd64", NULL, INTO "/installer-amd64/current/x"), NO_FILES), -1);
    assert_error(f.err, ERROR_INVALID_SOURCE, "below which no installer is kept");
}

/* What was copied from a CD to a server needs no release. */
static void a_copied_cd(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0};
    const char info[] = "Debian GNU/Linux 12.5.0 \"Bookworm\" - Official amd64 DVD Binary-1\n";

    assert_int_equal(fixture_plan(&f, DEBIAN("amd64", NULL, "http://m/dvd"),
                                  FILES(FILE_(".disk/info", info),
                                        FILE_("md5sum.txt", HEX32(1) "  ./install.amd/vmlinuz"), )),
                     0);
    assert_layout(f, 1, "install.amd/vmlinuz", "install.amd/initrd.gz");
    assert_sum(f.tree.layouts[1].kernel_sum, DIGEST_MD5, HEX32(1));
    assert_int_equal(fixture_plan(&g, DEBIAN("amd64", "jammy", "http://m/ubuntu"),
                                  FILES(FILE_("md5sum.txt", HEX32(2) "  ./casper/initrd"), )),
                     0);
    assert_layout(g, 7, "casper/vmlinuz", "casper/initrd");
    assert_sum(g.tree.layouts[7].ramdisk_sum, DIGEST_MD5, HEX32(2));
}

static void another_release_in_the_url(void **state)
{
    (void)state;
    const char *const urls[] = {MIRROR "/dists/sid", MIRROR "/dists/sid/",
                                MIRROR "/dists/sid/main/", MIRROR "/dists/bookworm-updates/"};

    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        auto_fixture f = {0};

        assert_int_equal(fixture_plan(&f, DEBIAN("i386", "bookworm", urls[i]), NO_FILES), -1);
        assert_error(f.err, ERROR_INVALID_SOURCE, i == 3 ? "\"bookworm-updates\"" : "\"sid\"");
        assert_error(f.err, ERROR_INVALID_SOURCE, "debian-release is \"bookworm\"");
        assert_string_equal(f.asked, "");
    }
}

static void release_missing(void **state)
{
    (void)state;
    const char *const urls[] = {MIRROR, MIRROR "/dists/", NULL};

    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        auto_fixture f = {0}, g = {0};

        assert_int_equal(fixture_plan(&f, DEBIAN("i386", NULL, urls[i]), NO_FILES), -1);
        assert_error(f.err, ERROR_INVALID_SOURCE, "debian-release is not set");
        assert_error(f.err, ERROR_INVALID_SOURCE, "eliloader vm set ID debian-release=bookworm");
        assert_error(f.err, ERROR_INVALID_SOURCE, "--release");
        assert_int_equal(fixture_plan(&g, DEBIAN("i386", "", urls[i]), NO_FILES), -1);
        assert_error(g.err, ERROR_INVALID_SOURCE, "debian-release is not set");
    }
}

static void release_names(void **state)
{
    (void)state;
    const char *const good[] = {"stable", "bookworm-updates", "12", "Debian12.5", "a_b", HEX64(a)};
    const char *const bad[] = {"..",  ".",   ".x",  "a/b",        "a b",     "bookworm/updates",
                               "a\n", "a%b", "a?b", HEX64(a) "a", "\xc3\xa9"};

    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        auto_fixture f = {0};
        assert_int_equal(fixture_plan(&f, DEBIAN("i386", good[i], MIRROR), NO_FILES), 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        auto_fixture f = {0};
        assert_int_equal(fixture_plan(&f, DEBIAN("i386", bad[i], MIRROR), NO_FILES), -1);
        assert_error(f.err, ERROR_INVALID_SOURCE, "is no name of a release");
    }
}

static void sums_that_are_no_sums(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0}, h = {0};
    const char short_sum[] = HEX32(1) "  ./netboot/xen/vmlinuz\n";
    const char cut[] = HEX64(1) "  ./netboot/mini.iso\n" HEX32(1);

    assert_int_equal(fixture_plan(&f, DEBIAN("amd64", "bookworm", MIRROR),
                                  FILES(FILE_(IMAGES "SHA256SUMS", short_sum), )),
                     -1);
    assert_error(f.err, ERROR_INVALID_SOURCE,
                 IMAGES "SHA256SUMS, line 1: what stands for ./netboot/xen/vmlinuz is no sha256");
    assert_int_equal(fixture_plan(&g, DEBIAN("amd64", "bookworm", MIRROR),
                                  FILES(FILE_(IMAGES "SHA256SUMS", cut), )),
                     0);
    assert_int_equal(fixture_plan(&h, DEBIAN("amd64", "bookworm", MIRROR),
                                  FILES(FILE_(IMAGES "SHA256SUMS", "<html>"),
                                        FILE_(IMAGES "MD5SUMS", short_sum), )),
                     0);
    assert_string_equal(h.tree.metadata, IMAGES "MD5SUMS");
    assert_sum(h.tree.layouts[0].kernel_sum, DIGEST_MD5, HEX32(1));
}

static void sums_that_cannot_be_read(void **state)
{
    (void)state;
    auto_fixture f = {0};

    assert_int_equal(fixture_plan(&f, DEBIAN("amd64", "bookworm", MIRROR),
                                  FILES(FILE_(IMAGES "SHA256SUMS", NULL), )),
                     -1);
    assert_error(f.err, ERROR_INVALID_SOURCE, "403 Forbidden");
}

static void from_the_cd(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0};
    const char sums[] = HEX32(1) "  ./install.amd/vmlinuz\n" HEX32(2) "  ./install.amd/initrd.gz\n";

    assert_int_equal(
        fixture_plan(&f, DEBIAN("x86_64", NULL, "cdrom"), FILES(FILE_("md5sum.txt", sums), )), 0);
    assert_int_equal(f.tree.layout_count, 5);
    assert_layout(f, 0, "install.amd/xen/vmlinuz", "install.amd/xen/initrd.gz");
    assert_layout(f, 1, "install.amd/vmlinuz", "install.amd/initrd.gz");
    assert_layout(f, 2, "install/vmlinuz", "install/initrd.gz");
    assert_sum(f.tree.layouts[1].ramdisk_sum, DIGEST_MD5, HEX32(2));
    assert_string_equal(f.tree.layouts[1].source, "install.amd");
    assert_int_equal(fixture_plan(&g, DEBIAN("i386", NULL, "cdrom"), NO_FILES), 0);
    assert_layout(g, 0, "install.386/xen/vmlinuz", "install.386/xen/initrd.gz");
}

static void for_arm(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0};
#define ARM "dists/noble/main/installer-arm64/current/images/"

    assert_int_equal(fixture_plan(&f, DEBIAN("aarch64", "noble", MIRROR), NO_FILES), 0);
    assert_layout(f, 1, ARM "netboot/debian-installer/arm64/linux",
                  ARM "netboot/debian-installer/arm64/initrd.gz");
    assert_layout(f, 2, ARM "netboot/ubuntu-installer/arm64/linux",
                  ARM "netboot/ubuntu-installer/arm64/initrd.gz");
    assert_int_equal(fixture_plan(&g, DEBIAN("arm64", NULL, "cdrom"), NO_FILES), 0);
    assert_layout(g, 1, "install.a64/vmlinuz", "install.a64/initrd.gz");
}

static void requested_kernel(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0};
    const char sums[] = HEX64(1) "  ./cdrom/vmlinuz\n";
    const char path[] = IMAGES "cdrom/vmlinuz";

    assert_int_equal(fixture_plan(&f,
                                  REQUEST("debianlike", "amd64", "bookworm", MIRROR, path, NULL),
                                  FILES(FILE_(IMAGES "SHA256SUMS", sums), )),
                     0);
    assert_int_equal(f.tree.layout_count, 1);
    assert_layout(f, 0, path, NULL);
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA256, HEX64(1));
    assert_int_equal(
        fixture_plan(&g, REQUEST("debianlike", "amd64", NULL, MIRROR, "k", "r"), NO_FILES), 0);
    assert_string_equal(g.asked, "");
    assert_layout(g, 0, "k", "r");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bookworm),
        cmocka_unit_test(lenny_has_only_md5),
        cmocka_unit_test(no_sums_at_all),
        cmocka_unit_test(ubuntu_14_04_and_20_04),
        cmocka_unit_test(places_in_urls),
        cmocka_unit_test(a_release_that_is_not_there),
        cmocka_unit_test(urls_into_a_release),
        cmocka_unit_test(a_copied_cd),
        cmocka_unit_test(another_release_in_the_url),
        cmocka_unit_test(release_missing),
        cmocka_unit_test(release_names),
        cmocka_unit_test(sums_that_are_no_sums),
        cmocka_unit_test(sums_that_cannot_be_read),
        cmocka_unit_test(from_the_cd),
        cmocka_unit_test(for_arm),
        cmocka_unit_test(requested_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
