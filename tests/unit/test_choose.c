/* Which entry on which volume is booted. Configurations are GRUB legacy's, for their brevity.
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

static void missing_kernel_falls_on_the_next_entry(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst",
                "title first\nkernel /gone\ntitle second\nkernel /there\n");
    put_kernel(f, 0, "/there");
    run(f);
    boots(f, 0, "/there");
    assert_false(f->choice.is_default[f->choice.boot]);
    has_problem(f, "\"first\" of /boot/grub/menu.lst is passed over: /gone is not there");
}

static void fallback_comes_before_the_other_entries(void **state)
{
    struct fixture *f = *state;

    memory_file(
        &f->guest, 0, "/boot/grub/menu.lst",
        "default 0\nfallback 2\ntitle a\nkernel /a\ntitle b\nkernel /b\ntitle c\nkernel /c\n");
    put_kernel(f, 0, "/b");
    put_kernel(f, 0, "/c");
    run(f);
    boots(f, 0, "/c");
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

static void next_configuration_of_the_volume(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/extlinux/extlinux.conf", "label a\nkernel /gone\n");
    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title b\nkernel /b\n");
    put_kernel(f, 0, "/b");
    run(f);
    boots(f, 0, "/b");
    assert_int_equal(f->choice.menu.count, 2);
}

static void extlinux_before_grub_legacy(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/extlinux/extlinux.conf", "label a\nkernel /a\n");
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

static void missing_ramdisk_is_told(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/grub/menu.lst", "title a\nkernel /a\ninitrd /gone.img\n");
    put_kernel(f, 0, "/a");
    run(f);
    boots(f, 0, "/a");
    has_problem(f, "the ramdisk /gone.img of \"a\" cannot be used: it is not there");
}

static void dirty_arguments_are_never_chosen(void **state)
{
    struct fixture *f = *state;

    memory_file(
        &f->guest, 0, "/boot/grub/menu.lst",
        "title a\nkernel /a one\x1b[2Jtwo\ntitle b\nkernel /b \xff\ntitle c\nkernel /c ok\n");
    put_kernel(f, 0, "/a");
    put_kernel(f, 0, "/b");
    put_kernel(f, 0, "/c");
    run(f);
    boots(f, 0, "/c");
    has_problem(f, "\"a\" of /boot/grub/menu.lst is passed over: its paths or arguments hold");
    has_problem(f, "\"b\" of /boot/grub/menu.lst is passed over: its paths or arguments hold");
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
    has_problem(f, "nothing to boot was found on partition 1");
    has_problem(f, "nonsense0");
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

/* ENTRIES that lead nowhere, the default among them, then one that does. */
static void try_many(struct fixture *f, int entries)
{
    auto_buffer struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);

    for (int i = 0; i < entries; i++)
        buffer_addf(&text, "title %d\nkernel /gone%d\n", i, i);
    buffer_add_text(&text, "title last\nkernel /a\n");
    memory_file(&f->guest, 0, "/boot/grub/menu.lst", buffer_text(&text));
    put_kernel(f, 0, "/a");
    run(f);
}
static void one_try_less(void **state)
{
    try_many(*state, CHOOSE_TRIES_MAX - 1);
    boots(*state, 0, "/a");
}
static void all_tries(void **state)
{
    try_many(*state, CHOOSE_TRIES_MAX);
    boots(*state, 0, "/a");
}
static void one_try_more(void **state)
{
    struct fixture *f = *state;

    try_many(f, CHOOSE_TRIES_MAX + 1);
    assert_false(f->choice.found);
}

static void clean_text(void **state)
{
    (void)state;
    assert_true(choose_is_clean(NULL));
    assert_true(choose_is_clean(""));
    assert_true(choose_is_clean("root=/dev/xvda1 a\\b \"c\" é"));
    assert_false(choose_is_clean("a\nb"));
    assert_false(choose_is_clean("a\tb"));
    assert_false(choose_is_clean("\x7f"));
    assert_false(choose_is_clean("\xc3"));
    assert_false(choose_is_clean("\xed\xa0\x80"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_volume_that_has_one),
        TEST(active_partition_comes_first),
        TEST(active_means_nothing_in_a_gpt),
        TEST(second_disk_comes_second),
        TEST(missing_kernel_falls_on_the_next_entry),
        TEST(fallback_comes_before_the_other_entries),
        TEST(directory_is_no_kernel),
        TEST(text_is_no_kernel),
        TEST(next_configuration_of_the_volume),
        TEST(extlinux_before_grub_legacy),
        TEST(loader_entries_without_a_grub_cfg),
        TEST(missing_ramdisk_is_told),
        TEST(dirty_arguments_are_never_chosen),
        TEST(wellknown_names_come_last),
        TEST(wellknown_names),
        TEST(nothing_tells_where_it_looked),
        TEST(end_of_many_problems),
        TEST(no_filesystem),
        TEST(one_try_less),
        TEST(all_tries),
        TEST(one_try_more),
        TEST(clean_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
