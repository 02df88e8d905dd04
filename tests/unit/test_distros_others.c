/* Alpine Linux, NetBSD and FreeBSD: where their kernels are, and by what they are known.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/recognise.h"
#include "tests/unit/tree_fixture.h"

#define ALPINE_MIRROR "http://dl-cdn.alpinelinux.org/alpine"

static void alpine_by_its_place_in_the_mirror(void **state)
{
    (void)state;
    static const struct {
        const char *repository, *folder;
        size_t layout;
    } cases[] = {
        {ALPINE_MIRROR, "latest-stable/releases/x86_64/netboot/", 0},
        {ALPINE_MIRROR "/v3.18/", "releases/x86_64/netboot/", 0},
        {ALPINE_MIRROR "/latest-stable/releases", "releases/x86_64/netboot/", 0},
        {ALPINE_MIRROR "/edge/releases/x86_64/", "netboot/", 0},
        {ALPINE_MIRROR "/v3.18/releases/x86_64/netboot-3.18.4/", "", 0},
        {"http://m/own/", "boot/", 0},
        {"http://m/own/", "", 2},
        {"http://m/own/", "netboot/", 4},
        {"cdrom", "boot/", 0},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        for (size_t flavour = 0; flavour < 2; flavour++) {
            const char *name = flavour ? "lts" : "virt";
            auto_free char *kernel = xasprintf("%svmlinuz-%s", cases[i].folder, name);
            auto_free char *ramdisk = xasprintf("%sinitramfs-%s", cases[i].folder, name);
            auto_fixture f = {0};

            assert_int_equal(fixture_plan(&f,
                                          REQUEST("alpinelike", "amd64", NULL, cases[i].repository),
                                          NO_FILES),
                             0);
            assert_layout(f, cases[i].layout + flavour, kernel, ramdisk);
            assert_string_equal(f.tree.layouts[cases[i].layout + flavour].source, kernel);
        }
    }
    auto_fixture f = {0};
    assert_int_equal(
        fixture_plan(&f, REQUEST("alpinelike", "i386", NULL, ALPINE_MIRROR "/v3.18"), NO_FILES), 0);
    assert_layout(f, 0, "releases/x86/netboot/vmlinuz-virt", "releases/x86/netboot/initramfs-virt");
}

static void netbsd(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0};
    const char sums[] = "SHA512 (netbsd-GENERIC.gz) = " HEX128(
        1) "\n"
           "SHA512 (netbsd-INSTALL_XEN3_DOMU.gz) = " HEX128(2) "\n";

    assert_int_equal(
        fixture_plan(&f, REQUEST("netbsdlike", "x86_64", NULL, "http://m/NetBSD-10.0/amd64"),
                     FILES(FILE_("binary/kernel/SHA512", sums), )),
        0);
    assert_layout(f, 0, "amd64/binary/kernel/netbsd-INSTALL_XEN3_DOMU.gz", NULL);
    assert_layout(f, 1, "binary/kernel/netbsd-INSTALL_XEN3_DOMU.gz", NULL);
    assert_layout(f, 2, "netbsd-INSTALL_XEN3_DOMU.gz", NULL);
    assert_sum(f.tree.layouts[1].kernel_sum, DIGEST_SHA512, HEX128(2));
    assert_int_equal(f.tree.layouts[0].kernel_sum.digest, DIGEST_NONE);
    assert_string_equal(f.tree.name, "NetBSD");
    assert_int_equal(fixture_plan(&g, REQUEST("netbsdlike", "i386", NULL, "http://m"), NO_FILES),
                     0);
    assert_layout(g, 0, "i386/binary/kernel/netbsd-INSTALL_XEN3PAE_DOMU.gz", NULL);
}

static void netbsd_sums_that_are_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"SHA512 (netbsd-INSTALL_XEN3_DOMU.gz) = 12\n",
                                        "SHA512 (netbsd-INSTALL_XEN3_DOMU.gz) = \n"};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        auto_fixture f = {0};
        assert_int_equal(fixture_plan(&f, REQUEST("netbsdlike", "amd64", NULL, "http://m"),
                                      FILES(FILE_("SHA512", texts[i]), )),
                         -1);
        assert_error(f.err, ERROR_INVALID_SOURCE, "SHA512, line 1");
    }
}

#define FSTAB "/dev/iso9660/14_0_RELEASE_AMD64_CD / cd9660 ro 0 0\n"

static void freebsd(void **state)
{
    (void)state;
    static const char *const others[] = {"/dev/ada0p2 / ufs rw 1 1\n",
                                         "/dev/iso9660/X /usr cd9660 ro 0 0\n",
                                         "/dev/iso9660/ / cd9660 ro 0 0\n", ""};
    auto_fixture f = {0}, g = {0};

    assert_int_equal(fixture_plan(&f, REQUEST("freebsdlike", "amd64", NULL, "cdrom"),
                                  FILES(FILE_("etc/fstab", "# x\n" FSTAB), )),
                     0);
    assert_layout(f, 0, "boot/kernel/kernel", NULL);
    assert_string_equal(f.tree.layouts[0].source, "cd9660:/dev/iso9660/14_0_RELEASE_AMD64_CD");
    assert_string_equal(f.tree.version, "14.0-RELEASE");
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        auto_fixture h = {0};
        assert_int_equal(fixture_plan(&h, REQUEST("freebsdlike", "amd64", NULL, "cdrom"),
                                      FILES(FILE_("etc/fstab", others[i]), )),
                         0);
        assert_string_equal(h.tree.layouts[0].source, "boot/kernel/kernel");
        assert_null(h.tree.metadata);
    }
    assert_int_equal(fixture_plan(&g,
                                  REQUEST("freebsdlike", "amd64", NULL, "http://m/14.0-RELEASE"),
                                  FILES(FILE_("MANIFEST", "base.txz\t" HEX64(1) "\t1\tbase\n"), )),
                     0);
    assert_non_null(strstr(g.tree.doubt, "install it from its CD"));
}

/* Trees, and the family that they are recognised as; NULL: none. */
static void families_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *repository, *path, *text, *family, *version;
    } trees[] = {
        {"cdrom", ".alpine-release", "alpine-virt 3.18.4 230928\n", "alpinelike", "3.18.4"},
        {ALPINE_MIRROR "/v3.18", "releases/x86_64/latest-releases.yaml",
         "---\n-\n  flavor: alpine-netboot\n  version: 3.18.4\n  arch: x86_64\n", "alpinelike",
         "3.18.4"},
        {ALPINE_MIRROR "/v3.18/releases/x86_64/netboot", "x", "", "alpinelike", NULL},
        {"http://m/netboot", "x", "", NULL, NULL},
        {"http://m/10.0/amd64", "binary/kernel/SHA512",
         "SHA512 (netbsd-GENERIC.gz) = " HEX128(1) "\n", "netbsdlike", NULL},
        {"http://m/", "SHA512", "SHA512 (x.gz) = " HEX128(1) "\n", NULL, NULL},
        {"cdrom", "etc/fstab", FSTAB, "freebsdlike", "14.0-RELEASE"},
        {"http://m/r", "MANIFEST", "base.txz\t1\n", "freebsdlike", NULL},
        {"http://m/bootc", "EFI/BOOT/grub.cfg",
         "menuentry x { linux /images/pxeboot/vmlinuz inst.stage2=hd:LABEL=C }\n", "rhlike", NULL},
        {"http://m/live", "repodata/repomd.xml", "<?xml version=\"1.0\"?>\n<repomd/>\n", "rhlike",
         NULL},
        {"http://m/live", "repodata/repomd.xml", "<!DOCTYPE html>\n", NULL, NULL},
        {"http://m/efi", "EFI/BOOT/grub.cfg", "linux /boot/vmlinuz\n", NULL, NULL},
        {"http://m/debian/dists/bookworm/main/installer-amd64/", "x", "", "debianlike", NULL},
    };

    for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
        const struct fixture_file files[] = {{trees[i].path, trees[i].text, 0}, {NULL, NULL, 0}};
        const struct recognise_request request = {.repository = trees[i].repository,
                                                  .arch = "x86_64"};
        struct fixture f = {.files = files};
        const struct tree_reader reader = {fixture_read, &f};
        auto_recognised struct recognised got;

        assert_int_equal(tree_recognise(&request, &reader, &got, &f.err), 0);
        assert_string_equal(got.family ? got.family : "-", trees[i].family ? trees[i].family : "-");
        if (trees[i].version)
            assert_string_equal(got.tree.version, trees[i].version);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alpine_by_its_place_in_the_mirror), cmocka_unit_test(netbsd),
        cmocka_unit_test(netbsd_sums_that_are_none),         cmocka_unit_test(freebsd),
        cmocka_unit_test(families_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
