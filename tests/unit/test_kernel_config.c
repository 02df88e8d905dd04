/* What a kernel's configuration says of Xen, and where it is looked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fsprobe/kernel_config.h"
#include "tests/unit/guest_memory.h"

static void check(const char *text, const char *version, bool pv, bool pvh, int line)
{
    struct kernel_config config = {.path = NULL};

    if (!kernel_config_parse(text, strlen(text), version, &config))
        fail_msg("line %d: it is none", line);
    if (config.pv != pv || config.pvh != pvh)
        fail_msg("line %d: pv %d, pvh %d", line, config.pv, config.pvh);
}
#define says(text, pv, pvh) check(text, "6.1", pv, pvh, __LINE__)

static void kernels_of_today(void **state)
{
    (void)state;
    says("CONFIG_XEN=y\nCONFIG_XEN_PV=y\nCONFIG_XEN_PVH=y\n", true, true);
    says("CONFIG_XEN=y\n# CONFIG_XEN_PV is not set\nCONFIG_XEN_PVHVM=y\nCONFIG_XEN_PVH=y", false,
         true);
    says("CONFIG_XEN=y\nCONFIG_XEN_PV=y\n# CONFIG_XEN_PVH is not set\n", true, false);
    says("CONFIG_64BIT=y\n# CONFIG_XEN is not set\n", false, false);
    says("CONFIG_64BIT=y\n", false, false);
}

static void kernels_before_the_switch(void **state)
{
    (void)state;
    says("CONFIG_XEN=y\nCONFIG_XEN_DOM0=y\n", true, false);
    says("CONFIG_X86_XEN=y\n", true, false);
    says("CONFIG_X86_64_XEN=y", true, false);
    says("CONFIG_PARAVIRT_XEN=y\n", true, false);
    check("CONFIG_64BIT=y\n", "2.6.16.60-0.21-xen", true, false, __LINE__);
    check("CONFIG_64BIT=y\n", "2.6.18-8.el5xen", true, false, __LINE__);
    check("CONFIG_64BIT=y\n", "6.1-xenial-1", true, false, __LINE__);
}

/* Other names, values and comments that hold the letters. */
static void what_is_not_meant(void **state)
{
    (void)state;
    says("CONFIG_NOT_CONFIG_XEN_PV=y\nCONFIG_XEN_PV_DOM0=y\n", false, false);
    says("CONFIG_XEN_PV=m\nCONFIG_XEN_PVH=\"y\"\n", false, false);
    says("# CONFIG_XEN_PV=y\nCONFIG_XEN_PVH\n", false, false);
    says("#CONFIG_XEN=y XEN XEN\nCONFIG_XEN_PV=y", true, false);
}

static void what_is_no_configuration(void **state)
{
    struct kernel_config config = {.path = NULL};

    (void)state;
    assert_false(kernel_config_parse("", 0, "6.1", &config));
    assert_false(kernel_config_parse("XEN_PV=y\n", 9, "6.1", &config));
}

/* They say nothing of the two kinds that there are on x86. */
static void kernels_for_arm(void **state)
{
    static const char arm[] =
        "# Linux/arm64 6.1 Kernel Configuration\nCONFIG_ARM64=y\nCONFIG_XEN=y\n";
    struct kernel_config config = {.path = NULL};

    (void)state;
    assert_false(kernel_config_parse(arm, strlen(arm), "6.1", &config));
    says("# CONFIG_ARM64=y\nCONFIG_ARM64=m\nXCONFIG_ARM64=y\nCONFIG_XEN=y\n", true, false);
}

/* KERNEL, with a configuration at CONFIG, which is found or not. */
static void check_place(const char *kernel, const char *path, bool found, int line)
{
    struct guest guest;
    struct kernel_config config;

    memory_guest(&guest);
    memory_volume_add(&guest, NULL, NULL);
    memory_file(&guest, 0, path, "CONFIG_XEN_PV=y\n");
    auto_free char *copy = xstrdup(kernel);
    kernel_config_read(&guest, &(struct boot_file){.path = copy}, NULL, &config);
    if (found != (config.path != NULL) || (found && strcmp(config.path, path) != 0))
        fail_msg("line %d: %s", line, config.path ? config.path : "none");
    assert_int_equal(config.pv, found);
    kernel_config_free(&config);
    memory_guest_free(&guest);
}
#define found_at(kernel, path)     check_place(kernel, path, true, __LINE__)
#define not_found_at(kernel, path) check_place(kernel, path, false, __LINE__)

