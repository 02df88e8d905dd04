/* The menu of systemd-boot: entries of both types, of an ESP and its XBOOTLDR, their order, the
 * default, and what comes behind it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fsprobe/config/systemd_boot/bls_menu.h"
#include "fsprobe/config/systemd_boot/esp.h"
#include "fsprobe/config/systemd_boot/loader_conf.h"
#include "fsprobe/config/systemd_boot/type2.h"
#include "tests/unit/menu_fixture.h"
#include "tests/unit/uki_fixture.h"

#define ENTRIES "/loader/entries/"
#define IMAGES  "/EFI/Linux/"
#define KERNEL  "\177ELF"

/* Volume 0 is an ESP, and volume 1 an XBOOTLDR partition. */
static void make_bare_esp(struct fixture *f)
{
    f->guest.volumes[0].purpose = PURPOSE_ESP;
    f->guest.volumes[1].purpose = PURPOSE_XBOOTLDR;
    memory_file(&f->guest, 0, "/k", KERNEL);
}

static void install(struct fixture *f)
{
    memory_file(&f->guest, 0, "/EFI/systemd/systemd-bootx64.efi", "");
}

static void make_esp(struct fixture *f)
{
    make_bare_esp(f);
    install(f);
}

static int read_menu(struct fixture *f, size_t volume, bool late)
{
    static const size_t order[] = {0, 1, 2};
    const struct bls_volumes volumes = {order, ARRAY_SIZE(order)};
    auto_error struct error err = ERROR_INIT;

    menu_free(&f->menu);
    int result = bls_menu_read(&f->guest, &volumes, volume, BLS_AT_ROOT, late, &f->menu, &err);
    assert_true(result >= 0);
    return result;
}

/* Reads the menu that ends with the XBOOTLDR partition. */
static void read_both(struct fixture *f)
{
    assert_int_equal(read_menu(f, 0, false), 0);
    assert_int_equal(read_menu(f, 1, false), 1);
}

static void add(struct fixture *f, size_t volume, const char *name, const char *text)
{
    auto_free char *path = xasprintf(ENTRIES "%s", name);

    memory_file(&f->guest, volume, path, text);
}

static void add_image(struct fixture *f, size_t volume, const char *name, const char *osrel)
{
    auto_uki struct uki_image image = uki_usual(osrel, name);
    auto_free char *path = xasprintf(IMAGES "%s", name);

    uki_write(&image, &f->guest, volume, path);
}

static void check_ids_at(struct fixture *f, const char *expected, int line)
{
    auto_buffer struct buffer ids = BUFFER_INIT(4096);

    for (size_t i = 0; i < f->menu.count; i++)
        buffer_addf(&ids, "%s%s", i ? " " : "", f->menu.entries[i].id);
    _assert_string_equal(buffer_text(&ids), expected, __FILE__, line);
}
#define check_ids(f, expected) check_ids_at(f, expected, __LINE__)

/* --- what is in the menu ----------------------------------------------------------------- */

static void two_partitions_are_one_menu(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    memory_file(&f->guest, 1, "/k", KERNEL);
    add(f, 0, "a-1.conf", "title A\nlinux /k\n");
    add(f, 1, "a-2.conf", "title B\nlinux \\k\ninitrd i\noptions $root ${x} a  b\n");
    add_image(f, 0, "u.efi", "ID=u\n");
    add_image(f, 1, "v.efi", "ID=v\nPRETTY_NAME=\"The V\"\n");
    memory_file(&f->guest, 1, "/loader/loader.conf", "default a-*\ntimeout 9\n");
    memory_file(&f->guest, 0, "/loader/loader.conf", "timeout 2\n");
    read_both(f);
    check_ids(f, "u.efi v.efi a-2 a-1");
    check_entry(f, 1, 2, "B | /k | /i | $root ${x} a b");
    check_entry(f, 0, 3, "A | /k | | ");
    assert_string_equal(f->menu.entries[1].title, "The V");
    assert_string_equal(f->menu.entries[1].args, "v.efi");
    assert_int_equal(f->menu.entries[1].kernel.volume, 1);
    assert_string_equal(f->menu.entries[1].source, IMAGES "v.efi");
    check_wanted(f, "0");
    assert_int_equal(f->menu.timeout, 2);
}

