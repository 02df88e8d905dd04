/* The Red Hat family: what its trees of twenty years say of themselves.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/families.h"
#include "tests/unit/tree_fixture.h"

#define RHLIKE(arch_name) REQUEST("rhlike", arch_name)

static void no_metadata_means_three_layouts(void **state)
{
    (void)state;
    auto_fixture f = {0};

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), NO_FILES), 0);
    assert_string_equal(f.asked, ".treeinfo treeinfo .discinfo ");
    assert_int_equal(f.tree.layout_count, 3);
    assert_layout(f, 0, "images/xen/vmlinuz", "images/xen/initrd.img");
    assert_layout(f, 1, "isolinux/vmlinuz", "isolinux/initrd.img");
    assert_layout(f, 2, "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img");
    assert_string_equal(f.tree.layouts[2].source, "images/pxeboot");
    assert_null(f.tree.metadata);
    assert_int_equal(f.tree.layouts[0].kernel_sum.digest, DIGEST_NONE);
}

static void rhel_5_11(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[general]\nfamily = Red Hat Enterprise Linux Server\n"
                        "timestamp = 1409145026.642069\ntotaldiscs = 1\nversion = 5.11\n"
                        "discnum = 1\npackagedir = Server\narch = x86_64\n\n"
                        "[images-x86_64]\nkernel = images/pxeboot/vmlinuz\n"
                        "initrd = images/pxeboot/initrd.img\nboot.iso = images/boot.iso\n\n"
                        "[images-xen]\nkernel = images/xen/vmlinuz\n"
                        "initrd = images/xen/initrd.img\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("x86_64"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_string_equal(f.asked, ".treeinfo ");
    assert_int_equal(f.tree.layout_count, 1);
    assert_layout(f, 0, "images/xen/vmlinuz", "images/xen/initrd.img");
    assert_string_equal(f.tree.layouts[0].source, ".treeinfo");
    assert_string_equal(f.tree.metadata, ".treeinfo");
    assert_string_equal(f.tree.name, "Red Hat Enterprise Linux Server");
    assert_string_equal(f.tree.version, "5.11");
    assert_string_equal(f.tree.arch, "x86_64");
}

static void centos_5_without_the_dot(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[general]\nfamily = CentOS\nversion = 5.5\narch = i386\n"
                        "[images-i386]\nkernel = images/pxeboot/vmlinuz\n"
                        "initrd = images/pxeboot/initrd.img\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_("treeinfo", text), )), 0);
    assert_string_equal(f.asked, ".treeinfo treeinfo ");
    assert_string_equal(f.tree.metadata, "treeinfo");
    assert_string_equal(f.tree.layouts[0].source, "treeinfo");
    assert_layout(f, 0, "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img");
}

static void rhel_6_10_has_checksums(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] =
        "[general]\nname = Red Hat Enterprise Linux-6.10\nfamily = Red Hat Enterprise Linux\n"
        "version = 6.10\narch = x86_64\n[stage2]\nmainimage = images/install.img\n"
        "[images-x86_64]\nkernel = images/pxeboot/vmlinuz\ninitrd = images/pxeboot/initrd.img\n"
        "[images-xen]\nkernel = images/pxeboot/vmlinuz\ninitrd = images/pxeboot/initrd.img\n"
        "[checksums]\nimages/pxeboot/initrd.img = sha256:" HEX64(
            a) "\n"
               "images/pxeboot/vmlinuz = sha256:" HEX64(B) "\n"
                                                           "images/boot.iso = sha256:" HEX64(
                                                               c) "\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("x86_64"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA256, HEX64(b));
    assert_sum(f.tree.layouts[0].ramdisk_sum, DIGEST_SHA256, HEX64(a));
    assert_string_equal(f.tree.name, "Red Hat Enterprise Linux");
}

static void centos_7_checksums_come_first(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[checksums]\nimages/efiboot.img = sha256:" HEX64(
        1) "\n"
           "images/pxeboot/vmlinuz = sha256:" HEX64(
               2) "\n"
                  "images/pxeboot/initrd.img = sha256:" HEX64(
                      3) "\n"
                         "repodata/repomd.xml = sha256:" HEX64(
                             4) "\n"
                                "[general]\nname = CentOS-7\nfamily = CentOS\ntimestamp = "
                                "1587405659.3\nvariant = \n"
                                "version = 7\npackagedir = \narch = x86_64\n[stage2]\nmainimage = "
                                "LiveOS/squashfs.img\n"
                                "[images-x86_64]\nkernel = images/pxeboot/vmlinuz\ninitrd = "
                                "images/pxeboot/initrd.img\n"
                                "[images-xen]\nkernel = images/pxeboot/vmlinuz\ninitrd = "
                                "images/pxeboot/initrd.img\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("x86_64"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA256, HEX64(2));
    assert_sum(f.tree.layouts[0].ramdisk_sum, DIGEST_SHA256, HEX64(3));
    assert_string_equal(f.tree.version, "7");
}

static void rhel_8_9_of_productmd(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[checksums]\nAppStream/repodata/repomd.xml = sha256:" HEX64(
        1) "\n"
           "images/pxeboot/vmlinuz = sha256:" HEX64(
               2) "\n\n"
                  "[general]\n; WARNING.0 = This section provides compatibility with pre-productmd "
                  "treeinfos.\n; WARNING.1 = Read productmd documentation for details about new "
                  "format.\n"
                  "arch = x86_64\nfamily = Red Hat Enterprise Linux\nname = Red Hat Enterprise "
                  "Linux 8.9.0\n"
                  "packagedir = AppStream/Packages\nplatforms = x86_64,xen\nvariants = "
                  "AppStream,BaseOS\n"
                  "version = 8.9.0\n\n[header]\ntype = productmd.treeinfo\nversion = 1.2\n\n"
                  "[images-x86_64]\nefiboot.img = images/efiboot.img\ninitrd = "
                  "images/pxeboot/initrd.img\n"
                  "kernel = images/pxeboot/vmlinuz\n\n[images-xen]\ninitrd = "
                  "images/pxeboot/initrd.img\n"
                  "kernel = images/pxeboot/vmlinuz\n\n[release]\nname = RHEL\nshort = RHEL\n"
                  "version = 8.9\n\n[variant-BaseOS]\nname = BaseOS\npackages = BaseOS/Packages\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("x86_64"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_string_equal(f.tree.name, "Red Hat Enterprise Linux");
    assert_string_equal(f.tree.version, "8.9.0");
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA256, HEX64(2));
    assert_int_equal(f.tree.layouts[0].ramdisk_sum.digest, DIGEST_NONE);
}

static void stream_9_without_the_old_section(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[header]\ntype = productmd.treeinfo\nversion = 1.2\n"
                        "[images-x86_64]\ninitrd = images/pxeboot/initrd.img\n"
                        "kernel = images/pxeboot/vmlinuz\n"
                        "[release]\nname = CentOS Stream\nshort = CentOS-Stream\nversion = 9\n"
                        "[tree]\narch = x86_64\nplatforms = x86_64,xen\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("amd64"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_layout(f, 0, "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img");
    assert_string_equal(f.tree.name, "CentOS Stream");
    assert_string_equal(f.tree.version, "9");
    assert_string_equal(f.tree.arch, "x86_64");
}

static void product_section_of_productmd_1_0(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[product]\nname = Fedora\nversion = 21\n[tree]\narch = i386\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_string_equal(f.tree.name, "Fedora");
    assert_string_equal(f.tree.version, "21");
    assert_int_equal(f.tree.layout_count, 3);
}

static void fedora_39_when_the_arch_was_forgotten(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[general]\narch = x86_64\nfamily = Fedora\nname = Fedora 39\n"
                        "version = 39\n[images-x86_64]\ninitrd = images/pxeboot/initrd.img\n"
                        "kernel = images/pxeboot/vmlinuz\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_int_equal(f.tree.layout_count, 1);
    assert_layout(f, 0, "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img");
    assert_string_equal(f.tree.arch, "x86_64");
}

static void fedora_42_for_arm(void **state)
{
    (void)state;
    const char text[] = "[general]\narch = aarch64\nfamily = Fedora\nversion = 42\n"
                        "[images-aarch64]\ninitrd = images/pxeboot/initrd.img\n"
                        "kernel = images/pxeboot/vmlinuz\n";
    const char *const archs[] = {"arm64", "aarch64"};

    for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
        auto_fixture f = {0};

        assert_int_equal(fixture_plan(&f, RHLIKE(archs[i]), FILES(FILE_(".treeinfo", text), )), 0);
        assert_layout(f, 0, "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img");
        assert_string_equal(f.tree.arch, "aarch64");
    }
}

static void fedora_12_i386_has_a_pae_kernel_for_xen(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[general]\nfamily = Fedora\nversion = 12\narch = i386\n"
                        "[images-i386]\nkernel = images/pxeboot/vmlinuz\n"
                        "initrd = images/pxeboot/initrd.img\n"
                        "[images-xen]\nkernel = images/pxeboot/vmlinuz-PAE\n"
                        "initrd = images/pxeboot/initrd-PAE.img\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_layout(f, 0, "images/pxeboot/vmlinuz-PAE", "images/pxeboot/initrd-PAE.img");
}

static void oracle_7_as_windows_wrote_it(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "\xef\xbb\xbf[General]\r\nFamily:Oracle Linux Server\r\nVERSION=7.9\r\n"
                        "Arch = x86_64 ; the only one\r\n\r\n# images\r\n[images-X86_64]\r\n"
                        "KERNEL=./images/pxeboot/vmlinuz # Xen, too\r\n"
                        "Initrd =\timages/pxeboot/initrd.img\t\r\n"
                        "[checksums]\r\n./images/pxeboot/vmlinuz = SHA1: " HEX40(
                            d) "\r\n"
                               "/images/pxeboot/initrd.img = md5:" HEX32(e);

    assert_int_equal(fixture_plan(&f, RHLIKE("x86_64"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_layout(f, 0, "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img");
    assert_string_equal(f.tree.name, "Oracle Linux Server");
    assert_string_equal(f.tree.version, "7.9");
    assert_string_equal(f.tree.arch, "x86_64");
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA1, HEX40(d));
    assert_sum(f.tree.layouts[0].ramdisk_sum, DIGEST_MD5, HEX32(e));
}

static void sections_may_come_again(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[images-i386]\nkernel = old\n[general]\narch = i386\nversion = 5\n"
                        "version = 6\n[release]\nversion = 7\n"
                        "[images-i386]\nkernel = new\ninitrd = i\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_layout(f, 0, "new", "i");
    assert_string_equal(f.tree.version, "6");
}

static void the_stronger_digest_stays(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] =
        "[images-i386]\nkernel = k\ninitrd = i\n"
        "[checksums]\nk = sha256:" HEX64(1) "\n./k = md5:" HEX32(
            2) "\n"
               "i = sha512:" HEX128(3) "\n./i = sha512:" HEX128(4) "\n"
                                                                   "i = sha384:00\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA256, HEX64(1));
    assert_sum(f.tree.layouts[0].ramdisk_sum, DIGEST_SHA512, HEX128(4));
}

static void checksums_without_images_go_to_the_layouts(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] =
        "[general]\nversion = 6.5\n[checksums]\n"
        "images/pxeboot/vmlinuz = sha256:" HEX64(7) "\n"
                                                    "isolinux/initrd.img = sha256:" HEX64(8) "\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_int_equal(f.tree.layout_count, 3);
    assert_int_equal(f.tree.layouts[0].kernel_sum.digest, DIGEST_NONE);
    assert_sum(f.tree.layouts[1].ramdisk_sum, DIGEST_SHA256, HEX64(8));
    assert_sum(f.tree.layouts[2].kernel_sum, DIGEST_SHA256, HEX64(7));
}

static void wrong_checksum_of_a_wanted_file(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[images-i386]\nkernel = k\ninitrd = i\n\n[checksums]\n"
                        "other = sha256:nonsense\nk = sha256:abc\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), -1);
    assert_error(f.err, ERROR_INVALID_SOURCE, ".treeinfo, line 7: what stands for k is no sha256");
}

static void a_kernel_without_initrd(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0}, h = {0};
    const char text[] = "[images-xen]\nkernel = images/xen/vmlinuz\n";
    const char better[] = "[images-xen]\nkernel = x\n[images-i386]\nkernel = k\ninitrd = i\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), -1);
    assert_error(f.err, ERROR_INVALID_SOURCE, "[images-xen] names a kernel but no initrd");
    assert_int_equal(fixture_plan(&g, RHLIKE("i386"), FILES(FILE_(".treeinfo", better), )), 0);
    assert_layout(g, 0, "k", "i");
    assert_int_equal(fixture_plan(&h, REQUEST("rhlike", "i386", .ramdisk = "/my/ramdisk"),
                                  FILES(FILE_(".treeinfo", text), )),
                     0);
    assert_layout(h, 0, "images/xen/vmlinuz", "my/ramdisk");
}

static void an_initrd_without_kernel_falls_back(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[images-i386]\nkernel =\ninitrd = i\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_int_equal(f.tree.layout_count, 3);
}

static void unsafe_paths(void **state)
{
    (void)state;
    const char *const kernels[] = {
        "../vmlinuz",
        "a/../../b",
        "a/..",
        "..",
        "/etc/passwd",
        "http://e/k",
        "nfs:h:/k",
        "images/",
        "a\tb",
        "a\x01",
        "a\xff"
        "b",
        "a\\b",
        "a\xe2\x80\xae"
        "b",
        ".//etc/shadow",
        "./",
    };

    for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
        auto_fixture f = {0};
        auto_free char *text = xasprintf("[images-i386]\nkernel = %s\ninitrd = i\n", kernels[i]);

        assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), -1);
        assert_error(f.err, ERROR_INVALID_SOURCE, ".treeinfo: the kernel");
    }
    auto_fixture f = {0};
    assert_int_equal(
        fixture_plan(&f, RHLIKE("i386"),
                     FILES(FILE_(".treeinfo", "[images-i386]\nkernel=k\ninitrd=../i"), )),
        -1);
    assert_error(f.err, ERROR_INVALID_SOURCE, "the ramdisk \"../i\" leads out of the tree");
}

static void unsafe_paths_of_other_platforms_do_not_matter(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[images-ppc]\nkernel = ../k\n[images-i386]\nkernel = a..b\ninitrd = ..i\n"
                        "[checksums]\n../../etc/passwd = sha256:zz\n";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", text), )), 0);
    assert_layout(f, 0, "a..b", "..i");
}

static void what_is_no_treeinfo(void **state)
{
    (void)state;
    const char *const texts[] = {
        "<!DOCTYPE html>\n<html>[images-i386]</html>\n",
        "\xef\xbb\xbf \n<html>",
        "",
        "\n\n",
        "kernel = before/any/section\ninitrd = x\n",
        "not found",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        auto_fixture f = {0};

        assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", texts[i]), )),
                         0);
        assert_string_equal(f.asked, ".treeinfo treeinfo .discinfo ");
        assert_int_equal(f.tree.layout_count, 3);
        assert_null(f.tree.metadata);
    }
}

static void what_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0};

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".treeinfo", NULL), )), -1);
    assert_error(f.err, ERROR_INVALID_SOURCE, ".treeinfo: 403 Forbidden");
    assert_int_equal(fixture_plan(&g, RHLIKE("i386"), FILES(FILE_("treeinfo", NULL), )), -1);
    assert_string_equal(g.asked, ".treeinfo treeinfo ");
}

static void rhel_4_has_a_discinfo(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0}, h = {0};
    const char text[] = "1108507372.404811\nRed Hat Enterprise Linux 4\ni386\n1,2,3,4,5\nRedHat\n";
    const char fedora[] = "1118086410.0\nFedora Core 4 (Stentz)\nx86_64";

    assert_int_equal(fixture_plan(&f, RHLIKE("i386"), FILES(FILE_(".discinfo", text), )), 0);
    assert_string_equal(f.tree.metadata, ".discinfo");
    assert_string_equal(f.tree.name, "Red Hat Enterprise Linux 4");
    assert_string_equal(f.tree.version, "4");
    assert_string_equal(f.tree.arch, "i386");
    assert_int_equal(f.tree.layout_count, 3);
    assert_int_equal(fixture_plan(&g, RHLIKE("i386"), FILES(FILE_(".discinfo", fedora), )), 0);
    assert_string_equal(g.tree.version, "4");
    assert_string_equal(g.tree.arch, "x86_64");
    assert_int_equal(fixture_plan(&h, RHLIKE("i386"), FILES(FILE_(".discinfo", "hello\nx"), )), 0);
    assert_null(h.tree.metadata);
}

static void requested_kernel_keeps_checksums(void **state)
{
    (void)state;
    auto_fixture f = {0};
    const char text[] = "[general]\nversion = 8\n[images-xen]\nkernel = ../bad\n"
                        "[checksums]\nalt/vmlinuz = sha256:" HEX64(9) "\n";

    assert_int_equal(fixture_plan(&f, REQUEST("rhlike", "i386", .kernel = "/alt/vmlinuz"),
                                  FILES(FILE_(".treeinfo", text), )),
                     0);
    assert_int_equal(f.tree.layout_count, 1);
    assert_layout(f, 0, "alt/vmlinuz", NULL);
    assert_string_equal(f.tree.layouts[0].source, "install-kernel");
    assert_sum(f.tree.layouts[0].kernel_sum, DIGEST_SHA256, HEX64(9));
    assert_string_equal(f.tree.version, "8");
}

/* Boot Loader Specification entries came with RHEL 8 and with Fedora 30. */
static void pygrub_boots_what_is_older(void **state)
{
    (void)state;
    static const struct {
        const char *family, *name, *version;
        bool boots;
    } trees[] = {
        {"rhlike", "Red Hat Enterprise Linux", "7.9", true},
        {"rhlike", "Red Hat Enterprise Linux", "8.0", false},
        {"rhlike", "Red Hat Enterprise Linux", "10.0", false},
        {"rhlike", "CentOS Stream", "8", false},
        {"rhlike", "CentOS", "6.10", true},
        {"rhlike", "Rocky Linux", "9.3", false},
        {"rhlike", "AlmaLinux", "8.9", false},
        {"rhlike", "Oracle Linux Server", "7.9", true},
        {"rhlike", "Oracle Linux Server", "8.1", false},
        {"rhlike", "Scientific Linux", "7.9", true},
        {"rhlike", "Fedora", "8", true},
        {"rhlike", "Fedora", "29", true},
        {"rhlike", "Fedora", "30", false},
        {"rhlike", "Fedora 39", "39", false},
        {"rhlike", "Fedora", "Rawhide", false},
        {"rhlike", "Fedora", "", true},
        {"rhlike", NULL, NULL, true},
        {"debianlike", "Debian", "12.5", true},
        {"sleslike", "SLES", "15.4", true},
        {"pygrub", NULL, "9", true},
    };

    for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
        if (distro_pygrub_boots(distro_find(trees[i].family), trees[i].name, trees[i].version) !=
            trees[i].boots)
            fail_msg("%s %s", trees[i].name, trees[i].version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_metadata_means_three_layouts),
        cmocka_unit_test(rhel_5_11),
        cmocka_unit_test(centos_5_without_the_dot),
        cmocka_unit_test(rhel_6_10_has_checksums),
        cmocka_unit_test(centos_7_checksums_come_first),
        cmocka_unit_test(rhel_8_9_of_productmd),
        cmocka_unit_test(stream_9_without_the_old_section),
        cmocka_unit_test(product_section_of_productmd_1_0),
        cmocka_unit_test(fedora_39_when_the_arch_was_forgotten),
        cmocka_unit_test(fedora_42_for_arm),
        cmocka_unit_test(fedora_12_i386_has_a_pae_kernel_for_xen),
        cmocka_unit_test(oracle_7_as_windows_wrote_it),
        cmocka_unit_test(sections_may_come_again),
        cmocka_unit_test(the_stronger_digest_stays),
        cmocka_unit_test(checksums_without_images_go_to_the_layouts),
        cmocka_unit_test(wrong_checksum_of_a_wanted_file),
        cmocka_unit_test(a_kernel_without_initrd),
        cmocka_unit_test(an_initrd_without_kernel_falls_back),
        cmocka_unit_test(unsafe_paths),
        cmocka_unit_test(unsafe_paths_of_other_platforms_do_not_matter),
        cmocka_unit_test(what_is_no_treeinfo),
        cmocka_unit_test(what_cannot_be_read_is_an_error),
        cmocka_unit_test(rhel_4_has_a_discinfo),
        cmocka_unit_test(requested_kernel_keeps_checksums),
        cmocka_unit_test(pygrub_boots_what_is_older),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
