/* Which entry on which volume is booted. Configurations are GRUB legacy's, for their brevity.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/kernel_magic.h"
#include "fsprobe/choose.h"
#include "tests/unit/guest_memory.h"

#define VOLUMES 3

struct fixture {
    struct guest guest;
    struct choice choice;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    memory_guest(&f->guest);
    for (int i = 0; i < VOLUMES; i++)
        memory_volume_add(&f->guest, NULL, NULL);
    f->guest.disk_count = 1;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    choice_free(&f->choice);
    memory_guest_free(&f->guest);
    free(f);
    return 0;
}

static void put_kernel(struct fixture *f, size_t volume, const char *path)
{
    memory_file_bytes(&f->guest, volume, path, "\177ELF kernel", 11);
}

static void run(struct fixture *f)
{
    const struct choose_request request = {.arch = "x86_64"};

    choose(&f->guest, &request, &f->choice);
}

static void check_boot(struct fixture *f, size_t volume, const char *kernel, int line)
{
    const struct entry *entry = &f->choice.menu.entries[f->choice.boot];

    if (f->choice.found && entry->kernel.volume == volume &&
        strcmp(entry->kernel.path, kernel) == 0)
        return;
    print_error("found %d: %s on volume %zu\n", f->choice.found,
                f->choice.found ? entry->kernel.path : "-",
                f->choice.found ? entry->kernel.volume : 0);
    for (size_t i = 0; i < f->choice.menu.problems.count; i++)
        print_error("problem: %s\n", f->choice.menu.problems.texts[i]);
    _fail(__FILE__, line);
}
#define boots(f, volume, kernel) check_boot(f, volume, kernel, __LINE__)

static void check_problem(struct fixture *f, const char *text, int line)
{
    for (size_t i = 0; i < f->choice.menu.problems.count; i++)
        if (strstr(f->choice.menu.problems.texts[i], text))
            return;
    for (size_t i = 0; i < f->choice.menu.problems.count; i++)
        print_error("problem: %s\n", f->choice.menu.problems.texts[i]);
    print_error("expected a problem: %s\n", text);
    _fail(__FILE__, line);
}
#define has_problem(f, text) check_problem(f, text, __LINE__)

/* What is said of what is booted. */
static void instead(struct fixture *f, const char *text)
{
    assert_non_null(f->choice.instead);
    assert_string_equal(f->choice.instead, text);
    assert_null(f->choice.cause);
}

/* Nothing boots, for that reason, which is a problem, too. */
static void check_failure(struct fixture *f, const char *text, int line)
{
    if (f->choice.found || !f->choice.cause || strcmp(f->choice.cause, text) != 0) {
        print_error("%s: %s\n", f->choice.found ? "found" : "cause",
                    f->choice.cause ? f->choice.cause : "none");
        _fail(__FILE__, line);
    }
    assert_null(f->choice.instead);
    check_problem(f, text, line);
}
#define fails(f, text) check_failure(f, text, __LINE__)

static void again(struct fixture *f)
{
    choice_free(&f->choice);
    f->choice = (struct choice){.found = false};
    run(f);
}

static void first_volume_that_has_one(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 1, "/boot/grub/menu.lst", "title a\nkernel /a\n");
    put_kernel(f, 1, "/a");
    memory_file(&f->guest, 2, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 2, "/b");
    run(f);
    boots(f, 1, "/a");
    assert_true(f->choice.is_default[f->choice.boot]);
    assert_int_equal(f->choice.menu.problems.count, 0);
    assert_null(f->choice.instead);
    assert_null(f->choice.cause);
}

/* What is not read may be what says which entry is the default. */
static void configuration_that_is_cut(void **state)
{
    static const char menu[] = "title a\nkernel /a\n";
    struct fixture *f = *state;

    put_kernel(f, 1, "/a");
    for (size_t size = GUEST_CONFIG_MAX - 1; size <= GUEST_CONFIG_MAX + 1; size++) {
        auto_free char *text = xmalloc(size + 1);
        memset(text, '#', size);
        for (size_t i = 1000; i < size; i += 1000)
            text[i] = '\n';
        memcpy(text, menu, strlen(menu));
        text[size] = '\0';
        memory_file(&f->guest, 1, "/boot/grub/menu.lst", text);
        again(f);
        if (size <= GUEST_CONFIG_MAX)
            boots(f, 1, "/a");
        else
            assert_true(strstr(f->choice.cause, "is larger than 1048576 bytes"));
        assert_int_equal(f->choice.found, size <= GUEST_CONFIG_MAX);
    }
}

