/* Which family a tree is of: metadata as real media have it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/tree_fixture.h"

#include "distros/recognise.h"
#include "distros/tree_cache.h"

struct recognition {
    struct fixture fixture;
    struct recognised got;
};
static void recognition_free(struct recognition *r)
{
    recognised_free(&r->got);
    fixture_free(&r->fixture);
}
#define auto_recognition __attribute__((cleanup(recognition_free))) struct recognition

static int recognise(struct recognition *r, const struct recognise_request *request,
                     const struct fixture_file *files)
{
    struct tree_reader reader = {fixture_read, &r->fixture};

    r->fixture.files = files;
    return tree_recognise(request, &reader, &r->got, &r->fixture.err);
}

#define ASK_AT(where, ...) (&(struct recognise_request){.repository = where, __VA_ARGS__})
#define ASK(...)           ASK_AT("http://h/r/", __VA_ARGS__)
#define assert_is(r, family_, name_, version_, arch_)        \
    do {                                                     \
        assert_non_null((r).got.family);                     \
        assert_string_equal((r).got.family, family_);        \
        assert_string_equal((r).got.tree.name, name_);       \
        assert_string_equal((r).got.tree.version, version_); \
        assert_string_equal((r).got.tree.arch, arch_);       \
    } while (0)

#define FEDORA_39                                                                            \
    "[general]\narch = x86_64\nfamily = Fedora\nname = Fedora 39\nversion = 39\n"            \
    "[images-x86_64]\ninitrd = images/pxeboot/initrd.img\nkernel = images/pxeboot/vmlinuz\n" \
    "[release]\nname = Fedora\nshort = Fedora\nversion = 39\n[tree]\narch = x86_64\n"

#define assert_begins(text, beginning) assert_memory_equal(text, beginning, strlen(beginning))

static void fedora_39(void **state)
{
    (void)state;
    auto_recognition r = {0};

    assert_int_equal(recognise(&r, ASK(.arch = "x86_64"), FILES(FILE_(".treeinfo", FEDORA_39), )),
                     0);
    assert_is(r, "rhlike", "Fedora", "39", "x86_64");
    assert_string_equal(r.fixture.asked, ".treeinfo ");
    assert_string_equal(r.got.metadata, ".treeinfo");
    assert_layout(r.got, 0, "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img");
}

static void centos_5_is_i386(void **state)
{
    (void)state;
    auto_recognition r = {0};
    const char text[] =
        "[general]\nfamily = CentOS\ntimestamp = 1299104026.52\ntotaldiscs = 1\nversion = 5.6\n"
        "discnum = 1\npackagedir = CentOS\narch = i386\n\n[images-i386]\n"
        "kernel = images/pxeboot/vmlinuz\ninitrd = images/pxeboot/initrd.img\n\n"
        "[images-xen]\nkernel = images/xen/vmlinuz\ninitrd = images/xen/initrd.img\n";

    assert_int_equal(recognise(&r, ASK(), FILES(FILE_(".treeinfo", text), )), 0);
    assert_is(r, "rhlike", "CentOS", "5.6", "i386");
    assert_string_equal(r.got.arch, "i386");
    assert_layout(r.got, 0, "images/xen/vmlinuz", "images/xen/initrd.img");
}

static void rhel_4_has_a_discinfo(void **state)
{
    (void)state;
    auto_recognition r = {0};
    const char text[] = "1170972069.396645\nRed Hat Enterprise Linux 4\ni386\n1,2,3,4\n"
                        "RedHat/base\nRedHat/RPMS\nRedHat/pixmaps\n";

    assert_int_equal(recognise(&r, ASK(), FILES(FILE_(".discinfo", text), )), 0);
    assert_is(r, "rhlike", "Red Hat Enterprise Linux 4", "4", "i386");
    assert_string_equal(r.got.metadata, ".discinfo");
}

static void sles_11(void **state)
{
    (void)state;
    auto_recognition r = {0};
    const char text[] = "CONTENTSTYLE     11\nNAME SUSE_SLES\nVERSION 11.4\n"
                        "LABEL SUSE Linux Enterprise Server 11 SP4\nBASEARCHS x86_64\n"
                        "HASH SHA1 " HEX40(1) "  boot/x86_64/vmlinuz-xen\n";

    assert_int_equal(recognise(&r, ASK(), FILES(FILE_("content", text), )), 0);
    assert_is(r, "sleslike", "SUSE Linux Enterprise Server 11 SP4", "11.4", "x86_64");
    assert_sum(r.got.tree.layouts[0].kernel_sum, DIGEST_SHA1, HEX40(1));
}

#define LEAP_FILES                                                                     \
    FILE_("media.1/products", "/ openSUSE-Leap 15.5-1\n"),                             \
        FILE_("CHECKSUMS", HEX64(2) "  boot/x86_64/loader/linux\n"),                   \
        FILE_(".treeinfo", "[general]\nname = openSUSE Leap\nfamily = openSUSE Leap\n" \
                           "version = 15.5\narch = x86_64\n[images-x86_64]\n"          \
                           "kernel = boot/x86_64/loader/linux\n"                       \
                           "initrd = boot/x86_64/loader/initrd\n"),

static void leap_15_has_a_treeinfo_too(void **state)
{
    (void)state;
    const char *const families[] = {NULL, "rhlike", "sleslike", "debianlike"};

    for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
        auto_recognition r = {0};

        assert_int_equal(recognise(&r, ASK(.family = families[i]), FILES(LEAP_FILES)), 0);
        assert_is(r, "sleslike", "openSUSE-Leap", "15.5", "x86_64");
    }
}

static void suse_by_its_treeinfo_alone(void **state)
{
    (void)state;
    auto_recognition r = {0};
    const char text[] = "[general]\nfamily = SLES\nversion = 15.4\narch = x86_64\n";

    assert_int_equal(recognise(&r, ASK(), FILES(FILE_(".treeinfo", text), )), 0);
    assert_is(r, "sleslike", "SLES", "15.4", "x86_64");
    assert_string_equal(r.got.metadata, ".treeinfo");
    assert_layout(r.got, 0, "boot/x86_64/vmlinuz-xen", "boot/x86_64/initrd-xen");
}

#define BOOKWORM                                                                        \
    "Origin: Debian\nLabel: Debian\nSuite: stable\nVersion: 12.5\nCodename: bookworm\n" \
    "Date: Sat, 10 Feb 2024 11:07:25 UTC\nArchitectures: all amd64 arm64 armhf i386\n"  \
    "Components: main contrib\nMD5Sum:\n 0ed6d4c8891eb86358b94bb35d9e4da4  1484322 contrib"

static void debian_mirror_with_a_release(void **state)
{
    (void)state;
    auto_recognition r = {0};

    assert_int_equal(recognise(&r,
                               ASK(.family = "debianlike", .release = "bookworm", .arch = "amd64"),
                               FILES(FILE_("dists/bookworm/Release", BOOKWORM), )),
                     0);
    assert_is(r, "debianlike", "Debian", "12.5", "amd64");
    assert_string_equal(r.got.metadata, "dists/bookworm/Release");
    assert_string_equal(r.got.codename, "bookworm");
    assert_false(r.got.release_assumed);
    assert_layout(r.got, 1,
                  "dists/bookworm/main/installer-amd64/current/images/netboot/debian-installer/"
                  "amd64/linux",
                  "dists/bookworm/main/installer-amd64/current/images/netboot/debian-installer/"
                  "amd64/initrd.gz");
}

static void debian_mirror_without_one_is_stable(void **state)
{
    (void)state;
    auto_recognition r = {0};

    assert_int_equal(
        recognise(&r, ASK(.arch = "i386"), FILES(FILE_("dists/stable/Release", BOOKWORM), )), 0);
    assert_is(r, "debianlike", "Debian", "12.5", "i386");
    assert_string_equal(r.got.release, "stable");
    assert_string_equal(r.got.codename, "bookworm");
    assert_true(r.got.release_assumed);
}

static void ubuntu_mirror_is_known_by_devel(void **state)
{
    (void)state;
    auto_recognition r = {0};
    const char text[] = "Origin: Ubuntu\nLabel: Ubuntu\nSuite: plucky\nVersion: 25.04\n"
                        "Codename: plucky\nArchitectures: amd64 arm64 i386\n";

    assert_int_equal(recognise(&r, ASK(), FILES(FILE_("dists/devel/Release", text), )), 0);
    assert_is(r, "debianlike", "Ubuntu", "25.04", arch_deb(ARCH_DEFAULT));
    assert_string_equal(r.got.release, "devel");
}

static void a_mirror_for_arm_only(void **state)
{
    (void)state;
    auto_recognition r = {0}, s = {0};
    const char text[] = "Origin: Ubuntu\nVersion: 24.04\nCodename: noble\n"
                        "Architectures: arm64 armhf ppc64el riscv64 s390x\n";
    const char treeinfo[] = "[general]\narch = aarch64\nfamily = Fedora\nversion = 42\n"
                            "[images-xen]\nkernel = xen/vmlinuz\ninitrd = xen/initrd.img\n";

    assert_int_equal(
        recognise(&r, ASK(.release = "noble"), FILES(FILE_("dists/noble/Release", text), )), 0);
    assert_is(r, "debianlike", "Ubuntu", "24.04", "arm64");
    assert_string_equal(r.got.arch, "arm64");
    assert_int_equal(recognise(&s, ASK(), FILES(FILE_(".treeinfo", treeinfo), )), 0);
    assert_is(s, "rhlike", "Fedora", "42", "aarch64");
    assert_string_equal(s.got.arch, "aarch64");
}

static void debian_release_in_the_url(void **state)
{
    (void)state;
    auto_recognition r = {0};
    const char text[] = "Origin: Debian\nSuite: testing\nCodename: trixie\n"
                        "Architectures: i386\n";

    assert_int_equal(
        recognise(&r, ASK_AT("http://h/debian/dists/trixie/", ), FILES(FILE_("Release", text), )),
        0);
    assert_is(r, "debianlike", "Debian", "trixie", "i386");
    assert_string_equal(r.got.arch, "i386");
}

static void debian_and_ubuntu_cds(void **state)
{
    (void)state;
    static const struct {
        const char *info, *name, *version, *codename, *arch;
    } cds[] = {
        {"Debian GNU/Linux 12.5.0 \"Bookworm\" - Official amd64 DVD Binary-1 with firmware "
         "20240210-11:27\n",
         "Debian GNU/Linux", "12.5.0", "bookworm", "amd64"},
        {"Debian GNU/Linux 12.5.0 \"Bookworm\" - Official arm64 NETINST with firmware "
         "20240210-11:27",
         "Debian GNU/Linux", "12.5.0", "bookworm", "arm64"},
        {"Debian GNU/Linux 6.0.10 \"Squeeze\" - Official i386 NETINST Binary-1 20140720-14:12",
         "Debian GNU/Linux", "6.0.10", "squeeze", "i386"},
        {"Ubuntu-Server 20.04.6 LTS \"Focal Fossa\" - Release amd64 (20230314)", "Ubuntu-Server",
         "20.04.6", "focal", "amd64"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cds); i++) {
        auto_recognition r = {0};

        assert_int_equal(
            recognise(&r, ASK_AT("cdrom", ), FILES(FILE_(".disk/info", cds[i].info), )), 0);
        assert_is(r, "debianlike", cds[i].name, cds[i].version, cds[i].arch);
        assert_string_equal(r.got.codename, cds[i].codename);
        assert_string_equal(r.got.metadata, ".disk/info");
    }
}

static void nothing_is_no_error(void **state)
{
    (void)state;
    auto_recognition r = {0};

    assert_int_equal(recognise(&r, ASK(), NO_FILES), 0);
    assert_null(r.got.family);
    /* Families behind these may look for more. */
    assert_begins(r.fixture.asked,
                  ".treeinfo treeinfo .discinfo content CHECKSUMS media.1/products "
                  ".treeinfo treeinfo .discinfo dists/stable/Release dists/devel/Release "
                  ".disk/info ");
}