static void one_partition_alone(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    f->guest.volumes[1].purpose = PURPOSE_OTHER;
    add_image(f, 0, "u.efi", "ID=u\n");
    assert_int_equal(read_menu(f, 0, false), 1);
    check_ids(f, "u.efi");
    assert_int_equal(read_menu(f, 1, false), 0);
    /* of another disk */
    f->guest.volumes[1].purpose = PURPOSE_XBOOTLDR;
    f->guest.volumes[1].disk = 1;
    assert_int_equal(read_menu(f, 0, false), 1);
}

static void keys_as_systemd_boot_reads_them(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    add(f, 0, "a.CONF",
        "title first\ntitle \"in quotes\"\nlinux /no\nlinux /k\noptions \"a b\"\noptions c\n");
    add(f, 0, "auto-windows.conf", "linux /k\n");
    add(f, 0, "both.conf", "linux /k\nefi /k\n");
    add(f, 0, "url.conf", "uki-url http://h/x.efi\n");
    read_both(f);
    check_ids(f, "a");
    check_entry(f, 0, 0, "in quotes | /k | | a b c");
    assert_true(has_problem(&f->menu, "both.conf is ignored: it names several things"));
    assert_true(has_problem(&f->menu, "url.conf starts http://h/x.efi, which is on a network"));
}

static void ramdisks_in_the_arguments(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    add(f, 0, "a.conf", "efi /k\ninitrd /not-this\noptions initrd=\\EFI\\i.img ro initrd=/j\n");
    add(f, 0, "b.conf", "linux /k\ninitrd /this\noptions initrd=/no\n");
    read_both(f);
    check_entry(f, 0, 0, "b | /k | /this | initrd=/no");
    check_entry(f, 0, 1, "a | /k | /EFI/i.img /j | initrd=\\EFI\\i.img ro initrd=/j");
}

static void images_named_by_entries(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=x\n", "own");

    make_esp(f);
    uki_add_text(&image, ".profile", "");
    uki_add_text(&image, ".profile", "");
    uki_add_text(&image, ".cmdline", "of profile 1");
    uki_write(&image, &f->guest, 0, "/x.efi");
    add(f, 0, "a.conf", "title A\nuki /x.efi\n");
    add(f, 0, "b.conf", "title B\nefi /x.efi\noptions other\n");
    add(f, 0, "c.conf", "title C\nuki \\x.efi\nprofile 1\n");
    add(f, 0, "d.conf", "title D\nlinux /x.efi\n");
    add(f, 0, "e.conf", "title E\nuki /x.efi\nprofile 2\n");
    add(f, 0, "f.conf", "title F\nuki /k\n");
    add(f, 0, "g.conf", "title G\nuki /gone.efi\n");
    memory_file(&f->guest, 0, "/loader/loader.conf", "default a.conf\n");
    read_both(f);
    check_ids(f, "g d c b a");
    assert_string_equal(f->menu.entries[1].args, "own");
    assert_string_equal(f->menu.entries[1].kernel.section, ".linux");
    assert_string_equal(f->menu.entries[2].args, "of profile 1");
    assert_string_equal(f->menu.entries[3].args, "other");
    assert_string_equal(f->menu.entries[4].args, "own");
    assert_true(has_problem(&f->menu, "e.conf: /x.efi is no unified kernel image: it has no prof"));
    assert_true(has_problem(&f->menu, "f.conf: /k is no unified kernel image: it is no EFI prog"));
}

static void programs_are_named(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image shell = uki_new();

    make_esp(f);
    uki_add_text(&shell, ".text", "code");
    uki_write(&shell, &f->guest, 0, "/shell.efi");
    add(f, 0, "a.conf", "title A\nlinux /k\n");
    add(f, 0, "shell.conf", "title Shell\nefi /shell.efi\n");
    read_both(f);
    /* what systemd-boot would start is not replaced by what it would not */
    check_ids(f, "shell.conf a");
    check_wanted(f, "0");
    assert_non_null(strstr(f->menu.entries[0].broken, "only firmware can start"));
    assert_true(has_problem(&f->menu, "shell.conf starts the EFI program /shell.efi, which only fir"
                                      "mware can start (it has no section .linux)"));
    memory_file(&f->guest, 0, "/loader/loader.conf", "default a*\n");
    read_both(f);
    check_ids(f, "a");
    check_wanted(f, "0");
}

