/* What installers are told on their kernel's command line.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/arguments.h"
#include "distros/families.h"
#include "tests/unit/tree_fixture.h"

#define REPOSITORY "http://mirror/os"

struct words {
    const char *family, *repository, *name, *version;
    bool vnc;
    const char *password, *extra, *layout;
};

static char *arguments(const struct words *words, struct error *err)
{
    struct install_arguments all = {distro_find(words->family),
                                    words->repository,
                                    words->name,
                                    words->version,
                                    words->vnc,
                                    words->password,
                                    words->extra,
                                    words->layout};

    assert_non_null(all.distro);
    return distro_arguments(&all, err);
}

#define assert_arguments(wanted, family_name, ...)                                \
    do {                                                                          \
        auto_free char *text_ =                                                   \
            arguments(&(struct words){.family = family_name, __VA_ARGS__}, NULL); \
        assert_non_null(text_);                                                   \
        assert_string_equal(text_, wanted);                                       \
    } while (0)

#define assert_refused(name, part, family_name, ...)                               \
    do {                                                                           \
        auto_error struct error err_ = ERROR_INIT;                                 \
        auto_free char *text_ =                                                    \
            arguments(&(struct words){.family = family_name, __VA_ARGS__}, &err_); \
        assert_null(text_);                                                        \
        assert_error(err_, name, part);                                            \
    } while (0)

static void repository_of_each_family(void **state)
{
    (void)state;
    assert_arguments("inst.repo=http://mirror/os/", "rhlike", REPOSITORY);
    assert_arguments("install=http://mirror/os/", "sleslike", REPOSITORY);
    assert_arguments("", "debianlike", REPOSITORY);
    assert_arguments("", "pygrub", REPOSITORY);
    assert_arguments("", "rhlike", "cdrom");
    assert_arguments("install=hd", "sleslike", "cdrom");
    assert_arguments("", "debianlike", "cdrom");
}

static void one_slash_at_the_end(void **state)
{
    (void)state;
    assert_arguments("method=http://mirror/os/", "rhlike", REPOSITORY "/", "RHEL", "5");
    assert_arguments("inst.repo=http://mirror/os/", "rhlike", REPOSITORY "///");
    assert_arguments("install=nfs:host:/", "sleslike", "nfs:host:/");
    assert_arguments("method=nfs:host:/path/", "rhlike", "nfs:host:/path", NULL, "6");
    assert_arguments("inst.repo=nfs://host/path/", "rhlike", "nfs://host/path/?version=3&nfsport=1",
                     NULL, "7");
    assert_arguments("inst.repo=nfs:nolock:host:/a?b/", "rhlike", "nfs:nolock:host:/a?b", NULL,
                     "7");
    assert_arguments("inst.repo=nfs://host:/path/", "rhlike", "nfs://host:/path", NULL, "7");
}

static void image_on_nfs(void **state)
{
    (void)state;
    assert_arguments("inst.repo=nfs:h:/p/x.iso", "rhlike", "nfs+iso:h:/p/x.iso", "RHEL", "9");
    assert_arguments("inst.repo=nfs:h:/p/x.iso", "rhlike", "NFS+iso://h/p/x.iso?version=3");
    assert_arguments("inst.repo=nfs:h:/p/x.ISO", "rhlike", "nfs+iso://h:/p/x.ISO/folder");
    assert_arguments("inst.repo=nfs:h:/p/x", "rhlike", "nfs+iso:h:/p/x");
    assert_arguments("inst.repo=nfs:nolock,vers=3:h:/x.iso", "rhlike",
                     "nfs+iso:nolock,vers=3:h:/x.iso");
    assert_arguments("inst.repo=nfs:port=20490:[::1]:/x.iso", "rhlike",
                     "nfs+iso://[::1]:20490/x.iso");
    /* Before version 7 it looks for images in a directory. */
    assert_arguments("method=nfs:h:/p/", "rhlike", "nfs+iso:h:/p/x.iso", "RHEL", "6.10");
    assert_arguments("method=nfs:h:/", "rhlike", "nfs+iso:h:/x.iso", "RHEL", "5");
    assert_arguments("install=nfs://h/p/x.iso", "sleslike", "nfs+iso:ro:h:/p/x.iso");
    assert_arguments("install=nfs://h:99/p/x.iso", "sleslike", "nfs+iso://h:99/p/x.iso");
    assert_arguments("", "debianlike", "nfs+iso:h:/p/x.iso", .layout = "install.amd");
    assert_arguments("", "debianlike", "nfs+iso:h:/p/x.iso", .layout = "casper");
    /* No place at all: `fetch` has refused it. */
    assert_arguments("", "rhlike", "nfs+iso:", NULL, "9");
    assert_arguments("", "rhlike", "nfs+iso:h", NULL, "9");
    assert_arguments("", "rhlike", "nfs+iso:h:/", NULL, "9");
    assert_arguments("", "rhlike", "nfs+iso://", NULL, "9");
}