static void places(void **state)
{
    (void)state;
    found_at("/boot/vmlinuz-6.1-a", "/boot/config-6.1-a");
    found_at("/boot/vmlinux-6.1-a", "/boot/config-6.1-a");
    found_at("/boot/kernel-6.1", "/config-6.1");
    found_at("/boot/bzImage-6.1", "/usr/lib/modules/6.1/config");
    found_at("/vmlinuz-6.1", "/lib/modules/6.1/config");
    found_at("/vmlinuz-6.1", "/config-6.1");
    not_found_at("/boot/vmlinuz-6.1", "/boot/config-6.2");
    not_found_at("/boot/vmlinuz", "/boot/config-");
    not_found_at("/boot/vmlinuz-", "/boot/config-");
    not_found_at("/boot/linux-6.1", "/boot/config-6.1");
}

/* A kernel on an ESP: what its entry calls it, on any filesystem. */
static void by_version(void **state)
{
    static const struct {
        const char *kernel, *section, *version, *found;
    } cases[] = {
        {"/linux", NULL, "6.1", "/usr/lib/modules/6.1/config"},
        {"/EFI/Linux/vmlinuz-5.4", ".linux", "6.1", "/usr/lib/modules/6.1/config"},
        {"/linux", NULL, "6.2", "/boot/config-6.2"},
        {"/linux", NULL, "../../../boot/6.1", NULL},
        {"/linux", NULL, "6.1 x", NULL},
        {"/linux", NULL, "", NULL},
        {"/linux", NULL, NULL, NULL},
        {"/vmlinuz-5.4", NULL, "6.1", NULL},
    };
    struct guest guest;

    (void)state;
    memory_guest(&guest);
    for (int i = 0; i < 3; i++)
        memory_volume_add(&guest, NULL, NULL);
    memory_file(&guest, 1, "/usr/lib/modules/6.1/config", "CONFIG_XEN_PV=y\n");
    memory_file(&guest, 1, "/boot/6.1", "CONFIG_XEN_PV=y\n");
    memory_file(&guest, 2, "/boot/config-6.2", "CONFIG_XEN_PVH=y\n");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_free char *path = xstrdup(cases[i].kernel);
        const struct boot_file kernel = {.path = path, .section = cases[i].section};
        struct kernel_config config;

        kernel_config_read(&guest, &kernel, cases[i].version, &config);
        assert_int_equal(config.path != NULL, cases[i].found != NULL);
        if (config.path)
            assert_string_equal(config.path, cases[i].found);
        kernel_config_free(&config);
    }
    memory_guest_free(&guest);
}

/* One as large as may be is read; of a larger one nothing is believed. */
static void sizes(void **state)
{
    auto_free char *text = xcalloc(1, GUEST_CONFIG_MAX + 2);
    struct guest guest;
    struct kernel_config config;
    char path[] = "/vmlinuz-1";

    (void)state;
    memory_guest(&guest);
    memory_volume_add(&guest, NULL, NULL);
    memset(text, '\n', GUEST_CONFIG_MAX);
    memcpy(text, "CONFIG_XEN_PV=y\n", 16);
    memory_file(&guest, 0, "/config-1", text);
    kernel_config_read(&guest, &(struct boot_file){.path = path}, NULL, &config);
    assert_non_null(config.path);
    kernel_config_free(&config);
    text[GUEST_CONFIG_MAX] = '\n';
    memory_file(&guest, 0, "/config-1", text);
    kernel_config_read(&guest, &(struct boot_file){.path = path}, NULL, &config);
    assert_null(config.path);
    memory_guest_free(&guest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_of_today),  cmocka_unit_test(kernels_before_the_switch),
        cmocka_unit_test(what_is_not_meant), cmocka_unit_test(what_is_no_configuration),
        cmocka_unit_test(kernels_for_arm),   cmocka_unit_test(places),
        cmocka_unit_test(by_version),        cmocka_unit_test(sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