static void profiles_are_lines(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=x\n", "own");

    make_esp(f);
    uki_add_text(&image, ".profile", "TITLE=Main\n");
    uki_add_text(&image, ".profile", "ID=Reset\n");
    uki_add_text(&image, ".profile", "TITLE=Third\n");
    uki_add_text(&image, ".cmdline", "third");
    uki_write(&image, &f->guest, 0, IMAGES "X.EFI");
    read_both(f);
    check_ids(f, "x.efi x.efi@reset x.efi@2");
    assert_string_equal(f->menu.entries[0].title, "x (Main)");
    assert_string_equal(f->menu.entries[1].title, "x (Reset)");
    assert_string_equal(f->menu.entries[2].title, "x (Third)");
    assert_string_equal(f->menu.entries[2].args, "third");
    check_wanted(f, "0");
    memory_file(&f->guest, 0, "/loader/loader.conf", "default x.efi@r*\n");
    read_both(f);
    check_wanted(f, "1");
}

static void files_that_are_no_images(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    add_image(f, 0, "auto-x.efi", "ID=no\n");
    add_image(f, 0, ".hidden.efi", "ID=no\n");
    add_image(f, 0, "x.efi.bak", "ID=no\n");
    add_image(f, 0, "nameless.efi", "VERSION=1\n");
    memory_file(&f->guest, 0, IMAGES "junk.efi", "junk");
    memory_file(&f->guest, 0, IMAGES "folder.efi/x", "");
    assert_int_equal(read_menu(f, 1, false), 0);
    check_ids(f, "");
    assert_int_equal(f->menu.problems.count, 3);
    assert_true(has_problem(&f->menu, "nameless.efi is not in the menu: nothing in it names"));
    assert_true(has_problem(&f->menu, "junk.efi is not in the menu: it is no EFI program"));
    assert_true(has_problem(&f->menu, "folder.efi is not in the menu: it is not a regular file"));
}

static void number_of_images(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    for (int i = 1; i <= TYPE2_IMAGES_MAX + 1; i++) {
        auto_free char *name = xasprintf("x-%d.efi", i);

        add_image(f, 0, name, "ID=x\n");
        if (i < TYPE2_IMAGES_MAX)
            continue;
        read_both(f);
        assert_int_equal(f->menu.count, TYPE2_IMAGES_MAX);
        assert_int_equal(has_problem(&f->menu, "more than 64 images"), i > TYPE2_IMAGES_MAX);
        assert_int_equal(f->menu.no_default != NULL, i > TYPE2_IMAGES_MAX);
        assert_string_equal(f->menu.entries[0].id, name);
    }
}

static void equal_titles_are_told_apart(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    add(f, 0, "a.conf", "title T\nversion 1\nlinux /k\n");
    add(f, 0, "b.conf", "title T\nversion 2\nlinux /k\n");
    add(f, 0, "c.conf", "title T\nversion 3\nmachine-id 0123456789\nlinux /k\n");
    add(f, 0, "d.conf", "title T\nversion 3\nmachine-id abcdefghij\nlinux /k\n");
    add(f, 0, "e.conf", "title S\nlinux /k\n");
    add(f, 0, "f.conf", "title S\nlinux /k\n");
    read_both(f);
    check_entry(f, 0, 0, "S (f.conf) | /k | | ");
    check_entry(f, 0, 1, "S (e.conf) | /k | | ");
    check_entry(f, 0, 2, "T (3) (abcdefgh) | /k | | ");
    check_entry(f, 0, 3, "T (3) (01234567) | /k | | ");
    check_entry(f, 0, 4, "T (2) | /k | | ");
    check_entry(f, 0, 5, "T (1) | /k | | ");
}

/* --- which of them is booted ------------------------------------------------------------- */

static void check_default(struct fixture *f, const char *conf, const char *wanted, int line)
{
    memory_file(&f->guest, 0, "/loader/loader.conf", conf);
    read_both(f);
    check_wanted_at(f, wanted, __FILE__, line);
}

