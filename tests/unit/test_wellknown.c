/* Kernels by well-known names: each distribution's spellings, the order, large directories.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fsprobe/config/wellknown.h"
#include "tests/unit/menu_fixture.h"

static void find(struct fixture *f, const char *family, const char *arch)
{
    auto_error struct error err = ERROR_INIT;

    menu_free(&f->menu);
    assert_int_equal(wellknown_find(&f->guest, 0, family, arch, &f->menu, &err), 0);
}

static void add(struct fixture *f, const char *path)
{
    memory_file(&f->guest, 0, path, "x");
}
#define ADD(f, ...)                                        \
    do {                                                   \
        const char *const paths_[] = {__VA_ARGS__};        \
        for (size_t i_ = 0; i_ < ARRAY_SIZE(paths_); i_++) \
            add(f, paths_[i_]);                            \
    } while (0)

static void sles_x86_64(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/boot/vmlinuz-2.6.16.60-0.21-xen", "/boot/initrd-2.6.16.60-0.21-xen",
        "/boot/vmlinuz-xen", "/boot/initrd-xen", "/boot/vmlinuz-xenpae", "/boot/initrd-xenpae");
    find(f, "sleslike", "x86_64");
    check_entry(f, 0, 0, "/boot/vmlinuz-xen | /boot/vmlinuz-xen | /boot/initrd-xen | ");
    check_entry(f, 0, 1, "/boot/vmlinuz-xenpae | /boot/vmlinuz-xenpae | /boot/initrd-xenpae | ");
    check_entry(f, 0, 2,
                "/boot/vmlinuz-2.6.16.60-0.21-xen | /boot/vmlinuz-2.6.16.60-0.21-xen | "
                "/boot/initrd-2.6.16.60-0.21-xen | ");
    check_wanted(f, "0 1 2");
    assert_string_equal(f->menu.entries[2].index, "2");
    assert_string_equal(f->menu.entries[2].source, "well-known names");
    assert_null(f->menu.entries[2].id);
}

static void sles_i386(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/vmlinuz-xen", "/initrd-xen", "/vmlinuz-xenpae", "/initrd-xenpae");
    find(f, "sleslike", "i386");
    check_entry(f, 0, 0, "/vmlinuz-xenpae | /vmlinuz-xenpae | /initrd-xenpae | ");
    check_entry(f, 0, 1, "/vmlinuz-xen | /vmlinuz-xen | /initrd-xen | ");
    find(f, "sleslike", NULL);
    check_entry(f, 0, 0, "/vmlinuz-xen | /vmlinuz-xen | /initrd-xen | ");
}

static void root_before_boot(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/boot/vmlinuz-xen", "/vmlinuz-xen", "/boot/initrd-xen");
    find(f, "sleslike", "x86_64");
    check_entry(f, 0, 0, "/vmlinuz-xen | /vmlinuz-xen | | ");
    check_entry(f, 0, 1, "/boot/vmlinuz-xen | /boot/vmlinuz-xen | /boot/initrd-xen | ");
}

static void family_decides_who_is_first(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/boot/vmlinuz", "/boot/initrd", "/boot/vmlinuz-xen", "/boot/initrd-xen");
    find(f, "sleslike", "x86_64");
    check_entry(f, 0, 0, "/boot/vmlinuz-xen | /boot/vmlinuz-xen | /boot/initrd-xen | ");
    find(f, NULL, NULL);
    check_entry(f, 0, 0, "/boot/vmlinuz | /boot/vmlinuz | /boot/initrd | ");
    find(f, "rhlike", "x86_64");
    check_entry(f, 0, 0, "/boot/vmlinuz | /boot/vmlinuz | /boot/initrd | ");
}

static void debian_links(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/vmlinuz", "/initrd.img", "/vmlinuz.old", "/initrd.img.old",
        "/boot/vmlinuz-6.1.0-13-amd64", "/boot/initrd.img-6.1.0-13-amd64",
        "/boot/vmlinuz-6.1.0-9-amd64", "/boot/initrd.img-6.1.0-9-amd64",
        "/boot/config-6.1.0-13-amd64", "/boot/System.map-6.1.0-13-amd64");
    find(f, NULL, "x86_64");
    check_entry(f, 0, 0, "/vmlinuz | /vmlinuz | /initrd.img | ");
    check_entry(f, 0, 1, "/vmlinuz.old | /vmlinuz.old | /initrd.img.old | ");
    check_entry(f, 0, 2,
                "/boot/vmlinuz-6.1.0-13-amd64 | /boot/vmlinuz-6.1.0-13-amd64 | "
                "/boot/initrd.img-6.1.0-13-amd64 | ");
    check_entry(f, 0, 3,
                "/boot/vmlinuz-6.1.0-9-amd64 | /boot/vmlinuz-6.1.0-9-amd64 | "
                "/boot/initrd.img-6.1.0-9-amd64 | ");
    assert_int_equal(f->menu.count, 4);
}

static void links_take_the_first_spelling(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/boot/vmlinuz", "/boot/initrd", "/boot/initrd.img", "/boot/vmlinuz.old",
        "/boot/initrd.old");
    find(f, NULL, NULL);
    check_entry(f, 0, 0, "/boot/vmlinuz | /boot/vmlinuz | /boot/initrd.img | ");
    check_entry(f, 0, 1, "/boot/vmlinuz.old | /boot/vmlinuz.old | /boot/initrd.old | ");
}

static void fedora_with_rescue_and_kdump(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/vmlinuz-0-rescue-2f5a", "/initramfs-0-rescue-2f5a.img",
        "/vmlinuz-6.5.6-300.fc39.x86_64", "/initramfs-6.5.6-300.fc39.x86_64.img",
        "/initramfs-6.5.6-300.fc39.x86_64kdump.img", "/vmlinuz-6.6.2-201.fc39.x86_64",
        "/initramfs-6.6.2-201.fc39.x86_64.img", "/.vmlinuz-6.6.2-201.fc39.x86_64.hmac");
    find(f, "rhlike", "x86_64");
    check_entry(f, 0, 0,
                "/vmlinuz-6.6.2-201.fc39.x86_64 | /vmlinuz-6.6.2-201.fc39.x86_64 | "
                "/initramfs-6.6.2-201.fc39.x86_64.img | ");
    check_entry(f, 0, 1,
                "/vmlinuz-6.5.6-300.fc39.x86_64 | /vmlinuz-6.5.6-300.fc39.x86_64 | "
                "/initramfs-6.5.6-300.fc39.x86_64.img | ");
    check_entry(
        f, 0, 2,
        "/vmlinuz-0-rescue-2f5a | /vmlinuz-0-rescue-2f5a | /initramfs-0-rescue-2f5a.img | ");
    assert_int_equal(f->menu.count, 3);
}

static void rescue_is_last_whatever_its_version(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/vmlinuz-9.9-rescue", "/vmlinuz-5.0", "/vmlinuz-6.0.old", "/vmlinuz-7.0-kdump");
    find(f, NULL, NULL);
    check_entry(f, 0, 0, "/vmlinuz-5.0 | /vmlinuz-5.0 | | ");
    assert_int_equal(f->menu.count, 4);
}

static void spellings_of_a_ramdisk(void **state)
{
    static const char *const pairs[][2] = {
        {"/boot/vmlinuz-1.0", "/boot/initrd.img-1.0"},
        {"/boot/vmlinuz-1.0", "/boot/initrd-1.0"},
        {"/boot/vmlinuz-1.0", "/boot/initrd-1.0.img"},
        {"/boot/vmlinuz-1.0", "/boot/initrd-1.0.gz"},
        {"/boot/vmlinuz-1.0", "/boot/initramfs-1.0.img"},
        {"/boot/vmlinux-1.0", "/boot/initramfs-1.0"},
        {"/boot/vmlinuz-linux", "/boot/initramfs-linux.img"},
        {"/boot/vmlinuz-lts", "/boot/initramfs-lts"},
        {"/vmlinuz-virt", "/initramfs-virt"},
        {"/boot/bzImage-1.0", "/boot/initramfs-genkernel-x86-1.0"},
        {"/boot/kernel-1.0-gentoo", "/boot/initramfs-1.0-gentoo.img"},
        {"/boot/kernel-genkernel-x86_64-1.0-gentoo", "/boot/initramfs-genkernel-x86_64-1.0-gentoo"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        struct fixture *f;
        auto_free char *expected =
            xasprintf("%s | %s | %s | ", pairs[i][0], pairs[i][0], pairs[i][1]);

        (void)state;
        fixture_setup((void **)&f);
        ADD(f, pairs[i][0], pairs[i][1], "/boot/initrd-2.0", "/boot/initramfs-1.0-other.img");
        find(f, NULL, NULL);
        check_entry(f, 0, 0, expected);
        fixture_teardown((void **)&f);
    }
}

static void arch_fallback_is_not_taken(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/boot/vmlinuz-linux", "/boot/initramfs-linux-fallback.img",
        "/boot/initramfs-linux.img");
    find(f, NULL, NULL);
    check_entry(f, 0, 0,
                "/boot/vmlinuz-linux | /boot/vmlinuz-linux | /boot/initramfs-linux.img | ");
    assert_int_equal(f->menu.count, 1);
}

static void no_ramdisk_of_another_version(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/boot/vmlinuz-2.0", "/boot/initrd.img-1.0", "/boot/initrd.img-2.0.bak", "/initrd-2.0");
    find(f, NULL, NULL);
    check_entry(f, 0, 0, "/boot/vmlinuz-2.0 | /boot/vmlinuz-2.0 | | ");
}

static void suse_vmlinux_beside_vmlinuz(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/boot/vmlinux-3.0.76-0.11-xen.gz", "/boot/vmlinuz-3.0.76-0.11-xen",
        "/boot/initrd-3.0.76-0.11-xen");
    find(f, NULL, NULL);
    check_entry(f, 0, 0,
                "/boot/vmlinuz-3.0.76-0.11-xen | /boot/vmlinuz-3.0.76-0.11-xen | "
                "/boot/initrd-3.0.76-0.11-xen | ");
}

/* As Leap 15.5 for arm64 has them. */
static void suse_for_arm(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/boot/Image", "/boot/initrd", "/boot/Image-5.14.21-default",
        "/boot/vmlinux-5.14.21-default.gz", "/boot/initrd-5.14.21-default",
        "/boot/Image-5.14.9-default", "/boot/initrd-5.14.9-default");
    find(f, "sleslike", "aarch64");
    check_entry(f, 0, 0, "/boot/Image | /boot/Image | /boot/initrd | ");
    check_entry(f, 0, 1,
                "/boot/Image-5.14.21-default | /boot/Image-5.14.21-default | "
                "/boot/initrd-5.14.21-default | ");
}