static void active_partition_comes_first(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /a\n");
    put_kernel(f, 0, "/a");
    memory_file(&f->guest, 2, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 2, "/b");
    f->guest.volumes[2].active = true;
    run(f);
    boots(f, 2, "/b");
}

/* GPT has no such mark; what libblkid calls flags is something else there. */
static void active_means_nothing_in_a_gpt(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /a\n");
    put_kernel(f, 0, "/a");
    memory_file(&f->guest, 2, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 2, "/b");
    f->guest.volumes[2].active = true;
    f->guest.volumes[2].gpt = true;
    run(f);
    boots(f, 0, "/a");
}

static void second_disk_comes_second(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 1, "/boot/grub/menu.lst", "title a\nkernel /a\n");
    put_kernel(f, 1, "/a");
    memory_file(&f->guest, 2, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 2, "/b");
    f->guest.volumes[2].disk = 1;
    f->guest.volumes[2].active = true;
    f->guest.disk_count = 2;
    run(f);
    boots(f, 1, "/a");
}

/* What the boot program itself would not go on to is nobody's choice. */
static void no_other_entry_than_the_default(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst",
                "title first\nkernel /gone\ntitle second\nkernel /there\n");
    put_kernel(f, 0, "/there");
    run(f);
    fails(f, "partition 1: the default entry \"first\" of /boot/grub/menu.lst cannot be booted: "
             "/gone is not there");
    assert_false(f->choice.settled);
}

static void fallback_of_grub_legacy(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst",
                "default 0\nfallback 2 1\ntitle a\nkernel /a\ntitle b\nkernel /b\n"
                "title c\nkernel /c\n");
    put_kernel(f, 0, "/b");
    put_kernel(f, 0, "/c");
    run(f);
    boots(f, 0, "/c");
    instead(f,
            "partition 1: the default entry \"a\" of /boot/grub/menu.lst cannot be booted: /a is "
            "not there; the next one, \"c\", is booted instead");
    assert_false(f->choice.is_default[f->choice.boot]);
    has_problem(f, f->choice.instead);
}

static void fallback_of_a_fallback(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst",
                "default 0\nfallback 2 1\ntitle a\nkernel /a\ntitle b\nkernel /b\n"
                "title c\nkernel /c\n");
    put_kernel(f, 0, "/b");
    run(f);
    boots(f, 0, "/b");
    instead(f,
            "partition 1: the default entry \"a\" of /boot/grub/menu.lst cannot be booted: /a is "
            "not there; the next one, \"b\", is booted instead");
    has_problem(f, "the next entry \"c\" of /boot/grub/menu.lst cannot be booted: /c is not there");
}

#define GRUB2_AB                                   \
    "menuentry a { linux /a\n initrd /a.img\n }\n" \
    "menuentry b { linux /b }\n"

/* GRUB 2 goes on where a kernel is missing or none. Where a ramdisk is missing it would boot
 * without, which nobody means: nothing is booted. */
static void fallback_of_grub2(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/grub.cfg", "set fallback=1\n" GRUB2_AB);
    put_kernel(f, 0, "/b");
    memory_file(&f->guest, 0, "/a.img", "r");
    run(f);
    boots(f, 0, "/b");
    memory_file(&f->guest, 0, "/a", "#!/bin/sh\n");
    again(f);
    boots(f, 0, "/b");
    instead(f,
            "partition 1: the default entry \"a\" of /boot/grub/grub.cfg cannot be booted: /a is "
            "not a kernel: it is none of " KERNEL_FORMS "; the next one, \"b\", is booted "
            "instead");
}

static void no_fallback_for_a_ramdisk(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/grub.cfg", "set fallback=1\n" GRUB2_AB);
    put_kernel(f, 0, "/a");
    put_kernel(f, 0, "/b");
    run(f);
    fails(f, "partition 1: the default entry \"a\" of /boot/grub/grub.cfg cannot be booted: its "
             "ramdisk cannot be used: /a.img is not there");
}