static void defaults(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    add(f, 0, "arch-6.6.conf", "linux /k\n");
    add(f, 0, "arch-6.1.conf", "linux /k\n");
    add(f, 0, "Debian.conf", "linux /k\nsort-key z\n");
    add_image(f, 0, "u.efi", "ID=u\n");
    read_both(f);
    check_ids(f, "u.efi Debian arch-6.6 arch-6.1");
    check_default(f, "", "0", __LINE__);
    check_default(f, "default arch-*.conf\n", "2", __LINE__);
    check_default(f, "default arch-6.1.conf\n", "3", __LINE__);
    check_default(f, "default ARCH-6.?.conf\n", "2", __LINE__);
    check_default(f, "default debian.conf\n", "1", __LINE__);
    check_default(f, "default arch-6.1\n", "0", __LINE__);
    check_default(f, "default arch-6.1.conf\ndefault @saved\n", "0", __LINE__);
    check_default(f, "default arch-6.1.conf\ndefault @other\n", "3", __LINE__);
    check_default(f, "default \"arch-6.1.conf\"\n", "3", __LINE__);
    check_default(f, "#default arch-6.1.conf\ndefault\n", "0", __LINE__);
}

static void length_of_the_default(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    add(f, 0, "b.conf", "linux /k\n");
    add(f, 0, "a.conf", "linux /k\n");
    for (size_t length = LOADER_CONF_PATTERN_MAX - 1; length <= LOADER_CONF_PATTERN_MAX + 1;
         length++) {
        auto_free char *stars = repeat("*", length - strlen("a.conf"));
        auto_free char *conf = xasprintf("default %sa.conf\n", stars);

        check_default(f, conf, length <= LOADER_CONF_PATTERN_MAX ? "1" : "0", __LINE__);
        assert_int_equal(has_problem(&f->menu, "its default has more than 1024 bytes"),
                         length > LOADER_CONF_PATTERN_MAX);
    }
}

static void what_is_missing_is_passed_over(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    add(f, 0, "a-3.conf", "linux /gone\n");
    add(f, 0, "a-2.conf", "linux /k\n");
    add(f, 0, "a-1.conf", "linux /k\n");
    read_both(f);
    check_wanted(f, "0 1");
    check_default(f, "default a-3.conf\n", "0 1", __LINE__);
    check_default(f, "default a-1.conf\n", "2", __LINE__);
}

/* What systemd-boot has nothing in is not what starts this guest; kernels of other names are not
 * guessed all the same. */
static void a_menu_with_nothing_in_it(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    add(f, 0, "a-3.conf", "linux /gone\n");
    assert_int_equal(read_menu(f, 1, false), 0);
    assert_int_equal(f->menu.count, 0);
    assert_int_equal(f->menu.wanted_count, 0);
    assert_true(has_problem(&f->menu, "no entry of systemd-boot's menu has a kernel"));
}

/* The counter goes down with every start that fails, and then the next one has its turn. */
static void counted_tries(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    add(f, 0, "a-4+2-1.conf", "linux /k\n");
    add(f, 0, "a-3+1.conf", "linux /k\n");
    add(f, 0, "a-2.conf", "linux /k\n");
    add(f, 0, "a-5+0-3.conf", "linux /k\n");
    add_image(f, 0, "u+3.efi", "ID=u\n");
    add_image(f, 0, "v+0-9.efi", "ID=a\n");
    read_both(f);
    check_ids(f, "u+3.efi a-4+2-1 a-3+1 a-2 v+0-9.efi a-5+0-3");
    check_wanted(f, "0 1 2 3");
    check_default(f, "default a-*\n", "1 2 3", __LINE__);
    check_default(f, "default a-4*\n", "1 0 2 3", __LINE__);
    check_default(f, "default a-5*\n", "5", __LINE__);
    check_default(f, "default a-2.conf\n", "3", __LINE__);
}