static void newest_of_both_directories(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/vmlinuz-2", "/vmlinuz-4", "/boot/vmlinuz-3", "/boot/vmlinuz-5", "/boot/vmlinuz-4");
    find(f, NULL, NULL);
    check_entry(f, 0, 0, "/boot/vmlinuz-5 | /boot/vmlinuz-5 | | ");
    check_entry(f, 0, 1, "/vmlinuz-4 | /vmlinuz-4 | | ");
    check_entry(f, 0, 2, "/boot/vmlinuz-4 | /boot/vmlinuz-4 | | ");
    check_entry(f, 0, 3, "/boot/vmlinuz-3 | /boot/vmlinuz-3 | | ");
    check_entry(f, 0, 4, "/vmlinuz-2 | /vmlinuz-2 | | ");
}

static void boot_program_for_xen(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/boot/xen/pvboot-x86_64.elf", "/boot/xen/pvboot-i386.elf", "/boot/vmlinuz-1");
    find(f, NULL, "x86_64");
    check_entry(f, 0, 0, "/boot/vmlinuz-1 | /boot/vmlinuz-1 | | ");
    check_entry(f, 0, 1, "/boot/xen/pvboot-x86_64.elf | /boot/xen/pvboot-x86_64.elf | | ");
    find(f, NULL, "i386");
    check_entry(f, 0, 1, "/boot/xen/pvboot-i386.elf | /boot/xen/pvboot-i386.elf | | ");
}