/* A default of which it is not known here what it boots has no fallback either. */
static void no_fallback_for_another_loader(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/grub.cfg",
                "set fallback=1\nmenuentry memtest { chainloader /memtest }\n"
                "menuentry b { linux /b }\n");
    put_kernel(f, 0, "/b");
    run(f);
    fails(f, "partition 1: /boot/grub/grub.cfg: the default entry 'memtest' names no Linux kernel");
}

/* The cause stands behind it. */
static void default_on_an_unknown_device(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/grub.cfg",
                "menuentry k3os {\nloopback loop0 /k.squashfs\nlinux (loop0)/vmlinuz\n}\n");
    memory_file(&f->guest, 0, "/k.squashfs", "hsqs");
    put_kernel(f, 0, "/vmlinuz");
    run(f);
    fails(f,
          "partition 1: /boot/grub/grub.cfg: the default entry 'k3os' names no Linux kernel: "
          "/boot/grub/grub.cfg line 3: the guest has no device (loop0), where /vmlinuz would be");
}

static void onerror_of_syslinux(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/extlinux.conf",
                "default a\nonerror b\nlabel a\nlinux /a\nlabel b\nlinux /b\nappend ro\n");
    put_kernel(f, 0, "/b");
    run(f);
    boots(f, 0, "/b");
    assert_string_equal(f->choice.menu.entries[f->choice.boot].args, "ro a");
    instead(f, "partition 1: the default entry \"a\" of /extlinux.conf cannot be booted: /a is not "
               "there; the next one, \"b\", is booted instead");
}

static void no_default_of_syslinux(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/extlinux.conf", "label a\nlinux /a\nlabel b\nlinux /b\n");
    put_kernel(f, 0, "/a");
    put_kernel(f, 0, "/b");
    run(f);
    boots(f, 0, "/a");
    instead(f, "partition 1: /extlinux.conf names no default; its first entry \"a\" is booted");
    assert_false(f->choice.is_default[f->choice.boot]);
}

/* systemd-boot shows no entry whose kernel is not there; with a file that is none it ends. */
static void next_of_systemd_boot(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/loader/entries/b-2.conf", "title Two\nlinux /two\n");
    memory_file(&f->guest, 0, "/loader/entries/b-1.conf", "title One\nlinux /one\n");
    put_kernel(f, 0, "/one");
    run(f);
    boots(f, 0, "/one");
    instead(f,
            "partition 1: the default entry \"Two\" of /loader/entries/b-2.conf cannot be booted: "
            "/two is not there; the next one, \"One\", is booted instead");
    memory_file(&f->guest, 0, "/two", "text");
    again(f);
    fails(f, "partition 1: the default entry \"Two\" of /loader/entries/b-2.conf cannot be booted: "
             "/two is not a kernel: it is none of " KERNEL_FORMS "");
}

/* An ESP, the XBOOTLDR partition beside it, and a root filesystem. */
static void make_esp(struct fixture *f)
{
    f->guest.volumes[0].purpose = PURPOSE_ESP;
    f->guest.volumes[1].purpose = PURPOSE_XBOOTLDR;
    memory_file(&f->guest, 0, "/loader/entries/a.conf", "title A\nlinux /a\n");
}

static void systemd_boot_of_two_partitions(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    put_kernel(f, 0, "/a");
    put_kernel(f, 1, "/b");
    memory_file(&f->guest, 1, "/loader/entries/b.conf", "title B\nlinux /b\n");
    run(f);
    boots(f, 1, "/b");
    /* GRUB on the partition with the kernels: its menu is asked before */
    memory_file(&f->guest, 1, "/grub2/grub.cfg", "menuentry x { linux /c\n }\n");
    put_kernel(f, 1, "/c");
    again(f);
    boots(f, 1, "/c");
}

static void empty_systemd_boot_decides_nothing(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    put_kernel(f, 2, "/boot/vmlinuz-6.1");
    run(f);
    fails(f, "partition 2: no entry of systemd-boot's menu has a kernel that is there, \"A\" not");
    memory_file(&f->guest, 2, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 2, "/b");
    again(f);
    boots(f, 2, "/b");
}

