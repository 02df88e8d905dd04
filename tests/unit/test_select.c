/* What "select" chooses, and what a menu says of its entries' numbers and its timeout.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fsprobe/choose.h"
#include "tests/unit/guest_memory.h"

#define VOLUMES 2

struct fixture {
    struct guest guest;
    struct choice choice;
};

static void put_kernel(struct fixture *f, size_t volume, const char *path)
{
    memory_file_bytes(&f->guest, volume, path, "\177ELF kernel", 11);
}

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    memory_guest(&f->guest);
    for (int i = 0; i < VOLUMES; i++)
        memory_volume_add(&f->guest, NULL, NULL)->offset = (uint64_t)(i + 1) * 1048576;
    f->guest.disk_count = 1;
    for (const char *name = "abc"; *name; name++)
        put_kernel(f, 0, (const char[]){'/', *name, '\0'});
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

/* What KERNEL is chosen with SELECT; NULL: nothing, and a problem holds PROBLEM. */
static void check(struct fixture *f, struct selection select, const char *kernel,
                  const char *problem, int line)
{
    const struct choose_request request = {.select = select};
    bool told = problem == NULL;

    choice_free(&f->choice);
    f->choice = (struct choice){.found = false};
    choose(&f->guest, &request, &f->choice);
    const char *got =
        f->choice.found ? f->choice.menu.entries[f->choice.boot].kernel.path : "nothing";
    for (size_t i = 0; i < f->choice.menu.problems.count; i++)
        told = told || strstr(f->choice.menu.problems.texts[i], problem);
    if (strcmp(got, kernel ? kernel : "nothing") == 0 && told)
        return;
    for (size_t i = 0; i < f->choice.menu.problems.count; i++)
        print_error("problem: %s\n", f->choice.menu.problems.texts[i]);
    fail_msg("line %d: %s is chosen", line, got);
}
#define chooses(f, kernel, ...)  check(f, (struct selection){__VA_ARGS__}, kernel, NULL, __LINE__)
#define refuses(f, problem, ...) check(f, (struct selection){__VA_ARGS__}, NULL, problem, __LINE__)

static const char grub2[] = "set timeout=7\n"
                            "menuentry 'First' --id one { linux /a x }\n"
                            "menuentry 'Firmware' { fwsetup }\n"
                            "submenu 'More' --id more {\n"
                            " menuentry 'Second' --id two { linux /b y }\n"
                            " menuentry '0' { linux /c z }\n"
                            "}\n";

static void entry_of_grub2(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/grub.cfg", grub2);
    chooses(f, "/a", .entry = NULL);
    assert_true(f->choice.menu.has_timeout);
    assert_int_equal(f->choice.menu.timeout, 7);
    chooses(f, "/a", .entry = "0");
    chooses(f, "/b", .entry = "2>0");
    chooses(f, "/c", .entry = "2>1");
    chooses(f, "/a", .entry = "First");
    chooses(f, "/b", .entry = "Second");
    chooses(f, "/b", .entry = "More>Second");
    chooses(f, "/b", .entry = "two");
    chooses(f, "/c", .entry = "More>0");
    /* by number: a place that boots nothing counts, a submenu does not */
    chooses(f, "/b", .entry = "2");
    chooses(f, "/c", .entry = "3");
    refuses(f, "no boot configuration on partition 1, partition 2 has the entry \"1\"",
            .entry = "1");
    refuses(f, "has the entry \"4\"", .entry = "4");
    refuses(f, "has the entry \"\"", .entry = "");
    refuses(f, "has the entry \"More\"", .entry = "More");
}

static void entry_of_grub_legacy(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst",
                "timeout 3\ntitle A\nkernel /a\ntitle Other\nconfigfile /other.lst\n"
                "title C\nkernel /c\n");
    memory_file(&f->guest, 0, "/other.lst", "timeout 99\ntitle B\nkernel /b\n");
    chooses(f, "/a", .entry = NULL);
    assert_int_equal(f->choice.menu.timeout, 3);
    chooses(f, "/a", .entry = "0");
    chooses(f, "/c", .entry = "2");
    chooses(f, "/b", .entry = "3");
    chooses(f, "/b", .entry = "1>0");
    refuses(f, "has the entry \"1\"", .entry = "1");
}