static void boot_program_on_a_boot_partition(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/xen/pvboot-i386.elf");
    find(f, NULL, "x86_64");
    check_entry(f, 0, 0, "/xen/pvboot-i386.elf | /xen/pvboot-i386.elf | | ");
    check_wanted(f, "0");
}

static void boot_that_links_to_itself(void **state)
{
    struct fixture *f = *state;

    /* What "boot -> ." looks like from outside. */
    ADD(f, "/vmlinuz-1", "/boot/vmlinuz-1", "/boot/boot/vmlinuz-1");
    find(f, NULL, NULL);
    assert_int_equal(f->menu.count, 1);
    check_entry(f, 0, 0, "/vmlinuz-1 | /vmlinuz-1 | | ");
}

static void names_without_a_version(void **state)
{
    struct fixture *f = *state;

    ADD(f, "/vmlinuz-", "/kernel-genkernel-", "/initrd-", "/vmlinuzx", "/xvmlinuz-1",
        "/vmlinux-.gz", "/Vmlinuz-1", "/vmlinuz-\xff");
    find(f, NULL, NULL);
    check_entry(f, 0, 0, "/kernel-genkernel- | /kernel-genkernel- | | ");
    assert_int_equal(f->menu.count, 3);
}

static void nothing_there(void **state)
{
    struct fixture *f = *state;

    add(f, "/etc/fstab");
    find(f, "sleslike", "x86_64");
    assert_int_equal(f->menu.count, 0);
    assert_int_equal(f->menu.wanted_count, 0);
    assert_int_equal(f->menu.problems.count, 0);
}