static void grub_of_the_esp_comes_last(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    f->guest.volumes[1].purpose = PURPOSE_OTHER;
    put_kernel(f, 0, "/a");
    memory_file(&f->guest, 0, "/EFI/debian/grub.cfg", "menuentry x { linux /esp\n }\n");
    put_kernel(f, 0, "/esp");
    run(f);
    boots(f, 0, "/esp");
    memory_file(&f->guest, 2, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 2, "/b");
    again(f);
    boots(f, 2, "/b");
    memory_file(&f->guest, 0, "/loader/loader.conf", "timeout 3\n");
    again(f);
    boots(f, 0, "/a");
}

static void directory_is_no_kernel(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /a\n");
    memory_file(&f->guest, 0, "/a/file", "x");
    run(f);
    assert_false(f->choice.found);
    has_problem(f, "/a is not a regular file");
}

static void text_is_no_kernel(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /a\n");
    memory_file(&f->guest, 0, "/a", "#!/bin/sh\n");
    run(f);
    assert_false(f->choice.found);
    has_problem(f, "/a is not a kernel");
}

/* The first configuration that says anything decides: the next one is another's. */
static void no_other_configuration(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/extlinux/extlinux.conf", "default a\nlabel a\nkernel /gone\n");
    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    memory_file(&f->guest, 1, "/boot/grub/menu.lst", "title c\nkernel /c\n");
    put_kernel(f, 0, "/b");
    put_kernel(f, 1, "/c");
    run(f);
    fails(f,
          "partition 1: the default entry \"a\" of /boot/extlinux/extlinux.conf cannot be booted: "
          "/gone is not there");
}

static void a_configuration_that_says_nothing(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/grub.cfg", "# written by nobody\nset timeout=5\n");
    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 0, "/b");
    run(f);
    boots(f, 0, "/b");
    has_problem(f, "/boot/grub/grub.cfg has no entry with a kernel");
}

/* Alone it is a configuration all the same: no name is guessed. */
static void nothing_but_an_empty_configuration(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/grub.cfg", "");
    put_kernel(f, 0, "/boot/vmlinuz");
    run(f);
    fails(f, "partition 1: /boot/grub/grub.cfg has no entry with a kernel");
}

/* What cannot be followed might be anything. */
static void a_configuration_that_is_not_understood(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/grub.cfg", "make_menu\n");
    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 0, "/b");
    run(f);
    fails(f,
          "partition 1: /boot/grub/grub.cfg has no entry with a kernel: /boot/grub/grub.cfg line "
          "1: there is no command 'make_menu'");
}

static void extlinux_before_grub_legacy(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/extlinux/extlinux.conf", "default a\nlabel a\nkernel /a\n");
    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 0, "/a");
    put_kernel(f, 0, "/b");
    run(f);
    boots(f, 0, "/a");
}

static void loader_entries_without_a_grub_cfg(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/loader/entries/one.conf",
                "title One\nversion 1\nlinux /a\noptions $kernelopts\n");
    put_kernel(f, 0, "/a");
    run(f);
    boots(f, 0, "/a");
}

static void missing_ramdisk(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /a\ninitrd /gone.img\n");
    put_kernel(f, 0, "/a");
    run(f);
    fails(f, "partition 1: the default entry \"a\" of /boot/grub/menu.lst cannot be booted: its "
             "ramdisk cannot be used: /gone.img is not there");
}

/* Its own program would boot it: no fallback takes its place. */
static void dirty_arguments(struct fixture *f, const char *args)
{
    auto_free char *text =
        xasprintf("fallback 1\ntitle a\nkernel /a %s\ntitle b\nkernel /b ok\n", args);

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", text);
    put_kernel(f, 0, "/a");
    put_kernel(f, 0, "/b");
    again(f);
    fails(f, "partition 1: the default entry \"a\" of /boot/grub/menu.lst cannot be booted: its "
             "paths or arguments hold control characters, or are not UTF-8");
}
static void dirty_arguments_are_never_chosen(void **state)
{
    dirty_arguments(*state, "one\x1b[2Jtwo");
    dirty_arguments(*state, "\x7f");
    dirty_arguments(*state, "\xff");
    dirty_arguments(*state, "\x9b"
                            "31mred");
    dirty_arguments(*state, "\xc2\x9b"
                            "31mred");
    dirty_arguments(*state, "x\xc2\x85kernel /etc/shadow");
}

