/* What holds for every family: requests, paths, checksums; and the bounds of metadata.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/tree_fixture.h"

#include "distros/arch.h"
#include "distros/families.h"
#include "distros/families/treeinfo.h"
#include "distros/ini.h"

static char *repeat(const char *text, size_t count)
{
    struct buffer out = BUFFER_INIT(SIZE_MAX / 2);

    for (size_t i = 0; i < count; i++)
        assert_true(buffer_add_text(&out, text));
    return buffer_take(&out);
}

static int plan_treeinfo(struct fixture *fixture, const char *text)
{
    return fixture_plan(fixture, REQUEST("rhlike", "i386"), FILES(FILE_(".treeinfo", text), ));
}

static void families(void **state)
{
    (void)state;
    assert_int_equal(distro_find("rhlike")->last_round, 1);
    assert_int_equal(distro_find("sleslike")->last_round, 2);
    assert_int_equal(distro_find("debianlike")->last_round, 1);
    assert_int_equal(distro_find("pygrub")->last_round, 1);
    assert_string_equal(distro_find("rhlike")->method, "method");
    assert_string_equal(distro_find("sleslike")->cdrom_argument, "install=hd");
    assert_true(distro_find("debianlike")->release_required);
    assert_true(distro_find("pygrub")->kernel_required);
    assert_null(distro_find("RHLIKE"));
    assert_null(distro_find(""));
    assert_null(distro_find(NULL));
    assert_string_equal(distro_names, FAMILY_NAMES);
}

static void archs(void **state)
{
    (void)state;
    assert_true(arch_known("i386"));
    assert_true(arch_known("x86_64"));
    assert_true(arch_known("amd64"));
    assert_true(arch_known("aarch64"));
    assert_true(arch_known("arm64"));
    assert_false(arch_known("i686"));
    assert_false(arch_known(""));
    assert_false(arch_known(NULL));
    assert_string_equal(ARCH_NAMES, "i386, x86_64, amd64, aarch64, arm64");
}

static void unknown_family_or_arch(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0}, h = {0};

    assert_int_equal(fixture_plan(&f, REQUEST("windows", "i386"), NO_FILES), -1);
    assert_error(f.err, ERROR_UNSUPPORTED_METHOD,
                 "\"windows\" is not known; known are " FAMILY_NAMES);
    assert_int_equal(fixture_plan(&g, REQUEST("rhlike", "sparc"), NO_FILES), -1);
    assert_error(g.err, ERROR_INVALID_SOURCE, "\"sparc\" is not known; known are " ARCH_NAMES);
    assert_int_equal(fixture_plan(&h, REQUEST(NULL, NULL), NO_FILES), -1);
    assert_int_equal(h.err.name, ERROR_UNSUPPORTED_METHOD);
}

static void pygrub_needs_a_kernel(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0}, h = {0};

    assert_int_equal(fixture_plan(&f, REQUEST("pygrub", "i386"), NO_FILES), -1);
    assert_error(f.err, ERROR_INVALID_SOURCE, "install-kernel is not set");
    assert_int_equal(fixture_plan(&g, REQUEST("pygrub", "i386", .kernel = "a/k"), NO_FILES), 0);
    assert_layout(g, 0, "a/k", NULL);
    assert_string_equal(g.asked, "");
    assert_int_equal(
        fixture_plan(&h, REQUEST("pygrub", "i386", .kernel = "//a/k", .ramdisk = "/a/r"), NO_FILES),
        0);
    assert_layout(h, 0, "a/k", "a/r");
}

static void empty_request_paths_are_not_set(void **state)
{
    (void)state;
    auto_fixture f = {0};

    assert_int_equal(
        fixture_plan(&f, REQUEST("rhlike", "i386", .kernel = "", .ramdisk = "/"), NO_FILES), 0);
    assert_int_equal(f.tree.layout_count, 3);
    assert_layout(f, 0, "images/xen/vmlinuz", "images/xen/initrd.img");
}

static void request_paths_are_checked(void **state)
{
    (void)state;
    const char *const bad[] = {"../k", "/../k", "a/../b", "a\nb", "http://x/k", "a/"};

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        auto_fixture f = {0}, g = {0};

        assert_int_equal(fixture_plan(&f, REQUEST("pygrub", "i386", .kernel = bad[i]), NO_FILES),
                         -1);
        assert_error(f.err, ERROR_INVALID_SOURCE, "install-kernel: the kernel");
        assert_int_equal(
            fixture_plan(&g, REQUEST("rhlike", "i386", .kernel = "k", .ramdisk = bad[i]), NO_FILES),
            -1);
        assert_error(g.err, ERROR_INVALID_SOURCE, "install-ramdisk: the path");
    }
}

static void longest_path(void **state)
{
    (void)state;
    for (size_t length = TREE_PATH_MAX - 1; length <= TREE_PATH_MAX + 1; length++) {
        auto_fixture f = {0};
        auto_free char *path = repeat("x", length);
        int wanted = length <= TREE_PATH_MAX ? 0 : -1;

        assert_int_equal(fixture_plan(&f, REQUEST("pygrub", "i386", .kernel = path), NO_FILES),
                         wanted);
        if (wanted < 0)
            assert_error(f.err, ERROR_INVALID_SOURCE, "too long");
    }
}

static void checksums(void **state)
{
    (void)state;
    struct checksum sum = {0};

    for (enum digest d = DIGEST_MD5; d <= DIGEST_SHA512; d++)
        assert_int_equal(digest_from_name(digest_name(d)), d);
    assert_int_equal(digest_from_name("SHA256"), DIGEST_SHA256);
    assert_int_equal(digest_from_name("sha2"), DIGEST_NONE);
    assert_int_equal(digest_from_name(""), DIGEST_NONE);
    assert_int_equal(digest_from_name(NULL), DIGEST_NONE);
    assert_null(digest_name(DIGEST_NONE));
    assert_null(digest_name((enum digest)99));

    assert_true(checksum_set(&sum, DIGEST_MD5, "0123456789ABCDEFabcdef9876543210rest", 32));
    assert_sum(sum, DIGEST_MD5, "0123456789abcdefabcdef9876543210");
    assert_false(checksum_set(&sum, DIGEST_MD5, HEX32(1), 31));
    assert_false(checksum_set(&sum, DIGEST_MD5, HEX40(1), 33));
    assert_false(checksum_set(&sum, DIGEST_SHA256, HEX32(g) HEX32(g), 64));
    assert_false(checksum_set(&sum, DIGEST_NONE, "", 0));
    assert_sum(sum, DIGEST_MD5, "0123456789abcdefabcdef9876543210");
    assert_true(checksum_set(&sum, DIGEST_SHA512, HEX128(f), 128));
    assert_sum(sum, DIGEST_SHA512, HEX128(f));
}

static void longest_line(void **state)
{
    (void)state;
    for (size_t length = LINE_MAX_BYTES - 1; length <= LINE_MAX_BYTES + 1; length++) {
        auto_fixture f = {0};
        auto_free char *junk = repeat("x", length);
        auto_free char *text = xasprintf("[general]\nversion = 5\n%s\r\n", junk);
        int wanted = length <= LINE_MAX_BYTES ? 0 : -1;

        assert_int_equal(plan_treeinfo(&f, text), wanted);
        if (wanted < 0)
            assert_error(f.err, ERROR_INVALID_SOURCE, ".treeinfo, line 3, is longer than 4096");
    }
}

static void most_lines(void **state)
{
    (void)state;
    for (size_t count = LINES_MAX - 1; count <= LINES_MAX + 1; count++) {
        auto_fixture f = {0};
        auto_free char *blank = repeat("\n", count - 1);
        auto_free char *text = xasprintf("[general]\n%s", blank);
        int wanted = count <= LINES_MAX ? 0 : -1;

        assert_int_equal(plan_treeinfo(&f, text), wanted);
        if (wanted < 0)
            assert_error(f.err, ERROR_INVALID_SOURCE, "more than 65536 lines");
    }
}

static void most_sections(void **state)
{
    (void)state;
    for (size_t count = INI_SECTIONS_MAX - 1; count <= INI_SECTIONS_MAX + 1; count++) {
        auto_fixture f = {0};
        auto_free char *text = repeat("[s]\n", count);

        assert_int_equal(plan_treeinfo(&f, text), count <= INI_SECTIONS_MAX ? 0 : -1);
    }
}

static void longest_section(void **state)
{
    (void)state;
    for (size_t length = INI_SECTION_MAX - 1; length <= INI_SECTION_MAX + 1; length++) {
        auto_fixture f = {0};
        auto_free char *name = repeat("s", length);
        auto_free char *text = xasprintf("[%s]\n", name);

        assert_int_equal(plan_treeinfo(&f, text), length <= INI_SECTION_MAX ? 0 : -1);
    }
}

static void longest_value(void **state)
{
    (void)state;
    for (size_t length = INI_VALUE_MAX - 1; length <= INI_VALUE_MAX + 1; length++) {
        auto_fixture f = {0};
        /* Three lines, joined by two spaces. */
        auto_free char *part = repeat("v", 4000);
        auto_free char *rest = repeat("v", length - 8002);
        auto_free char *text = xasprintf("[x]\nk = %s\n %s\n %s\n", part, part, rest);

        assert_int_equal(plan_treeinfo(&f, text), length <= INI_VALUE_MAX ? 0 : -1);
    }
}