static void entries_go_behind_those_of_the_menu(void **state)
{
    struct fixture *f = *state;
    auto_error struct error err = ERROR_INIT;

    assert_non_null(menu_add(&f->menu));
    add(f, "/vmlinuz-1");
    assert_int_equal(wellknown_find(&f->guest, 0, NULL, NULL, &f->menu, &err), 0);
    check_entry(f, 0, 1, "/vmlinuz-1 | /vmlinuz-1 | | ");
    assert_string_equal(f->menu.entries[1].index, "0");
    check_wanted(f, "1");
}

/* --- bounds -------------------------------------------------------------------------------- */

static void number_of_kernels(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 1; i <= WELLKNOWN_KERNELS_MAX + 1; i++) {
        auto_free char *path = xasprintf("/boot/vmlinuz-5.%zu", i);
        auto_free char *first = xasprintf("%s | %s | | ", path, path);

        add(f, path);
        if (i < WELLKNOWN_KERNELS_MAX - 1)
            continue;
        find(f, NULL, NULL);
        assert_int_equal(f->menu.count, i < WELLKNOWN_KERNELS_MAX ? i : WELLKNOWN_KERNELS_MAX);
        check_entry(f, 0, 0, first);
    }
}

static void number_of_ramdisks(void **state)
{
    struct fixture *f = *state;

    /* Newer ramdisks without a kernel crowd out the kernel's own at the bound only. */
    ADD(f, "/boot/vmlinuz-1", "/boot/initrd-1");
    for (size_t others = 1; others <= WELLKNOWN_RAMDISKS_MAX; others++) {
        auto_free char *path = xasprintf("/boot/initrd-2.%zu", others);

        add(f, path);
        if (others < WELLKNOWN_RAMDISKS_MAX - 2)
            continue;
        find(f, NULL, NULL);
        assert_int_equal(f->menu.entries[0].ramdisk_count, others < WELLKNOWN_RAMDISKS_MAX ? 1 : 0);
    }
}

/* What a directory of many names is made of: COUNT times "x", then a kernel. */
struct crowd {
    size_t count, lists;
};

static int crowd_list(struct volume *volume, const char *path,
                      bool (*each)(void *context, const char *name), void *context,
                      struct error *err)
{
    struct crowd *crowd = volume->state;
    bool more = true;

    (void)err;
    if (strcmp(path, "/boot") != 0)
        return 0;
    crowd->lists++;
    for (size_t i = 0; more && i < crowd->count; i++) {
        char name[32];

        snprintf(name, sizeof name, "vmlinuz-1.%zu", i);
        more = each(context, name);
    }
    if (more)
        each(context, "vmlinuz");
    return 1;
}

static int crowd_status(struct volume *volume, const char *path, struct file_status *status,
                        struct error *err)
{
    (void)volume;
    (void)path;
    (void)status;
    (void)err;
    return 0;
}

static void number_of_names(void **state)
{
    static const struct filesystem crowd_fs = {
        .name = "crowd", .list = crowd_list, .status = crowd_status};
    struct fixture *f = *state;
    const struct volume saved = f->guest.volumes[0];

    for (size_t names = WELLKNOWN_NAMES_MAX - 1; names <= WELLKNOWN_NAMES_MAX + 1; names++) {
        struct crowd crowd = {names - 1, 0};

        f->guest.volumes[0].filesystem = &crowd_fs;
        f->guest.volumes[0].state = &crowd;
        find(f, NULL, NULL);
        f->guest.volumes[0] = saved;
        assert_int_equal(crowd.lists, 1);
        assert_int_equal(has_problem(&f->menu, "more than 100000 names"),
                         names > WELLKNOWN_NAMES_MAX);
        assert_string_equal(f->menu.entries[0].title, names > WELLKNOWN_NAMES_MAX
                                                          ? "/boot/vmlinuz-1.99999"
                                                          : "/boot/vmlinuz");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(sles_x86_64),
        fixture_test(sles_i386),
        fixture_test(root_before_boot),
        fixture_test(family_decides_who_is_first),
        fixture_test(debian_links),
        fixture_test(links_take_the_first_spelling),
        fixture_test(fedora_with_rescue_and_kdump),
        fixture_test(rescue_is_last_whatever_its_version),
        fixture_test(spellings_of_a_ramdisk),
        fixture_test(arch_fallback_is_not_taken),
        fixture_test(no_ramdisk_of_another_version),
        fixture_test(suse_vmlinux_beside_vmlinuz),
        fixture_test(suse_for_arm),
        fixture_test(newest_of_both_directories),
        fixture_test(boot_program_for_xen),
        fixture_test(boot_program_on_a_boot_partition),
        fixture_test(boot_that_links_to_itself),
        fixture_test(names_without_a_version),
        fixture_test(nothing_there),
        fixture_test(entries_go_behind_those_of_the_menu),
        fixture_test(number_of_kernels),
        fixture_test(number_of_ramdisks),
        fixture_test(number_of_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