/* What is on a volume that nobody reads is not taken from elsewhere. */
static void kernel_on_an_unreadable_volume(void **state)
{
    struct fixture *f = *state;
    struct volume *locked = &f->guest.volumes[1];
    const struct filesystem *filesystem = locked->filesystem;

    memory_file(&f->guest, 0, "/boot/grub/grub.cfg",
                "set fallback=1\nmenuentry a { set root=hd0,2\n linux /vmlinuz-1\n }\n"
                "menuentry b { linux /b }\n");
    put_kernel(f, 0, "/b");
    put_kernel(f, 0, "/vmlinuz-1");
    locked->filesystem = NULL;
    replace_string(&locked->type, xstrdup("crypto_LUKS"));
    run(f);
    locked->filesystem = filesystem;
    assert_false(f->choice.found);
    assert_true(f->choice.settled);
    assert_non_null(strstr(f->choice.cause,
                           "partition 1: the default entry \"a\" of /boot/grub/grub.cfg cannot be "
                           "booted: /vmlinuz-1 is on partition 2, which is encrypted (LUKS)"));
}

/* Any configuration of any volume before the well-known names of the first. */
static void wellknown_names_come_last(void **state)
{
    struct fixture *f = *state;

    put_kernel(f, 0, "/boot/vmlinuz-6.1");
    memory_file(&f->guest, 2, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 2, "/b");
    run(f);
    boots(f, 2, "/b");
}

static void wellknown_names(void **state)
{
    struct fixture *f = *state;

    put_kernel(f, 1, "/boot/vmlinuz-6.1");
    run(f);
    boots(f, 1, "/boot/vmlinuz-6.1");
    instead(f,
            "partition 2: there is no boot configuration; the kernel /boot/vmlinuz-6.1 is booted "
            "by its well-known name, without arguments");
    assert_false(f->choice.is_default[f->choice.boot]);
}

/* A configuration that boots nothing, and a kernel by its name. */
static void broken_and_wellknown(struct fixture *f)
{
    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /gone root=/dev/xvda1\n");
    put_kernel(f, 1, "/boot/vmlinuz");
}

static const char broken[] =
    "partition 1: the default entry \"a\" of /boot/grub/menu.lst cannot be "
    "booted: /gone is not there";
static const char by_name[] =
    "partition 1: the default entry \"a\" of /boot/grub/menu.lst cannot be "
    "booted: /gone is not there; the kernel /boot/vmlinuz of partition 2 "
    "is booted by its well-known name, without arguments";

static void no_wellknown_names_beside_a_configuration(void **state)
{
    struct fixture *f = *state;

    broken_and_wellknown(f);
    run(f);
    fails(f, broken);
}

static void wellknown_names_for_sles(void **state)
{
    struct fixture *f = *state;
    const struct choose_request suse = {.family = "sleslike", .arch = "x86_64"};
    const struct choose_request debian = {.family = "debianlike", .arch = "x86_64"};

    broken_and_wellknown(f);
    choose(&f->guest, &suse, &f->choice);
    boots(f, 1, "/boot/vmlinuz");
    instead(f, by_name);
    choice_free(&f->choice);
    f->choice = (struct choice){.found = false};
    choose(&f->guest, &debian, &f->choice);
    fails(f, broken);
}

static void wellknown_names_by_request(void **state)
{
    struct fixture *f = *state;
    const struct choose_request request = {.well_known = true};

    broken_and_wellknown(f);
    choose(&f->guest, &request, &f->choice);
    boots(f, 1, "/boot/vmlinuz");
    instead(f, by_name);
}

/* They change nothing where the configuration boots. */
static void wellknown_names_not_needed(void **state)
{
    struct fixture *f = *state;
    const struct choose_request request = {.family = "sleslike", .well_known = true};

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /a\n");
    put_kernel(f, 0, "/a");
    put_kernel(f, 0, "/boot/vmlinuz-xen");
    choose(&f->guest, &request, &f->choice);
    boots(f, 0, "/a");
    assert_null(f->choice.instead);
}

/* A filesystem that is damaged may hold the configuration. */
static void no_wellknown_names_beside_damage(void **state)
{
    struct fixture *f = *state;
    struct volume *damaged = &f->guest.volumes[0];
    const struct filesystem *filesystem = damaged->filesystem;

    put_kernel(f, 1, "/boot/vmlinuz");
    damaged->filesystem = NULL;
    replace_string(&damaged->type, xstrdup("ext4"));
    run(f);
    damaged->filesystem = filesystem;
    fails(f, "partition 1 may hold the boot configuration, and its filesystem (ext4) cannot be "
             "opened");
}