static void texts_that_prove_nothing(void **state)
{
    (void)state;
    auto_recognition r = {0};

    assert_int_equal(
        recognise(&r, ASK(),
                  FILES(FILE_("content", "our content\n"), FILE_("CHECKSUMS", "x  y\n"),
                        FILE_(".discinfo", "hello\n"), FILE_(".treeinfo", "<html>not found</html>"),
                        FILE_("dists/stable/Release", "notes: none\n"),
                        FILE_(".disk/info", "a disk\n"), )),
        0);
    assert_null(r.got.family);
}

static void the_one_asked_for_is_looked_at_first(void **state)
{
    (void)state;
    auto_recognition r = {0};

    assert_int_equal(recognise(&r,
                               ASK(.family = "debianlike", .release = "bookworm", .arch = "x86_64"),
                               FILES(FILE_(".treeinfo", FEDORA_39), )),
                     0);
    assert_is(r, "rhlike", "Fedora", "39", "x86_64");
    assert_string_equal(r.fixture.asked, "dists/bookworm/Release .disk/info .treeinfo ");
}

static void failures_and_unsafe_paths_are_errors(void **state)
{
    (void)state;
    auto_recognition unreadable = {0}, unsafe = {0};

    assert_int_equal(recognise(&unreadable, ASK(), FILES(FILE_(".treeinfo", NULL), )), -1);
    assert_error(unreadable.fixture.err, ERROR_INVALID_SOURCE, "403 Forbidden");
    assert_null(unreadable.got.family);
    assert_int_equal(recognise(&unsafe, ASK(.arch = "x86_64"),
                               FILES(FILE_(".treeinfo", "[general]\nfamily = F\n[images-x86_64]\n"
                                                        "kernel = ../../etc/shadow\n"
                                                        "initrd = i\n"), )),
                     -1);
    assert_error(unsafe.fixture.err, ERROR_INVALID_SOURCE, "leads out of the tree");
    assert_null(unsafe.got.family);
}