static void entry_of_extlinux(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/extlinux.conf",
                "timeout 51\nlabel one\n menu label First\n linux /a\n"
                "label gone\n localboot 0\nlabel two\n linux /b\n");
    chooses(f, "/a", .entry = "First");
    assert_int_equal(f->choice.menu.timeout, 6);
    chooses(f, "/a", .entry = "one");
    chooses(f, "/b", .entry = "2");
    chooses(f, "/b", .entry = "two");
}

/* The first configuration that has it, not the first that boots. */
static void entry_of_a_later_configuration(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title A\nkernel /a\n");
    memory_file(&f->guest, 1, "/boot/grub/menu.lst", "title A\nkernel /x\ntitle D\nkernel /d\n");
    put_kernel(f, 1, "/d");
    chooses(f, "/d", .entry = "D");
    chooses(f, "/d", .entry = "1");
    chooses(f, "/a", .entry = "A");
}

static void entry_whose_kernel_is_gone(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title A\nkernel /a\ntitle X\nkernel /x\n");
    refuses(
        f,
        "the entry \"X\" of /boot/grub/menu.lst, which was asked for, cannot be booted: /x is not "
        "there",
        .entry = "X");
}

/* A list of well-known names is no menu that somebody has seen. */
static void entry_and_well_known_names(void **state)
{
    struct fixture *f = *state;

    put_kernel(f, 0, "/vmlinuz");
    chooses(f, "/vmlinuz", .entry = "0");
    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title A\nkernel /a\n");
    refuses(f, "has the entry \"1\"", .entry = "1");
}

static void kernel_and_ramdisk(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title A\nkernel /a args\ninitrd /r\n");
    put_kernel(f, 1, "/d");
    memory_file(&f->guest, 0, "/r2", "r");
    chooses(f, "/b", .kernel = "/b");
    const struct entry *entry = &f->choice.menu.entries[f->choice.boot];
    assert_string_equal(entry->args, "");
    assert_int_equal(entry->ramdisk_count, 0);
    assert_false(f->choice.menu.has_timeout);
    chooses(f, "/d", .kernel = "/d", .ramdisk = "/r2");
    entry = &f->choice.menu.entries[f->choice.boot];
    assert_int_equal(entry->kernel.volume, 1);
    assert_int_equal(entry->ramdisks[0].volume, 0);
    assert_string_equal(entry->ramdisks[0].path, "/r2");
    chooses(f, "/b", .kernel = "b");
    refuses(f, "the kernel /x that was asked for is not on partition 1, partition 2",
            .kernel = "/x");
    refuses(f, "the ramdisk /x that was asked for is not there", .kernel = "/b", .ramdisk = "/x");
    refuses(f, "/r2 is not a kernel", .kernel = "/r2");
}

static void ramdisk_alone(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title A\nkernel /a args\ninitrd /gone\n");
    memory_file(&f->guest, 0, "/r2", "r");
    chooses(f, "/a", .ramdisk = "/r2");
    const struct entry *entry = &f->choice.menu.entries[f->choice.boot];
    assert_string_equal(entry->args, "args");
    assert_int_equal(entry->ramdisk_count, 1);
    assert_string_equal(entry->ramdisks[0].path, "/r2");
    assert_string_equal(f->choice.instead,
                        "partition 1: \"A\" of /boot/grub/menu.lst is booted with "
                        "the ramdisk /r2, as was asked for");
    refuses(f, "the ramdisk /x that was asked for is not there", .ramdisk = "/x");
}