static void entry_that_was_asked_for(void **state)
{
    struct fixture *f = *state;
    struct choose_request request = {.select = {.entry = "1"}};

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /a\ntitle b\nkernel /b\n");
    put_kernel(f, 0, "/a");
    put_kernel(f, 0, "/b");
    choose(&f->guest, &request, &f->choice);
    instead(f, "partition 1: \"b\" of /boot/grub/menu.lst is booted, as was asked for, and not its "
               "default, \"a\"");
    choice_free(&f->choice);
    f->choice = (struct choice){.found = false};
    request.select.entry = "0";
    choose(&f->guest, &request, &f->choice);
    boots(f, 0, "/a");
    assert_null(f->choice.instead);
}

static void kernel_that_was_asked_for(void **state)
{
    struct fixture *f = *state;
    const struct choose_request request = {.select = {.kernel = "/b"}};

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /a\n");
    put_kernel(f, 0, "/a");
    put_kernel(f, 1, "/b");
    choose(&f->guest, &request, &f->choice);
    boots(f, 1, "/b");
    instead(f, "partition 2: the kernel /b is booted, as was asked for, and no boot configuration "
               "was read");
}

/* A title or a path may be as long as it likes: what is wrong is said. */
static void long_titles(struct fixture *f, size_t length, const char *end)
{
    auto_free char *title = xmalloc(length + 1);

    memset(title, 'x', length);
    title[length] = '\0';
    auto_free char *text = xasprintf("title %s\nkernel /gone\n", title);
    auto_free char *expected =
        xasprintf("partition 1: the default entry \"%.*s%s\" of /boot/grub/menu.lst cannot be "
                  "booted: /gone is not there",
                  VERDICT_SHOWN_MAX, title, end);
    memory_file(&f->guest, 0, "/boot/grub/menu.lst", text);
    again(f);
    fails(f, expected);
}
static void long_title(void **state)
{
    long_titles(*state, VERDICT_SHOWN_MAX - 1, "");
    long_titles(*state, VERDICT_SHOWN_MAX, "");
    long_titles(*state, VERDICT_SHOWN_MAX + 1, "…");
}

/* A Btrfs whose default subvolume is that of SUSE's first snapshot. */
static int default_subvolume(struct volume *volume, uint64_t id, struct buffer *out,
                             struct error *err)
{
    (void)volume;
    (void)err;
    assert_int_equal(id, 0);
    return buffer_add_text(out, "/@/.snapshots/1/snapshot") ? 1 : -1;
}

static int top_subvolume(struct volume *volume, uint64_t id, struct buffer *out, struct error *err)
{
    (void)volume;
    (void)id;
    (void)out;
    (void)err;
    return 1;
}

#define SNAPSHOT "/@/.snapshots/1/snapshot"

static void subvolumes(void **state)
{
    struct fixture *f = *state;
    const struct filesystem *filesystem = f->guest.volumes[0].filesystem;
    struct filesystem btrfs = *filesystem;

    f->guest.volumes[0].filesystem = &btrfs;
    btrfs.subvolume = default_subvolume;
    memory_file(&f->guest, 0, SNAPSHOT "/boot/grub2/grub.cfg",
                "menuentry s { linux /boot/vmlinuz }\n");
    memory_file(&f->guest, 0, "/boot/grub/grub.cfg", "menuentry t { linux /boot/vmlinuz }\n");
    memory_file(&f->guest, 0, "/@/boot/grub/grub.cfg", "menuentry a { linux /@/boot/vmlinuz }\n");
    memory_file(&f->guest, 0, "/root/boot/grub/grub.cfg",
                "menuentry r { linux /root/boot/vmlinuz }\n");
    put_kernel(f, 0, SNAPSHOT "/boot/vmlinuz");
    put_kernel(f, 0, "/boot/vmlinuz");
    put_kernel(f, 0, "/@/boot/vmlinuz");
    put_kernel(f, 0, "/root/boot/vmlinuz");
    again(f);
    boots(f, 0, SNAPSHOT "/boot/vmlinuz");
    btrfs.subvolume = top_subvolume;
    again(f);
    boots(f, 0, "/boot/vmlinuz");
    memory_file(&f->guest, 0, "/boot/grub/grub.cfg", "");
    again(f);
    boots(f, 0, "/@/boot/vmlinuz");
    memory_file(&f->guest, 0, "/@/boot/grub/grub.cfg", "");
    again(f);
    boots(f, 0, "/root/boot/vmlinuz");
    /* Where there are none, "root" is somebody's home. */
    f->guest.volumes[0].filesystem = filesystem;
    again(f);
    fails(f, "partition 1: /boot/grub/grub.cfg has no entry with a kernel");
}