static void most_image_sections(void **state)
{
    (void)state;
    for (size_t count = TREEINFO_IMAGES_MAX - 1; count <= TREEINFO_IMAGES_MAX + 1; count++) {
        auto_fixture f = {0};
        auto_buffer struct buffer text = BUFFER_INIT(4096);

        for (size_t i = 0; i < count; i++)
            buffer_addf(&text, "[images-%zu]\nkernel = k\n", i);
        assert_int_equal(plan_treeinfo(&f, buffer_text(&text)),
                         count <= TREEINFO_IMAGES_MAX ? 0 : -1);
    }
}

static void longest_fact(void **state)
{
    (void)state;
    for (size_t length = 255; length <= 257; length++) {
        auto_fixture f = {0};
        auto_free char *name = repeat("n", length);
        auto_free char *text = xasprintf("[general]\nfamily = %s\n", name);

        assert_int_equal(plan_treeinfo(&f, text), 0);
        assert_int_equal(strcmp(f.tree.name, name) == 0, length <= 256);
        assert_in_range(strlen(f.tree.name), 250, 256);
    }
}

static void facts_are_printable(void **state)
{
    (void)state;
    auto_fixture f = {0};

    assert_int_equal(plan_treeinfo(&f, "[general]\nfamily = a\x1b[31m\xff\nversion=1\x01\n"), 0);
    assert_string_equal(f.tree.name, "a\\x1b[31m\\xff");
    assert_string_equal(f.tree.version, "1\\x01");
}