static void one_filesystem_only(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title A\nkernel /a\n");
    memory_file(&f->guest, 1, "/boot/grub/menu.lst", "title D\nkernel /d\n");
    put_kernel(f, 1, "/d");
    chooses(f, "/a", .entry = NULL);
    chooses(f, "/d", .has_partition = true, .partition = 2);
    chooses(f, "/d", .has_offset = true, .offset = 2097152);
    refuses(f, "the first disk has no filesystem", .has_offset = true, .offset = 2097151);
    refuses(f, "the first disk has no filesystem", .has_partition = true, .partition = 3);
    refuses(f, "/a that was asked for is not on partition 2", .has_partition = true, .partition = 2,
            .kernel = "/a");
    f->guest.volumes[1].disk = 1;
    f->guest.disk_count = 2;
    refuses(f, "the first disk has no filesystem", .has_partition = true, .partition = 2);
}

static void timeout_of(struct fixture *f, const char *path, const char *text, int want, int line)
{
    memory_file(&f->guest, 0, path, text);
    check(f, (struct selection){.entry = NULL}, "/a", NULL, line);
    if (!f->choice.menu.has_timeout || f->choice.menu.timeout != want)
        fail_msg("line %d: %d", line, f->choice.menu.timeout);
}
#define times_out(f, path, text, want) timeout_of(f, path, text, want, __LINE__)

static void timeouts(void **state)
{
    static const char cfg[] = "/boot/grub/grub.cfg", lst[] = "/boot/grub/menu.lst";
    struct fixture *f = *state;

    times_out(f, lst, "timeout=86399\ntitle a\nkernel /a\n", 86399);
    times_out(f, lst, "timeout 86400\ntitle a\nkernel /a\n", 86400);
    times_out(f, lst, "timeout 86401\ntitle a\nkernel /a\n", 86400);
    times_out(f, lst, "timeout 99999999999999999999\ntitle a\nkernel /a\n", 86400);
    times_out(f, lst, "timeout -1\ntitle a\nkernel /a\n", -1);
    times_out(f, lst, "timeout 0\ntitle a\nkernel /a\n", 0);
    memory_file(&f->guest, 0, lst, "title a\nkernel /a\n");
    chooses(f, "/a", .entry = NULL);
    assert_false(f->choice.menu.has_timeout);
    times_out(f, cfg, "set timeout=-1\nmenuentry a { linux /a }\n", -1);
    times_out(f, cfg, "set timeout=08\nset timeout=5.5\nmenuentry a { linux /a }\n", 5);
    times_out(f, cfg, "set timeout=5\nset timeout=\nmenuentry a { linux /a }\n", -1);
    times_out(f, cfg, "set timeout=86401\nmenuentry a { set timeout=1\nlinux /a }\n", 86400);
    memory_file(&f->guest, 0, cfg, "menuentry a { linux /a }\n");
    chooses(f, "/a", .entry = NULL);
    assert_false(f->choice.menu.has_timeout);
}

static void timeouts_of_extlinux(void **state)
{
    static const char conf[] = "/extlinux.conf";
    struct fixture *f = *state;

    times_out(f, conf, "timeout 1\nlabel a\nlinux /a\n", 1);
    times_out(f, conf, "timeout 10\nlabel a\nlinux /a\n", 1);
    times_out(f, conf, "timeout 11\nlabel a\nlinux /a\n", 2);
    times_out(f, conf, "timeout 0\nlabel a\nlinux /a\n", -1);
    times_out(f, conf, "timeout 864001\nlabel a\nlinux /a\n", 86400);
    times_out(f, conf, "timeout 99999999999999999999999\nlabel a\nlinux /a\n", 86400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(entry_of_grub2),
        TEST(entry_of_grub_legacy),
        TEST(entry_of_extlinux),
        TEST(entry_of_a_later_configuration),
        TEST(entry_whose_kernel_is_gone),
        TEST(entry_and_well_known_names),
        TEST(kernel_and_ramdisk),
        TEST(ramdisk_alone),
        TEST(one_filesystem_only),
        TEST(timeouts),
        TEST(timeouts_of_extlinux),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