static void nothing_tells_where_it_looked(void **state)
{
    struct fixture *f = *state;

    run(f);
    assert_false(f->choice.found);
    has_problem(f, "nothing to boot was found on partition 1, partition 2, partition 3; looked "
                   "for /boot/grub/grub.cfg, ");
}

/* However much is wrong with a configuration, what came of it is told. */
static void end_of_many_problems(void **state)
{
    struct fixture *f = *state;
    auto_buffer struct buffer text = BUFFER_INIT(16 * 1024);

    for (int i = 0; i < 2 * PROBLEMS_MAX; i++)
        buffer_addf(&text, "nonsense%d\n", i);
    memory_file(&f->guest, 0, "/boot/grub/grub.cfg", buffer_text(&text));
    run(f);
    assert_false(f->choice.found);
    assert_int_equal(f->choice.menu.problems.count, PROBLEMS_MAX);
    fails(f,
          "partition 1: /boot/grub/grub.cfg has no entry with a kernel: /boot/grub/grub.cfg line "
          "1: there is no command 'nonsense0'");
}

static void no_filesystem(void **state)
{
    struct fixture *f = *state;
    size_t count = f->guest.volume_count;

    f->guest.volume_count = 0;
    run(f);
    f->guest.volume_count = count;
    assert_false(f->choice.found);
    has_problem(f, "none of the disks has a filesystem that can be read here");
}

static void clean_text(void **state)
{
    (void)state;
    assert_true(candidate_is_clean(NULL));
    assert_true(candidate_is_clean(""));
    assert_true(candidate_is_clean("root=/dev/xvda1 a\\b \"c\" é"));
    assert_false(candidate_is_clean("a\nb"));
    assert_false(candidate_is_clean("a\tb"));
    assert_false(candidate_is_clean("\x7f"));
    assert_false(candidate_is_clean("\xc3"));
    assert_false(candidate_is_clean("\xed\xa0\x80"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_volume_that_has_one),
        TEST(configuration_that_is_cut),
        TEST(active_partition_comes_first),
        TEST(active_means_nothing_in_a_gpt),
        TEST(second_disk_comes_second),
        TEST(no_other_entry_than_the_default),
        TEST(fallback_of_grub_legacy),
        TEST(fallback_of_a_fallback),
        TEST(fallback_of_grub2),
        TEST(no_fallback_for_a_ramdisk),
        TEST(no_fallback_for_another_loader),
        TEST(default_on_an_unknown_device),
        TEST(onerror_of_syslinux),
        TEST(no_default_of_syslinux),
        TEST(next_of_systemd_boot),
        TEST(systemd_boot_of_two_partitions),
        TEST(empty_systemd_boot_decides_nothing),
        TEST(grub_of_the_esp_comes_last),
        TEST(directory_is_no_kernel),
        TEST(text_is_no_kernel),
        TEST(no_other_configuration),
        TEST(a_configuration_that_says_nothing),
        TEST(nothing_but_an_empty_configuration),
        TEST(a_configuration_that_is_not_understood),
        TEST(extlinux_before_grub_legacy),
        TEST(loader_entries_without_a_grub_cfg),
        TEST(missing_ramdisk),
        TEST(dirty_arguments_are_never_chosen),
        TEST(kernel_on_an_unreadable_volume),
        TEST(wellknown_names_come_last),
        TEST(wellknown_names),
        TEST(no_wellknown_names_beside_a_configuration),
        TEST(wellknown_names_for_sles),
        TEST(wellknown_names_by_request),
        TEST(wellknown_names_not_needed),
        TEST(no_wellknown_names_beside_damage),
        TEST(entry_that_was_asked_for),
        TEST(kernel_that_was_asked_for),
        TEST(long_title),
        TEST(subvolumes),
        TEST(nothing_tells_where_it_looked),
        TEST(end_of_many_problems),
        TEST(no_filesystem),
        TEST(clean_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
