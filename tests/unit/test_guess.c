/* The layouts that are tried in a tree of which nothing is known.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/tree_fixture.h"

#include "distros/guess.h"
#include "distros/plan.h"

/* All kernels (or ramdisks) that are looked for, each followed by a space. */
static int list(const struct tree_request *request, bool ramdisks, char *out, size_t size,
                struct error *err)
{
    auto_tree struct tree tree = {0};
    const char *family = NULL;
    int more = 1;

    *out = '\0';
    for (size_t i = 0; more > 0; i++) {
        more = guess_step(request, i, &tree, &family, err);
        for (size_t j = 0; j < tree.layout_count; j++) {
            const char *path = ramdisks ? tree.layouts[j].ramdisk : tree.layouts[j].kernel;
            if (!path) /* NetBSD's is in its kernel */
                continue;
            assert_true(strlen(out) + strlen(path) + 2 < size);
            strcat(strcat(out, path), " ");
        }
    }
    return more;
}

#define assert_list(repository_, arch_, wanted)                                             \
    do {                                                                                    \
        const struct tree_request request = {.arch = (arch_), .repository = (repository_)}; \
        auto_error struct error err = ERROR_INIT;                                           \
        char got[8192];                                                                     \
        assert_int_equal(list(&request, false, got, sizeof got, &err), 0);                  \
        /* Families behind these may add more. */                                           \
        assert_memory_equal(got, wanted, strlen(wanted));                                   \
    } while (0)

#define REDHAT  "images/xen/vmlinuz isolinux/vmlinuz images/pxeboot/vmlinuz "
#define SUSE_64 "boot/x86_64/vmlinuz-xen boot/x86_64/loader/linux "
#define SUSE_32 "boot/i386/vmlinuz-xenpae boot/i386/loader/linux "
#define OTHERS                                                  \
    "boot/i386/vmlinuz-xen current/images/netboot/xen/vmlinuz " \
    "current/images/netboot/debian-installer/amd64/linux "      \
    "current/images/netboot/debian-installer/i386/linux "
#define SUSE_ARM "boot/aarch64/linux "
#define OTHERS_ARM                        \
    "current/images/netboot/xen/vmlinuz " \
    "current/images/netboot/debian-installer/arm64/linux "
#define CASPER "casper/vmlinuz casper/vmlinuz.efi "
#define CD_ARM "install.a64/xen/vmlinuz install.a64/vmlinuz install/vmlinuz " CASPER
#define CD_64  "install.amd/xen/vmlinuz install.amd/vmlinuz install/vmlinuz " CASPER
#define CD_32  "install.386/xen/vmlinuz install.386/vmlinuz install/vmlinuz " CASPER

static void every_family_with_this_architecture_first(void **state)
{
    (void)state;
    assert_list("http://h/r", "x86_64", REDHAT SUSE_64 SUSE_32 OTHERS CD_64 CD_32);
    assert_list("/srv/r", "i386", REDHAT SUSE_32 SUSE_64 OTHERS CD_32 CD_64);
    assert_list("/srv/dists", "amd64", REDHAT SUSE_64 SUSE_32 OTHERS CD_64 CD_32);
    /* no other one runs there */
    assert_list("/srv/r", "arm64", REDHAT SUSE_ARM OTHERS_ARM CD_ARM);
    assert_list("/srv/r", "aarch64", REDHAT SUSE_ARM OTHERS_ARM CD_ARM);
}

static void a_release_of_debian_in_the_url(void **state)
{
    (void)state;
#define NET_64 "main/installer-amd64/current/"
#define NET_32 "main/installer-i386/current/"
    const char mirror[] = NET_64
        "images/netboot/xen/vmlinuz " NET_64 "images/netboot/debian-installer/amd64/linux " NET_64
        "images/netboot/ubuntu-installer/amd64/linux " NET_64
        "legacy-images/netboot/ubuntu-installer/amd64/linux " NET_32
        "images/netboot/xen/vmlinuz " NET_32 "images/netboot/debian-installer/i386/linux " NET_32
        "images/netboot/ubuntu-installer/i386/linux " NET_32
        "legacy-images/netboot/ubuntu-installer/i386/linux ";
    auto_free char *all = xasprintf(REDHAT SUSE_64 SUSE_32 OTHERS "%s" CD_64 CD_32, mirror);

    assert_list("http://h/debian/dists/bookworm/", "x86_64", all);
    assert_list("/srv/debian/dists/bookworm", "x86_64", all);
}

static void one_ramdisk_for_every_kernel(void **state)
{
    (void)state;
    const struct tree_request request = {
        .arch = "x86_64", .repository = "/srv/r", .ramdisk = "//my/rd"};
    auto_error struct error err = ERROR_INIT;
    char got[8192];

    assert_int_equal(list(&request, true, got, sizeof got, &err), 0);
    for (const char *at = got; *at; at += strlen("my/rd "))
        assert_memory_equal(at, "my/rd ", strlen("my/rd "));
}

static void a_ramdisk_that_is_no_path(void **state)
{
    (void)state;
    const struct tree_request request = {
        .arch = "x86_64", .repository = "/srv/r", .ramdisk = "../rd"};
    auto_error struct error err = ERROR_INIT;
    char got[8192];

    assert_int_equal(list(&request, true, got, sizeof got, &err), -1);
    assert_error(err, ERROR_INVALID_SOURCE, "leads out of the tree");
}

static void paths(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    char longest[TREE_PATH_MAX + 2];

    assert_int_equal(guess_check_path("--kernel", "a/b", &err), 0);
    assert_int_equal(guess_check_path("--kernel", "///a/b", &err), 0);
    assert_int_equal(guess_check_path("--kernel", "a/..b/c", &err), 0);
    assert_int_equal(guess_check_path("--kernel", "/../b", &err), -1);
    assert_error(err, ERROR_INVALID_SOURCE, "--kernel=/../b is no path below --location: it leads");
    assert_int_equal(guess_check_path("--ramdisk", "/", &err), -1);
    assert_error(err, ERROR_INVALID_SOURCE, "--ramdisk=/ is no path below --location: it is empty");
    assert_int_equal(guess_check_path("--kernel", "http://h/k", &err), -1);
    assert_error(err, ERROR_INVALID_SOURCE, "is a URL");
    memset(longest, 'a', sizeof longest);
    longest[TREE_PATH_MAX + 1] = '\0';
    assert_int_equal(guess_check_path("--kernel", longest, &err), -1);
    assert_error(err, ERROR_INVALID_SOURCE, "too long");
    longest[TREE_PATH_MAX] = '\0';
    assert_int_equal(guess_check_path("--kernel", longest, &err), 0);
    longest[TREE_PATH_MAX - 1] = '\0';
    assert_int_equal(guess_check_path("--kernel", longest, &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_family_with_this_architecture_first),
        cmocka_unit_test(a_release_of_debian_in_the_url),
        cmocka_unit_test(one_ramdisk_for_every_kernel),
        cmocka_unit_test(a_ramdisk_that_is_no_path),
        cmocka_unit_test(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