static void a_hostile_codename_is_none(void **state)
{
    (void)state;
    auto_recognition r = {0};

    assert_int_equal(
        recognise(&r, ASK(),
                  FILES(FILE_("dists/stable/Release", "Origin: D\x1b[31m\nCodename: ../../x\n"), )),
        0);
    assert_string_equal(r.got.family, "debianlike");
    assert_null(r.got.codename);
    assert_string_equal(r.got.tree.name, "D\\x1b[31m");
}

/* --- the cache --------------------------------------------------------------------------- */

static void the_cache_asks_once(void **state)
{
    (void)state;
    auto_fixture f = {.files =
                          FILES(FILE_("a", "one"), FILE_("empty", "\n"), FILE_("bad", NULL), )};
    struct tree_reader behind = {fixture_read, &f};
    auto_tree_cache struct tree_cache cache;
    auto_buffer struct buffer out = BUFFER_INIT(TREE_METADATA_MAX);

    tree_cache_start(&cache, &behind);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tree_cache_read(&cache, "a", TREE_METADATA_MAX, &out, &f.err), 1);
        assert_string_equal(buffer_text(&out), "one");
        assert_int_equal(tree_cache_read(&cache, "none", TREE_METADATA_MAX, &out, &f.err), 0);
        assert_int_equal(out.length, 0);
        assert_int_equal(tree_cache_read(&cache, "bad", TREE_METADATA_MAX, &out, &f.err), -1);
        assert_error(f.err, ERROR_INVALID_SOURCE, "bad: 403 Forbidden");
    }
    assert_string_equal(f.asked, "a none bad ");
}