static void versions_that_know_inst_repo(void **state)
{
    (void)state;
    static const struct {
        const char *name, *version;
        bool modern;
    } cases[] = {
        {NULL, NULL, true},
        {"", "", true},
        {"Red Hat Enterprise Linux Server", "5.11", false},
        {"Red Hat Enterprise Linux", "6.10", false},
        {"Red Hat Enterprise Linux", "6.9999", false},
        {"Red Hat Enterprise Linux", "7.0", true},
        {"Red Hat Enterprise Linux", "7.9", true},
        {"Red Hat Enterprise Linux", "10.0", true},
        {"CentOS", "7", true},
        {"CentOS Stream", "9", true},
        {"CentOS Stream", "9-stream", true},
        {"Oracle Linux Server", "8.9", true},
        {"RHEL", "RHEL-6", false},
        {"RHEL", "RHEL-7.4", true},
        {"RHEL", "unknown", true},
        {"Fedora", NULL, true},
        {"RHEL", "99999999999999999999999999999999999999", true},
        {NULL, "7", true},
        {"Fedora Core", "6", false},
        {"Fedora", "7", false},
        {"Fedora", "16", false},
        {"Fedora", "17", true},
        {"fedora", "16", false},
        {"Fedora", "39", true},
        {"Fedora", "rawhide", true},
        {"Fedora", "Rawhide", true},
        {"Fedora", "development", true},
        {"Fedora-ELN", "eln", true},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_arguments(cases[i].modern ? "inst.repo=http://mirror/os/"
                                         : "method=http://mirror/os/",
                         "rhlike", REPOSITORY, cases[i].name, cases[i].version);
}

/* A silent tree with a kernel for Xen alone is of RHEL 5 at most; what it says of itself is more.
 */
static void ancient_by_their_layout(void **state)
{
    (void)state;
    assert_arguments("method=http://mirror/os/", "rhlike", REPOSITORY, .layout = "images/xen");
    assert_arguments("inst.repo=http://mirror/os/", "rhlike", REPOSITORY,
                     .layout = "images/pxeboot");
    assert_arguments("inst.repo=http://mirror/os/", "rhlike", REPOSITORY, "RHEL", "7",
                     .layout = "images/xen");
}

#define ALPINE  "http://m/alpine"
#define VIRT    "netboot/vmlinuz-virt"
#define MODULES "modules=loop,squashfs ip=dhcp modloop="

static void alpine(void **state)
{
    (void)state;
    assert_arguments("modules=loop,squashfs,sd-mod,usb-storage x", "alpinelike", "cdrom",
                     .extra = "x", .layout = "boot/vmlinuz-lts");
    assert_arguments(MODULES ALPINE "/v3.18/releases/x86_64/netboot/modloop-virt "
                                    "alpine_repo=" ALPINE "/v3.18/main",
                     "alpinelike", ALPINE "/v3.18/", .layout = "releases/x86_64/" VIRT);
    assert_arguments(MODULES ALPINE "/edge/releases/x86/netboot-20231219/modloop-lts "
                                    "alpine_repo=" ALPINE "/edge/main",
                     "alpinelike", ALPINE "/edge/releases/x86/netboot-20231219",
                     .layout = "vmlinuz-lts");
    assert_arguments(MODULES ALPINE "/latest-stable/releases/x86_64/netboot/modloop-virt "
                                    "alpine_repo=" ALPINE "/latest-stable/main",
                     "alpinelike", ALPINE, .layout = "latest-stable/releases/x86_64/" VIRT);
    assert_arguments(MODULES "http://m/own/boot/modloop-virt", "alpinelike", "http://m/own",
                     .layout = "boot/vmlinuz-virt");
    assert_arguments(MODULES "http://m/x/releases/x86_64/netboot/modloop-virt "
                             "alpine_repo=http://m/x/main",
                     "alpinelike", "http://m/x", .layout = "releases/x86_64/" VIRT);
    assert_arguments("modules=loop,squashfs ip=dhcp", "alpinelike", "http://m/own");
}

static void bsd(void **state)
{
    (void)state;
    assert_arguments("", "netbsdlike", REPOSITORY, .layout = "binary/kernel/");
    assert_arguments("vfs.root.mountfrom=cd9660:/dev/iso9660/14_0_RELEASE_AMD64_CD", "freebsdlike",
                     "cdrom", .layout = "cd9660:/dev/iso9660/14_0_RELEASE_AMD64_CD");
    assert_arguments("", "freebsdlike", REPOSITORY, .layout = "boot/kernel/kernel");
    assert_refused(ERROR_INTERNAL, "vfs.root.mountfrom", "freebsdlike", "cdrom",
                   .layout = "cd9660:/dev/iso9660/a\tb");
}

static void casper(void **state)
{
    (void)state;
    static const char *const roots[] = {"nfs:h:/srv/u", "nfs://h/srv/u", "nfs://h:/srv/u",
                                        "NFS:h:/srv/u"};

    for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
        assert_arguments("boot=casper netboot=nfs nfsroot=h:/srv/u ip=dhcp", "debianlike", roots[i],
                         .layout = "casper");
    assert_arguments("", "debianlike", "cdrom", .layout = "casper");
    assert_arguments("", "debianlike", REPOSITORY, .layout = "casper");
    assert_arguments("", "debianlike", "nfs:nolock,vers=3:h:/srv", .layout = "casper");
    assert_arguments("", "debianlike", "nfs:", .layout = "casper");
    assert_arguments("", "debianlike", "nfs:h:/srv/u", .layout = "install.amd");
}

static void other_families_have_no_inst_repo(void **state)
{
    (void)state;
    assert_arguments("install=http://mirror/os/ vnc", "sleslike", REPOSITORY, "SLES", "15.4", true);
    assert_arguments("vnc vncpassword=p", "debianlike", REPOSITORY, "Debian", "12", true, "p");
}

static void vnc_and_its_password(void **state)
{
    (void)state;
    assert_arguments("method=http://mirror/os/ vnc vncpassword=secret", "rhlike", REPOSITORY,
                     "CentOS", "5", true, "secret");
    assert_arguments("method=http://mirror/os/ vncpassword=secret", "rhlike", REPOSITORY, NULL, "6",
                     false, "secret");
    assert_arguments("method=http://mirror/os/ vnc", "rhlike", REPOSITORY, NULL, "6", true, "");
    assert_arguments("inst.repo=http://mirror/os/ vnc inst.vnc vncpassword=s inst.vncpassword=s",
                     "rhlike", REPOSITORY, "RHEL", "9.3", true, "s");
    assert_arguments("vnc inst.vnc", "rhlike", "cdrom", "RHEL", "9.3", true);
    assert_arguments("vnc", "rhlike", "cdrom", "RHEL", "6.5", true);
}

static void extra_comes_last(void **state)
{
    (void)state;
    assert_arguments("method=http://mirror/os/ vnc ks=http://k console=hvc0", "rhlike", REPOSITORY,
                     NULL, "6", true, NULL, "  ks=http://k console=hvc0 ");
    assert_arguments("a  b", "pygrub", REPOSITORY, NULL, NULL, false, NULL, "a  b");
    assert_arguments("", "pygrub", REPOSITORY, NULL, NULL, false, NULL, "   ");
    assert_arguments("", "pygrub", REPOSITORY, NULL, NULL, false, NULL, "");
    assert_arguments("install=hd x", "sleslike", "cdrom", NULL, NULL, false, NULL, "x");
}

static void what_would_add_words(void **state)
{
    (void)state;
    assert_refused(ERROR_INVALID_SOURCE, "install-repository", "rhlike", "http://m/a b");
    assert_refused(ERROR_INVALID_SOURCE, "install-repository", "rhlike", "http://m/\n");
    assert_refused(ERROR_INVALID_SOURCE, "install-repository", "rhlike", "");
    assert_refused(ERROR_INVALID_SOURCE, "install-repository", "debianlike", "a\tb");
    assert_refused(ERROR_INTERNAL, "install-vncpasswd", "rhlike", "r", NULL, NULL, true, "a b");
    assert_refused(ERROR_INTERNAL, "install-vncpasswd", "rhlike", "r", NULL, NULL, true, "a\x7f");
    assert_refused(ERROR_INTERNAL, "install-args", "rhlike", "r", NULL, NULL, true, NULL, "a\nb");
    assert_refused(ERROR_INTERNAL, "install-args", "rhlike", "r", NULL, NULL, true, NULL, "\t");
}

static void the_password_is_not_shown(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;

    assert_null(arguments(
        &(struct words){
            .family = "rhlike", .repository = "r", .vnc = true, .password = "top secret"},
        &err));
    assert_null(strstr(err.text, "secret"));
}

/* One byte below the limit of 8192, at it, and one above. */
static void longest_arguments(void **state)
{
    (void)state;
    for (size_t length = 8191; length <= 8193; length++) {
        auto_error struct error err = ERROR_INIT;
        auto_free char *extra = xcalloc(length + 1, 1);
        memset(extra, 'x', length);
        auto_free char *text =
            arguments(&(struct words){.family = "pygrub", .repository = "r", .extra = extra}, &err);

        if (length <= 8192) {
            assert_non_null(text);
            assert_int_equal(strlen(text), length);
        } else {
            assert_null(text);
            assert_error(err, ERROR_INTERNAL, "longer than 8192 bytes");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repository_of_each_family),
        cmocka_unit_test(one_slash_at_the_end),
        cmocka_unit_test(image_on_nfs),
        cmocka_unit_test(versions_that_know_inst_repo),
        cmocka_unit_test(ancient_by_their_layout),
        cmocka_unit_test(alpine),
        cmocka_unit_test(bsd),
        cmocka_unit_test(casper),
        cmocka_unit_test(other_families_have_no_inst_repo),
        cmocka_unit_test(vnc_and_its_password),
        cmocka_unit_test(extra_comes_last),
        cmocka_unit_test(what_would_add_words),
        cmocka_unit_test(the_password_is_not_shown),
        cmocka_unit_test(longest_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
