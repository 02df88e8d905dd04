/* The SUSE family: content, CHECKSUMS and media.1/products.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/tree_fixture.h"

#define SLESLIKE(arch_name) REQUEST("sleslike", arch_name)

static void nothing_said_i386(void **state)
{
    (void)state;
    auto_fixture f = {0};

    assert_int_equal(fixture_plan(&f, SLESLIKE("i386"), NO_FILES), 0);
    assert_string_equal(f.asked, "content CHECKSUMS media.1/products ");
    assert_int_equal(f.tree.layout_count, 2);
    assert_layout(f, 0, "boot/i386/vmlinuz-xenpae", "boot/i386/initrd-xenpae");
    assert_layout(f, 1, "boot/i386/loader/linux", "boot/i386/loader/initrd");
    assert_null(f.tree.metadata);
}

static void nothing_said_x86_64(void **state)
{
    (void)state;
    const char *const archs[] = {"x86_64", "amd64"};

    for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
        auto_fixture f = {0};

        assert_int_equal(fixture_plan(&f, SLESLIKE(archs[i]), NO_FILES), 0);
        assert_int_equal(f.tree.layout_count, 2);
        assert_layout(f, 0, "boot/x86_64/vmlinuz-xen", "boot/x86_64/initrd-xen");
        assert_layout(f, 1, "boot/x86_64/loader/linux", "boot/x86_64/loader/initrd");
        assert_string_equal(f.tree.layouts[1].source, "boot/x86_64/loader");
    }
}

static void sles_10(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] =
        "PRODUCT SUSE SLES\nVERSION 10\nDISTPRODUCT SUSE-Linux-Enterprise-Server\n"
        "DISTVERSION 10.4-0\nVENDOR SUSE LINUX Products GmbH, Nuernberg, Germany\n"
        "DATADIR suse\nDESCRDIR suse/setup/descr\n"
        "META SHA1 " HEX40(1) "  packages.en\n"
                              "HASH SHA1 " HEX40(2) "  boot/i386/vmlinuz-xenpae\n"
                                                    "KEY SHA1 " HEX40(
                                                        3) "  gpg-pubkey-307e3d54.asc\n";

    assert_int_equal(fixture_plan(&f, SLESLIKE("i386"), FILES(FILE_("content", text), )), 0);
    assert_string_equal(f.asked, "content ");
    assert_string_equal(f.tree.metadata, "content");
    assert_string_equal(f.tree.name, "SUSE SLES");
    assert_string_equal(f.tree.version, "10");
    assert_string_equal(f.tree.arch, "i386");
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA1, HEX40(2));
    assert_int_equal(f.tree.layouts[0].ramdisk_sum.digest, DIGEST_NONE);
}

static void sles_11_sp4(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] =
        "CONTENTSTYLE     11\nDATADIR          suse\n"
        "DISTPRODUCT      SUSE-Linux-Enterprise-Server-SP4\n"
        "NAME             SUSE_SLES\nVERSION          11.4\n"
        "LABEL            SUSE Linux Enterprise Server 11 SP4\n"
        "LABEL.de         nicht dies\nBASEARCHS        x86_64\n"
        "HASH SHA256 " HEX64(5) "  boot/x86_64/initrd-xen\n"
                                "HASH SHA256 " HEX64(6) "  boot/x86_64/vmlinuz-xen\n";

    assert_int_equal(fixture_plan(&f, SLESLIKE("x86_64"), FILES(FILE_("content", text), )), 0);
    assert_string_equal(f.tree.name, "SUSE Linux Enterprise Server 11 SP4");
    assert_string_equal(f.tree.version, "11.4");
    assert_string_equal(f.tree.arch, "x86_64");
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA256, HEX64(6));
    assert_sum(f.tree.layouts[0].ramdisk_sum, DIGEST_SHA256, HEX64(5));
    assert_int_equal(f.tree.layouts[1].kernel_sum.digest, DIGEST_NONE);
}

static void sles_12_sp5(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] =
        "CONTENTSTYLE  11\r\nDATADIR       suse\r\n"
        "DISTRO        cpe:/o:suse:sles:12:sp5,SUSE Linux Enterprise Server 12 SP5\r\n"
        "HASH SHA256 " HEX64(7) "  boot/x86_64/loader/linux\r\n"
                                "HASH SHA256 " HEX64(8) "  boot/x86_64/loader/initrd\r\n";

    assert_int_equal(fixture_plan(&f, SLESLIKE("x86_64"), FILES(FILE_("content", text), )), 0);
    assert_string_equal(f.tree.name, "SUSE Linux Enterprise Server 12 SP5");
    assert_string_equal(f.tree.version, "12.5");
    assert_sum(f.tree.layouts[1].kernel_sum, DIGEST_SHA256, HEX64(7));
    assert_sum(f.tree.layouts[1].ramdisk_sum, DIGEST_SHA256, HEX64(8));
}

static void opensuse_42_3_distro_before_others(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "VERSION 1\nLABEL x\nDISTRO cpe:/o:opensuse:leap:42.3,openSUSE Leap 42.3\n"
                        "VERSION 2\nLABEL y\n";

    assert_int_equal(fixture_plan(&f, SLESLIKE("x86_64"), FILES(FILE_("content", text), )), 0);
    assert_string_equal(f.tree.name, "openSUSE Leap 42.3");
    assert_string_equal(f.tree.version, "42.3");
    assert_null(f.tree.arch);
}

static void the_better_keyword_counts_and_then_the_later(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "LABEL first\nLABEL second\nNAME third\nVERSION 1\nVERSION 2\n"
                        "DISTVERSION 3\n";

    assert_int_equal(fixture_plan(&f, SLESLIKE("x86_64"), FILES(FILE_("content", text), )), 0);
    assert_string_equal(f.tree.name, "second");
    assert_string_equal(f.tree.version, "2");
}

static void checksums_tell_the_arch(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0}, h = {0};
    const char i386[] = HEX64(1) "  boot/i386/root\n";
    const char none[] = HEX64(1) "  boot/grub\n";
    const char both[] = HEX64(1) "  boot/i386/root\n" HEX64(1) "  boot/x86_64/root\n";

    assert_int_equal(fixture_plan(&f, SLESLIKE("x86_64"), FILES(FILE_("CHECKSUMS", i386), )), 0);
    assert_string_equal(f.tree.arch, "i386");
    assert_int_equal(f.tree.layout_count, 4);
    assert_layout(f, 2, "boot/i386/vmlinuz-xenpae", "boot/i386/initrd-xenpae");
    assert_int_equal(fixture_plan(&g, SLESLIKE("x86_64"), FILES(FILE_("CHECKSUMS", none), )), 0);
    assert_null(g.tree.arch);
    assert_int_equal(g.tree.layout_count, 2);
    assert_int_equal(fixture_plan(&h, SLESLIKE("x86_64"), FILES(FILE_("CHECKSUMS", both), )), 0);
    assert_null(h.tree.arch);
    assert_int_equal(h.tree.layout_count, 2);
}

static void broken_cpe_names(void **state)
{
    (void)state;
    const char *const texts[] = {
        "DISTRO", "DISTRO ,", "DISTRO cpe:/o:suse", "DISTRO ::::", "DISTRO ::::,", "DISTRO ,,,,",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        auto_fixture f = {0};

        assert_int_equal(fixture_plan(&f, SLESLIKE("i386"), FILES(FILE_("content", texts[i]), )),
                         0);
        assert_null(f.tree.version);
    }
    auto_fixture f = {0};
    assert_int_equal(
        fixture_plan(&f, SLESLIKE("i386"), FILES(FILE_("content", "DISTRO a:b:c:d:9:sp"), )), 0);
    assert_string_equal(f.tree.version, "9");
    auto_fixture g = {0};
    assert_int_equal(
        fixture_plan(&g, SLESLIKE("i386"), FILES(FILE_("content", "DISTRO a:b:c:d:9:sp3:x:y:z"), )),
        0);
    assert_string_equal(g.tree.version, "9.3");
}

static void the_arch_was_forgotten(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0}, h = {0};
    const char both[] = "BASEARCHS i586 x86_64\n";
    const char listed[] = HEX64(1) "  boot/x86_64/loader/linux\n";

    assert_int_equal(
        fixture_plan(&f, SLESLIKE("i386"), FILES(FILE_("content", "BASEARCHS x86_64\n"), )), 0);
    assert_int_equal(f.tree.layout_count, 4);
    assert_layout(f, 0, "boot/i386/vmlinuz-xenpae", "boot/i386/initrd-xenpae");
    assert_layout(f, 3, "boot/x86_64/loader/linux", "boot/x86_64/loader/initrd");
    assert_int_equal(fixture_plan(&g, SLESLIKE("i386"), FILES(FILE_("content", both), )), 0);
    assert_int_equal(g.tree.layout_count, 2);
    assert_null(g.tree.arch);
    assert_int_equal(fixture_plan(&h, SLESLIKE("i386"), FILES(FILE_("CHECKSUMS", listed), )), 0);
    assert_int_equal(h.tree.layout_count, 4);
    assert_sum(h.tree.layouts[3].kernel_sum, DIGEST_SHA256, HEX64(1));
}

static void leap_15_5_for_arm(void **state)
{
    (void)state;
    const char sums[] = HEX64(a) "  boot/aarch64/initrd\n" HEX64(b) "  boot/aarch64/linux\n";
    const char *const archs[] = {"aarch64", "arm64"};

    for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
        auto_fixture f = {0};

        assert_int_equal(fixture_plan(&f, SLESLIKE(archs[i]), FILES(FILE_("CHECKSUMS", sums), )),
                         0);
        assert_int_equal(f.tree.layout_count, 1);
        assert_layout(f, 0, "boot/aarch64/linux", "boot/aarch64/initrd");
        assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA256, HEX64(b));
        assert_string_equal(f.tree.arch, "aarch64");
    }
    auto_fixture g = {0};
    assert_int_equal(
        fixture_plan(&g, SLESLIKE("arm64"), FILES(FILE_("content", "BASEARCHS i586 x86_64\n"), )),
        0);
    assert_int_equal(g.tree.layout_count, 5);
    assert_layout(g, 0, "boot/aarch64/linux", "boot/aarch64/initrd");
}

static void leap_15_5(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char sums[] =
        HEX64(a) "  EFI/BOOT/grub.cfg\n" HEX64(b) "  boot/x86_64/loader/initrd\n" HEX64(
            c) "  boot/x86_64/loader/linux\n" HEX64(d) "  media.1/products";
    const char products[] = "/ openSUSE-Leap 15.5-1\n";

    assert_int_equal(
        fixture_plan(&f, SLESLIKE("x86_64"),
                     FILES(FILE_("CHECKSUMS", sums), FILE_("media.1/products", products), )),
        0);
    assert_string_equal(f.asked, "content CHECKSUMS media.1/products ");
    assert_string_equal(f.tree.metadata, "CHECKSUMS");
    assert_string_equal(f.tree.name, "openSUSE-Leap");
    assert_string_equal(f.tree.version, "15.5");
    assert_string_equal(f.tree.arch, "x86_64");
    assert_sum(f.tree.layouts[1].kernel_sum, DIGEST_SHA256, HEX64(c));
    assert_sum(f.tree.layouts[1].ramdisk_sum, DIGEST_SHA256, HEX64(b));
}

static void products_alone(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0}, h = {0};
    const char sle_15[] = "/Module-Basesystem sle-module-basesystem 15.4-0\n/ SLES 15.4-0\n";

    assert_int_equal(
        fixture_plan(&f, SLESLIKE("x86_64"), FILES(FILE_("media.1/products", sle_15), )), 0);
    assert_string_equal(f.tree.metadata, "media.1/products");
    assert_string_equal(f.tree.name, "SLES");
    assert_string_equal(f.tree.version, "15.4");
    assert_int_equal(
        fixture_plan(&g, SLESLIKE("x86_64"), FILES(FILE_("media.1/products", "/ Bare"), )), 0);
    assert_string_equal(g.tree.name, "Bare");
    assert_null(g.tree.version);
    assert_int_equal(
        fixture_plan(&h, SLESLIKE("x86_64"), FILES(FILE_("media.1/products", "/x y 1\n"), )), 0);
    assert_null(h.tree.metadata);
}

static void wrong_checksums(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0};
    const char content[] = "LABEL x\nHASH SHA256 abc  boot/i386/loader/linux\n";
    const char sums[] = "abc  boot/i386/loader/linux\n";

    assert_int_equal(fixture_plan(&f, SLESLIKE("i386"), FILES(FILE_("content", content), )), -1);
    assert_error(f.err, ERROR_INVALID_SOURCE,
                 "content, line 2: what stands for boot/i386/loader/linux is no sha256");
    assert_int_equal(fixture_plan(&g, SLESLIKE("i386"), FILES(FILE_("CHECKSUMS", sums), )), -1);
    assert_error(g.err, ERROR_INVALID_SOURCE, "CHECKSUMS, line 1");
}

static void unknown_digests_and_half_lines(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "HASH\nHASH SHA256\nHASH SHA256 12\nHASH WHIRL 12 boot/i386/loader/linux\n"
                        "\n \nSHA256 HASH\n";

    assert_int_equal(fixture_plan(&f, SLESLIKE("i386"), FILES(FILE_("content", text), )), 0);
    assert_int_equal(f.tree.layouts[1].kernel_sum.digest, DIGEST_NONE);
}

static void each_file_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    const char *const names[] = {"content", "CHECKSUMS", "media.1/products"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        auto_fixture f = {0};

        assert_int_equal(fixture_plan(&f, SLESLIKE("i386"), FILES(FILE_(names[i], NULL), )), -1);
        assert_error(f.err, ERROR_INVALID_SOURCE, names[i]);
    }
}

static void requested_kernel(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "HASH SHA256 " HEX64(1) "  my/linux\nHASH SHA256 " HEX64(2) "  my/initrd\n";

    assert_int_equal(fixture_plan(&f,
                                  REQUEST("sleslike", "i386", NULL, NULL, "my/linux", "/my/initrd"),
                                  FILES(FILE_("content", text), )),
                     0);
    assert_int_equal(f.tree.layout_count, 1);
    assert_layout(f, 0, "my/linux", "my/initrd");
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA256, HEX64(1));
    assert_sum(f.tree.layouts[0].ramdisk_sum, DIGEST_SHA256, HEX64(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_said_i386),
        cmocka_unit_test(nothing_said_x86_64),
        cmocka_unit_test(sles_10),
        cmocka_unit_test(sles_11_sp4),
        cmocka_unit_test(sles_12_sp5),
        cmocka_unit_test(opensuse_42_3_distro_before_others),
        cmocka_unit_test(the_better_keyword_counts_and_then_the_later),
        cmocka_unit_test(checksums_tell_the_arch),
        cmocka_unit_test(broken_cpe_names),
        cmocka_unit_test(the_arch_was_forgotten),
        cmocka_unit_test(leap_15_5_for_arm),
        cmocka_unit_test(leap_15_5),
        cmocka_unit_test(products_alone),
        cmocka_unit_test(wrong_checksums),
        cmocka_unit_test(unknown_digests_and_half_lines),
        cmocka_unit_test(each_file_that_cannot_be_read_is_an_error),
        cmocka_unit_test(requested_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