static void values_go_on(void **state)
{
    (void)state;
    auto_fixture f = {0}, g = {0};

    assert_int_equal(plan_treeinfo(&f, "[general]\nfamily = Red Hat\n\n # not this\n   Linux ; x\n"
                                       "\tServer\nversion =\n  7.9\n"),
                     0);
    assert_string_equal(f.tree.name, "Red Hat Linux Server");
    assert_string_equal(f.tree.version, "7.9");
    assert_int_equal(plan_treeinfo(&g, "[general]\n  family = F\n  version = 8\n  [images-i386]\n"
                                       "  kernel = k\n  initrd = i\n"),
                     0);
    assert_string_equal(g.tree.version, "8");
    assert_layout(g, 0, "k", "i");
}

static void values_keep_percent_and_colon(void **state)
{
    (void)state;
    auto_fixture f = {0};

    assert_int_equal(plan_treeinfo(&f, "[general]\nfamily = 100%% %(name)s a:b=c#d\n"
                                       "[images-i386]\nkernel: a/k%20x\ninitrd : i=j\n=\n:x\n"),
                     0);
    assert_string_equal(f.tree.name, "100%% %(name)s a:b=c#d");
    assert_layout(f, 0, "a/k%20x", "i=j");
}

static void section_without_end(void **state)
{
    (void)state;
    auto_fixture f = {0};

    assert_int_equal(plan_treeinfo(&f, "[general]\nversion = 5\n[images-x86"), -1);
    assert_error(f.err, ERROR_INVALID_SOURCE, ".treeinfo, line 3: a section's name has no \"]\"");
}

static void nul_bytes(void **state)
{
    (void)state;
    static const char text[] = "[general]\nversion = 5\n[images-i386]\nkernel = k\0/../x\n";
    const struct fixture_file files[] = {{".treeinfo", text, sizeof text - 1}, {0}};
    auto_fixture f = {0};

    assert_int_equal(fixture_plan(&f, REQUEST("rhlike", "i386"), files), -1);
    assert_error(f.err, ERROR_INVALID_SOURCE, ".treeinfo, line 4, holds a NUL byte");
}

/* As much as a metadata file may hold, of every byte, in place of every file. */
static void four_megabytes_of_junk(void **state)
{
    (void)state;
    static const char *const names[] = {".treeinfo", "content", "CHECKSUMS", "media.1/products",
                                        "dists/sid/main/installer-i386/current/images/SHA256SUMS"};
    static const char *const families[] = {"rhlike", "sleslike", "sleslike", "sleslike",
                                           "debianlike"};
    auto_free char *junk = xmalloc(TREE_METADATA_MAX);
    uint32_t seed = 1;

    for (size_t i = 0; i < TREE_METADATA_MAX; i++) {
        seed = seed * 1664525 + 1013904223;
        junk[i] = i == 0 ? 'j' : (char)(seed >> 24);
    }
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        auto_fixture f = {0};
        const struct fixture_file files[] = {{names[i], junk, TREE_METADATA_MAX}, {0}};

        assert_int_equal(fixture_plan(&f, REQUEST(families[i], "i386", "sid"), files), -1);
        assert_error(f.err, ERROR_INVALID_SOURCE, names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families),
        cmocka_unit_test(archs),
        cmocka_unit_test(unknown_family_or_arch),
        cmocka_unit_test(pygrub_needs_a_kernel),
        cmocka_unit_test(empty_request_paths_are_not_set),
        cmocka_unit_test(request_paths_are_checked),
        cmocka_unit_test(longest_path),
        cmocka_unit_test(checksums),
        cmocka_unit_test(longest_line),
        cmocka_unit_test(most_lines),
        cmocka_unit_test(most_sections),
        cmocka_unit_test(longest_section),
        cmocka_unit_test(longest_value),
        cmocka_unit_test(most_image_sections),
        cmocka_unit_test(longest_fact),
        cmocka_unit_test(facts_are_printable),
        cmocka_unit_test(values_go_on),
        cmocka_unit_test(values_keep_percent_and_colon),
        cmocka_unit_test(section_without_end),
        cmocka_unit_test(nul_bytes),
        cmocka_unit_test(four_megabytes_of_junk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