static void the_cache_has_a_bound(void **state)
{
    (void)state;
    auto_fixture f = {.files = FILES(FILE_("a", "one"), )};
    struct tree_reader behind = {fixture_read, &f};
    auto_tree_cache struct tree_cache cache;
    auto_buffer struct buffer out = BUFFER_INIT(TREE_METADATA_MAX);

    tree_cache_start(&cache, &behind);
    for (int i = 0; i < TREE_CACHE_FILES_MAX; i++) {
        auto_free char *path = xasprintf("%d", i);
        assert_int_equal(tree_cache_read(&cache, path, TREE_METADATA_MAX, &out, &f.err), 0);
    }
    f.asked[0] = '\0';
    assert_int_equal(tree_cache_read(&cache, "31", TREE_METADATA_MAX, &out, &f.err), 0);
    assert_string_equal(f.asked, "");
    for (int i = 0; i < 2; i++)
        assert_int_equal(tree_cache_read(&cache, "a", TREE_METADATA_MAX, &out, &f.err), 1);
    assert_string_equal(f.asked, "a a ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fedora_39),
        cmocka_unit_test(centos_5_is_i386),
        cmocka_unit_test(rhel_4_has_a_discinfo),
        cmocka_unit_test(sles_11),
        cmocka_unit_test(leap_15_has_a_treeinfo_too),
        cmocka_unit_test(suse_by_its_treeinfo_alone),
        cmocka_unit_test(debian_mirror_with_a_release),
        cmocka_unit_test(debian_mirror_without_one_is_stable),
        cmocka_unit_test(ubuntu_mirror_is_known_by_devel),
        cmocka_unit_test(a_mirror_for_arm_only),
        cmocka_unit_test(debian_release_in_the_url),
        cmocka_unit_test(debian_and_ubuntu_cds),
        cmocka_unit_test(nothing_is_no_error),
        cmocka_unit_test(texts_that_prove_nothing),
        cmocka_unit_test(the_one_asked_for_is_looked_at_first),
        cmocka_unit_test(failures_and_unsafe_paths_are_errors),
        cmocka_unit_test(a_hostile_codename_is_none),
        cmocka_unit_test(the_cache_asks_once),
        cmocka_unit_test(the_cache_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