static void the_same_counted_twice(void **state)
{
    struct fixture *f = *state;

    make_esp(f);
    memory_file(&f->guest, 1, "/k", KERNEL);
    add(f, 0, "a+2-5.conf", "linux /k\nsort-key a\n");
    add(f, 1, "a+2-5.conf", "linux /k\nsort-key a\n");
    add(f, 1, "a+2-1.conf", "linux /k\nsort-key a\n");
    add(f, 1, "a+3-9.conf", "linux /k\nsort-key a\n");
    add(f, 1, "a+9999999999.conf", "linux /k\nsort-key a\n");
    read_both(f);
    check_ids(f, "a+9999999999 a+3-9 a+2-5 a+2-5 a+2-1");
    assert_int_equal(f->menu.entries[2].kernel.volume, 0);
    assert_int_equal(f->menu.entries[3].kernel.volume, 1);
}

/* --- with GRUB --------------------------------------------------------------------------- */

#define BLOCK "# GRUB Environment Block\n"

static void openSUSE_keeps_its_default_in_a_grubenv(void **state)
{
    struct fixture *f = *state;

    make_bare_esp(f);
    add(f, 0, "opensuse-6.1-1.conf", "linux /k\nsort-key o\nversion 1@6.1\n");
    add(f, 0, "opensuse-6.1-2.conf", "linux /k\nsort-key o\nversion 2@6.1\n");
    memory_file(&f->guest, 0, "/EFI/opensuse/grubenv",
                BLOCK "default=opensuse-6.1-1.conf\ntimeout=8\n####");
    assert_int_equal(read_menu(f, 1, false), 0);
    assert_int_equal(read_menu(f, 1, true), 1);
    check_ids(f, "opensuse-6.1-2 opensuse-6.1-1");
    assert_string_equal(f->menu.entries[0].version, "6.1");
    check_wanted(f, "1");
    assert_int_equal(f->menu.timeout, 8);
    install(f);
    read_both(f);
    check_wanted(f, "0");
}

/* Entries belong to the GRUB of the ESP where it has a configuration, and no systemd-boot stands
 * beside it. */
static void entries_of_the_grub_on_the_esp(void **state)
{
    struct fixture *f = *state;

    make_bare_esp(f);
    f->guest.volumes[1].purpose = PURPOSE_OTHER;
    add(f, 1, "a.conf", "linux /k\noptions x$kernelopts\n");
    memory_file(&f->guest, 0, "/EFI/redhat/grub.cfg", "blscfg\n");
    assert_int_equal(read_menu(f, 1, false), 0);
    assert_int_equal(read_menu(f, 1, true), 1);
    assert_string_equal(f->menu.entries[0].args, "x");
    memory_file(&f->guest, 0, "/loader/loader.conf", "");
    assert_int_equal(read_menu(f, 1, false), 1);
    assert_int_equal(read_menu(f, 1, true), 0);
}

static void folders_of_vendors(void **state)
{
    struct fixture *f = *state;

    make_bare_esp(f);
    memory_file(&f->guest, 0, "/EFI/BOOT/grub.cfg", "");
    for (int turn = 0; turn < 2; turn++) {
        auto_esp_paths struct esp_paths paths = {.count = 0};

        esp_find(&f->guest, 0, "grub.cfg", &paths);
        assert_int_equal(paths.count, turn + 1);
        assert_string_equal(paths.list[0], turn ? "/EFI/debian/grub.cfg" : "/EFI/BOOT/grub.cfg");
        memory_file(&f->guest, 0, "/EFI/ubuntu/grub.cfg", "");
        memory_file(&f->guest, 0, "/EFI/debian/grub.cfg", "");
        memory_file(&f->guest, 0, "/EFI/systemd/systemd-bootx64.efi", "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(two_partitions_are_one_menu),
        fixture_test(one_partition_alone),
        fixture_test(keys_as_systemd_boot_reads_them),
        fixture_test(ramdisks_in_the_arguments),
        fixture_test(images_named_by_entries),
        fixture_test(programs_are_named),
        fixture_test(profiles_are_lines),
        fixture_test(files_that_are_no_images),
        fixture_test(number_of_images),
        fixture_test(equal_titles_are_told_apart),
        fixture_test(defaults),
        fixture_test(length_of_the_default),
        fixture_test(what_is_missing_is_passed_over),
        fixture_test(a_menu_with_nothing_in_it),
        fixture_test(counted_tries),
        fixture_test(the_same_counted_twice),
        fixture_test(openSUSE_keeps_its_default_in_a_grubenv),
        fixture_test(entries_of_the_grub_on_the_esp),
        fixture_test(folders_of_vendors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
