/* Boot Loader Specification entries: what Fedora, RHEL and systemd write, the order of the
 * menu, variables, the default, and the bounds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fsprobe/config/bls_entry.h"
#include "fsprobe/config/systemd_boot/bls.h"
#include "tests/unit/menu_fixture.h"

#define DIR "/loader/entries/"

/* "name=value" pairs, NULL at the end. */
static const char *variable(void *context, const char *name)
{
    size_t length = strlen(name);

    for (const char *const *pair = context; pair && *pair; pair++)
        if (strncmp(*pair, name, length) == 0 && (*pair)[length] == '=')
            return *pair + length + 1;
    return NULL;
}
#define VARIABLES(...) ((const char *[]){__VA_ARGS__, NULL})

static int read_below(struct fixture *f, const char *directory, const char *root,
                      const char **variables)
{
    const struct bls_place place = {0, directory, root, NULL};
    const struct bls_rules rules = {variable, variables, NULL};
    auto_error struct error err = ERROR_INIT;

    return bls_read(&f->guest, &place, 1, &rules, &f->menu, &err);
}

static void read_all(struct fixture *f, const char **variables)
{
    assert_int_equal(read_below(f, "/loader/entries", "", variables), 1);
}

static void add(struct fixture *f, const char *name, const char *text)
{
    auto_free char *path = xasprintf(DIR "%s.conf", name);

    memory_file(&f->guest, 0, path, text);
}

static void fedora_39(void **state)
{
    struct fixture *f = *state;

    add(f, "2f5a-6.5.6-300.fc39.x86_64",
        "title Fedora Linux (6.5.6-300.fc39.x86_64) 39 (Server Edition)\n"
        "version 6.5.6-300.fc39.x86_64\n"
        "linux /vmlinuz-6.5.6-300.fc39.x86_64\n"
        "initrd /initramfs-6.5.6-300.fc39.x86_64.img $tuned_initrd\n"
        "options root=/dev/mapper/fedora-root ro rd.lvm.lv=fedora/root rhgb quiet $tuned_params\n"
        "grub_users $grub_users\ngrub_arg --unrestricted\ngrub_class fedora\n");
    read_all(f, NULL);
    check_entry(f, 0, 0,
                "Fedora Linux (6.5.6-300.fc39.x86_64) 39 (Server Edition) | "
                "/vmlinuz-6.5.6-300.fc39.x86_64 | /initramfs-6.5.6-300.fc39.x86_64.img | "
                "root=/dev/mapper/fedora-root ro rd.lvm.lv=fedora/root rhgb quiet");
    assert_string_equal(f->menu.entries[0].id, "2f5a-6.5.6-300.fc39.x86_64");
    assert_string_equal(f->menu.entries[0].index, "0");
    assert_string_equal(f->menu.entries[0].source, DIR "2f5a-6.5.6-300.fc39.x86_64.conf");
    assert_null(f->menu.entries[0].hypervisor);
    assert_int_equal(f->menu.problems.count, 0);
}

static void rhel_8_kernelopts(void **state)
{
    struct fixture *f = *state;

    add(f, "2f5a-4.18.0-80.el8.x86_64",
        "title Red Hat Enterprise Linux (4.18.0-80.el8.x86_64) 8.0 (Ootpa)\n"
        "version 4.18.0-80.el8.x86_64\n"
        "linux /vmlinuz-4.18.0-80.el8.x86_64\n"
        "initrd /initramfs-4.18.0-80.el8.x86_64.img $tuned_initrd\n"
        "options $kernelopts $tuned_params\n"
        "id rhel-20190313123447-4.18.0-80.el8.x86_64\n"
        "grub_users $grub_users\ngrub_arg --unrestricted\ngrub_class kernel\n");
    read_all(f, VARIABLES("kernelopts=root=/dev/mapper/rhel-root ro crashkernel=auto ",
                          "tuned_params=skew_tick=1", "tuned_initrd=/tuned-initrd.img"));
    check_entry(f, 0, 0,
                "Red Hat Enterprise Linux (4.18.0-80.el8.x86_64) 8.0 (Ootpa) | "
                "/vmlinuz-4.18.0-80.el8.x86_64 | /initramfs-4.18.0-80.el8.x86_64.img "
                "/tuned-initrd.img | root=/dev/mapper/rhel-root ro crashkernel=auto skew_tick=1");
}

static void rhel_8_order_with_rescue_last(void **state)
{
    struct fixture *f = *state;

    add(f, "2f5a-0-rescue", "title rescue\nversion 0-rescue-2f5a\nlinux /vmlinuz-0-rescue-2f5a\n");
    add(f, "2f5a-4.18.0-80.el8.x86_64", "title 80\nlinux /a\n");
    add(f, "2f5a-4.18.0-147.el8.x86_64", "title 147\nlinux /c\n");
    add(f, "2f5a-4.18.0-80.1.2.el8_0.x86_64", "title 80.1.2\nlinux /b\n");
    read_all(f, NULL);
    check_entry(f, 0, 0, "147 | /c | | ");
    check_entry(f, 0, 1, "80.1.2 | /b | | ");
    check_entry(f, 0, 2, "80 | /a | | ");
    check_entry(f, 0, 3, "rescue | /vmlinuz-0-rescue-2f5a | | ");
    check_wanted(f, "0 1 2 3");
}

static void rhel_9_boot_is_a_directory(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/loader/entries/a.conf",
                "title RHEL 9\nlinux /boot/vmlinuz-5.14.0\ninitrd /boot/initramfs-5.14.0.img\n"
                "options root=UUID=1 ro\n");
    memory_file(&f->guest, 0, "/boot/vmlinuz-5.14.0", "k");
    memory_file(&f->guest, 0, "/boot/initramfs-5.14.0.img", "r");
    assert_int_equal(read_below(f, "/boot/loader/entries", "/boot", NULL), 1);
    check_entry(f, 0, 0,
                "RHEL 9 | /boot/vmlinuz-5.14.0 | /boot/initramfs-5.14.0.img | root=UUID=1 ro");
}

static void paths_below_root_when_not_as_given(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/boot/loader/entries/a.conf", "linux /vmlinuz-1\ninitrd /i-1\n");
    memory_file(&f->guest, 0, "/boot/loader/entries/b.conf", "linux /vmlinuz-2\ninitrd /i-2\n");
    memory_file(&f->guest, 0, "/boot/vmlinuz-1", "k");
    memory_file(&f->guest, 0, "/boot/i-1", "r");
    memory_file(&f->guest, 0, "/vmlinuz-2", "k");
    assert_int_equal(read_below(f, "/boot/loader/entries", "/boot", NULL), 1);
    check_entry(f, 0, 0, "b | /vmlinuz-2 | /boot/i-2 | ");
    check_entry(f, 0, 1, "a | /boot/vmlinuz-1 | /boot/i-1 | ");
}

static void device_before_the_path_is_dropped(void **state)
{
    struct fixture *f = *state;

    add(f, "a", "linux ($root)/vmlinuz\ninitrd ($root)/initrd\n");
    add(f, "b", "linux vmlinuz\n");
    read_all(f, VARIABLES("root=hd0,gpt2"));
    check_entry(f, 0, 0, "b | /vmlinuz | | ");
    check_entry(f, 0, 1, "a | /vmlinuz | /initrd | ");
}

static void repeated_keys(void **state)
{
    struct fixture *f = *state;

    add(f, "a",
        "title first\ntitle second\nlinux /k\nlinux /other\n"
        "initrd /ucode.img\ninitrd  /a.img\t/b.img\noptions ro\noptions quiet  splash\n");
    read_all(f, NULL);
    check_entry(f, 0, 0, "first | /k | /ucode.img /a.img /b.img | ro quiet splash");
}

static void ignored_keys_and_comments(void **state)
{
    struct fixture *f = *state;

    add(f, "a",
        "# Boot Loader Specification type#1 entry\n\ntitle A\nlinux /k\n"
#ifdef __aarch64__
        "architecture aa64\n"
#else
        "architecture x64\n"
#endif
        "#options bad\ndevicetree /dtb\ngrub_class kernel\nfoo bar\nlinuxx "
        "/no\n");
    read_all(f, NULL);
    check_entry(f, 0, 0, "A | /k | | ");
}

static void crlf_tabs_and_no_newline_at_the_end(void **state)
{
    struct fixture *f = *state;

    add(f, "a", "\xef\xbb\xbftitle\tA title\r\n\tlinux\t\t/k\r\ninitrd /i\r\noptions a\tb\r");
    read_all(f, NULL);
    check_entry(f, 0, 0, "A title | /k | /i | a b");
}

static void variables_in_every_form(void **state)
{
    struct fixture *f = *state;

    add(f, "a",
        "linux /vmlinuz-$v\ninitrd /i-${v}.img\n"
        "options a=$v b=${v}x c=$none d=${none}e f=$ g=${v h=$1 i=$$v j=$v-$v_2\n");
    read_all(f, VARIABLES("v=1", "v_2=two words"));
    check_entry(f, 0, 0,
                "a | /vmlinuz-1 | /i-1.img | a=1 b=1x c= d=e f=$ g=${v h= i=$1 j=1-two words");
}

static void values_are_not_expanded_again(void **state)
{
    struct fixture *f = *state;

    add(f, "a", "linux /k\noptions $a\n");
    read_all(f, VARIABLES("a=$a$b\nlinux /bad", "b=no"));
    check_entry(f, 0, 0, "a | /k | | $a$b linux /bad");
}

static void quoted_blanks_stay(void **state)
{
    struct fixture *f = *state;

    add(f, "a", "linux /k\noptions dyndbg=\"file  a.c +p\"   ro\n");
    read_all(f, NULL);
    check_entry(f, 0, 0, "a | /k | | dyndbg=\"file  a.c +p\" ro");
}

static void missing_options_mean_the_default_ones(void **state)
{
    struct fixture *f = *state;

    add(f, "a", "linux /k\n");
    add(f, "b", "linux /k\noptions\n");
    read_all(f, VARIABLES("kernelopts=root=/dev/xvda1"));
    check_entry(f, 0, 0, "b | /k | | ");
    check_entry(f, 0, 1, "a | /k | | root=/dev/xvda1");
    menu_free(&f->menu);
    read_all(f, VARIABLES("kernelopts=root=/dev/xvda1", "default_kernelopts=root=/dev/xvda2"));
    check_entry(f, 0, 1, "a | /k | | root=/dev/xvda2");
}

static void early_ramdisks_come_first(void **state)
{
    struct fixture *f = *state;

    add(f, "a", "linux /sub/k\ninitrd /sub/i\n");
    read_all(f, VARIABLES("early_initrd=ucode.cpio acpi.cpio"));
    check_entry(f, 0, 0, "a | /sub/k | /sub/ucode.cpio /sub/acpi.cpio /sub/i | ");
}

static void arguments_behind_the_kernel(void **state)
{
    struct fixture *f = *state;

    add(f, "a", "linux /k one  two\noptions three\n");
    read_all(f, NULL);
    check_entry(f, 0, 0, "a | /k | | one two three");
}

static void no_kernel_is_no_entry(void **state)
{
    struct fixture *f = *state;

    add(f, "windows", "title Windows\nefi /EFI/Microsoft/Boot/bootmgfw.efi\n");
    add(f, "empty", "");
    add(f, "variable", "linux $nothing\n");
    add(f, "good", "linux /k\n");
    read_all(f, NULL);
    assert_int_equal(f->menu.count, 1);
    check_entry(f, 0, 0, "good | /k | | ");
    assert_true(has_problem(&f->menu, DIR "windows.conf starts the EFI program "
                                          "/EFI/Microsoft/Boot/bootmgfw.efi, which is not there"));
    assert_true(has_problem(&f->menu, DIR "empty.conf names no kernel"));
    assert_true(has_problem(&f->menu, DIR "variable.conf"));
}

static void other_architectures_are_hidden(void **state)
{
    struct fixture *f = *state;

    add(f, "z", "version 9\narchitecture riscv64\nlinux /k9\n");
    add(f, "y", "version 8\narchitecture loongarch64\nlinux /k8\n");
    add(f, "x", "version 7\nlinux /k7\n");
#ifdef __x86_64__
    add(f, "w", "version 6\narchitecture X64\nlinux /k6\n");
#endif
    read_all(f, NULL);
    check_entry(f, 0, 0, "x | /k7 | | ");
    check_wanted(f, f->menu.count == 2 ? "0 1" : "0");
}

static void loader_conf(void **state)
{
    static const struct {
        const char *conf, *wanted;
        int timeout; /* -2: not said */
    } cases[] = {
        /* the counter is a part of the name */
        {"default x-1.conf\n", "0 1 2", -2},
        {"default x-1+2-1.conf\n", "2 0 1", -2},
        {"default X-1+*\n", "2 0 1", -2},
        {"timeout 3\ndefault x-[2-9]*.conf\n", "0 1 2", 3},
        {"default x-?.conf\ntimeout menu-force", "1 0 2", -1},
        {"# no\ntimeout menu-hidden\ndefault @saved\n", "0 1 2", 0},
        {"default x-1.conf\ndefault x-2.conf", "1 0 2", -2},
        {"default x-1\n", "0 1 2", -2},
        {"default nothing*\ntimeout many\nconsole-mode max\n", "0 1 2", -2},
    };
    struct fixture *f = *state;

    add(f, "x-1+2-1", "linux /k1\n");
    add(f, "x-2", "linux /k2\n");
    add(f, "x-30", "linux /k3\n");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        memory_file(&f->guest, 0, "/loader/loader.conf", cases[i].conf);
        menu_free(&f->menu);
        read_all(f, NULL);
        check_wanted(f, cases[i].wanted);
        assert_int_equal(f->menu.has_timeout ? f->menu.timeout : -2, cases[i].timeout);
    }
    assert_true(has_problem(&f->menu, "loader.conf's default 'nothing*' is none"));
}

static void other_names_are_no_entries(void **state)
{
    struct fixture *f = *state;

    add(f, ".hidden", "linux /k\n");
    memory_file(&f->guest, 0, DIR "README", "linux /k\n");
    memory_file(&f->guest, 0, DIR "a.conf.rpmsave", "linux /k\n");
    memory_file(&f->guest, 0, DIR "sub/b.conf", "linux /k\n");
    read_all(f, NULL);
    assert_int_equal(f->menu.count, 0);
    assert_int_equal(f->menu.wanted_count, 0);
    assert_int_equal(f->menu.problems.count, 0);
}

static void no_directory(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(read_below(f, "/loader/entries", "", NULL), 0);
    assert_int_equal(f->menu.count, 0);
}

/* --- order ------------------------------------------------------------------------------- */

static void check_titles(struct fixture *f, const char *expected, int line)
{
    struct buffer titles = BUFFER_INIT(4096);

    for (size_t i = 0; i < f->menu.count; i++)
        buffer_addf(&titles, "%s%s", i ? " " : "", f->menu.entries[i].title);
    _assert_string_equal(buffer_text(&titles), expected, __FILE__, line);
    buffer_free(&titles);
}

static void sort_key_comes_first(void **state)
{
    struct fixture *f = *state;

    add(f, "z", "title none\nlinux /k\nversion 99\n");
    add(f, "a", "title ubuntu\nsort-key ubuntu\nversion 1\nlinux /k\n");
    add(f, "b", "title fedora-1\nsort-key fedora\nversion 1\nlinux /k\n");
    add(f, "c", "title fedora-2\nsort-key fedora\nversion 2\nlinux /k\n");
    read_all(f, NULL);
    check_titles(f, "fedora-2 fedora-1 ubuntu none", __LINE__);
}

static void machine_comes_before_version(void **state)
{
    struct fixture *f = *state;

    add(f, "1", "title b9\nsort-key x\nmachine-id b\nversion 9\nlinux /k\n");
    add(f, "2", "title a1\nsort-key x\nmachine-id a\nversion 1\nlinux /k\n");
    add(f, "3", "title a2~rc1\nsort-key x\nmachine-id a\nversion 2~rc1\nlinux /k\n");
    add(f, "4", "title a2\nsort-key x\nmachine-id a\nversion 2\nlinux /k\n");
    add(f, "5", "title none\nsort-key x\nversion 1\nlinux /k\n");
    read_all(f, NULL);
    check_titles(f, "none a2 a2~rc1 a1 b9", __LINE__);
}

static void no_tries_left_is_last(void **state)
{
    struct fixture *f = *state;

    add(f, "fedora-3+0-3", "title 3-failed\nsort-key a\nlinux /k\n");
    add(f, "fedora-2+1-2", "title 2\nsort-key a\nversion 2\nlinux /k\n");
    add(f, "fedora-1", "title 1\nsort-key a\nversion 1\nlinux /k\n");
    add(f, "fedora-4+00", "title 4-failed\nsort-key a\nversion 4\nlinux /k\n");
    add(f, "fedora-0+3", "title 0\nsort-key a\nversion 0\nlinux /k\n");
    read_all(f, NULL);
    check_titles(f, "2 1 0 4-failed 3-failed", __LINE__);
}

static void plus_that_is_no_counter(void **state)
{
    struct fixture *f = *state;

    add(f, "a-1+debug", "title debug\nlinux /k\n");
    add(f, "a-2+0x", "title x\nlinux /k\n");
    add(f, "a-3+0-", "title dash\nlinux /k\n");
    add(f, "a-4+10", "title ten\nlinux /k\n");
    read_all(f, NULL);
    check_titles(f, "ten dash x debug", __LINE__);
}

/* --- the default --------------------------------------------------------------------------- */

static void three(struct fixture *f)
{
    add(f, "id-3", "title Three\nversion 3.0\nlinux /k\n");
    add(f, "id-2+2-1", "title Two\nversion 2.0\nlinux /k\n");
    add(f, "id-1", "title One\nversion 1.0\nlinux /k\n");
}

static void check_saved(struct fixture *f, const char *saved, const char *wanted, int line)
{
    auto_free char *pair = xasprintf("saved_entry=%s", saved);

    menu_free(&f->menu);
    read_all(f, VARIABLES(pair));
    check_wanted_at(f, wanted, __FILE__, line);
}

static void saved_entry(void **state)
{
    struct fixture *f = *state;

    three(f);
    check_saved(f, "", "0 1 2", __LINE__);
    check_saved(f, "id-1", "2 0 1", __LINE__);
    check_saved(f, "id-2+2-1", "1 0 2", __LINE__);
    check_saved(f, "id-2", "1 0 2", __LINE__);
    check_saved(f, "Two", "1 0 2", __LINE__);
    check_saved(f, "1.0", "2 0 1", __LINE__);
    check_saved(f, "2", "2 0 1", __LINE__);
    assert_int_equal(f->menu.problems.count, 0);
}

static void saved_entry_that_is_gone(void **state)
{
    struct fixture *f = *state;

    three(f);
    check_saved(f, "id-9", "0 1 2", __LINE__);
    assert_true(has_problem(&f->menu, "saved_entry names none"));
    check_saved(f, "3", "0 1 2", __LINE__);
}

static void saved_id_beats_title_and_index(void **state)
{
    struct fixture *f = *state;

    add(f, "9", "title a\nlinux /k\n");
    add(f, "0", "title b\nlinux /k\n");
    check_saved(f, "0", "1 0", __LINE__);
}

static void saved_title_of_two_is_the_first(void **state)
{
    struct fixture *f = *state;

    add(f, "3", "title other\nlinux /k\n");
    add(f, "2", "title same\nlinux /k\n");
    add(f, "1", "title same\nlinux /k\n");
    check_saved(f, "same", "1 0 2", __LINE__);
}

static void entries_go_behind_those_of_the_menu(void **state)
{
    struct fixture *f = *state;

    assert_non_null(menu_add(&f->menu));
    add(f, "a", "linux /k\n");
    read_all(f, NULL);
    assert_int_equal(f->menu.count, 2);
    check_entry(f, 0, 1, "a | /k | | ");
    check_wanted(f, "1");
}

/* --- bounds and rubbish ----------------------------------------------------------------------- */

static void check_count(struct fixture *f, size_t entries, size_t expected, bool complains)
{
    for (size_t i = 0; i < entries; i++) {
        auto_free char *name = xasprintf("k-%zu", i);

        add(f, name, "linux /k\n");
    }
    menu_free(&f->menu);
    read_all(f, NULL);
    assert_int_equal(f->menu.count, expected);
    assert_int_equal(has_problem(&f->menu, "more than 256 entries"), complains);
    auto_free char *newest = xasprintf("k-%zu", entries - 1);
    assert_string_equal(f->menu.entries[0].id, newest);
}

static void number_of_entries(void **state)
{
    check_count(*state, BLS_ENTRIES_MAX - 1, BLS_ENTRIES_MAX - 1, false);
    check_count(*state, BLS_ENTRIES_MAX, BLS_ENTRIES_MAX, false);
    check_count(*state, BLS_ENTRIES_MAX + 1, BLS_ENTRIES_MAX, true);
}

static void size_of_a_file(void **state)
{
    struct fixture *f = *state;

    for (size_t size = BLS_FILE_MAX - 1; size <= BLS_FILE_MAX + 1; size++) {
        auto_free char *text = repeat("#\n", size);

        memcpy(text, "linux /k\n", strlen("linux /k\n"));
        text[size] = '\0';
        add(f, "a", text);
        menu_free(&f->menu);
        read_all(f, NULL);
        assert_int_equal(f->menu.count, size <= BLS_FILE_MAX ? 1 : 0);
        assert_int_equal(has_problem(&f->menu, "is larger than"), size > BLS_FILE_MAX);
    }
}

static void length_of_the_arguments(void **state)
{
    struct fixture *f = *state;

    add(f, "a", "linux /k\noptions $long\n");
    for (size_t length = MENU_TEXT_MAX - 1; length <= MENU_TEXT_MAX + 1; length++) {
        auto_free char *x = repeat("x", length), *pair = xasprintf("long=%s", x);

        menu_free(&f->menu);
        read_all(f, VARIABLES(pair));
        /* it is the default still: nothing is booted in its place */
        assert_int_equal(f->menu.count, 1);
        assert_int_equal(f->menu.entries[0].broken != NULL, length > MENU_TEXT_MAX);
        assert_int_equal(f->menu.problems.count, length <= MENU_TEXT_MAX ? 0 : 1);
    }
}

static void number_of_ramdisks(void **state)
{
    struct fixture *f = *state;

    for (size_t count = MENU_RAMDISKS_MAX - 1; count <= MENU_RAMDISKS_MAX + 1; count++) {
        auto_free char *lines = repeat("initrd /i\n", count);
        auto_free char *text = xasprintf("linux /k\n%s", lines);

        add(f, "a", text);
        menu_free(&f->menu);
        read_all(f, NULL);
        assert_int_equal(f->menu.entries[0].ramdisk_count,
                         count < MENU_RAMDISKS_MAX ? count : MENU_RAMDISKS_MAX);
        assert_int_equal(has_problem(&f->menu, "more than 16 ramdisks"), count > MENU_RAMDISKS_MAX);
        assert_int_equal(f->menu.entries[0].broken != NULL, count > MENU_RAMDISKS_MAX);
    }
}

/* A directory of as many names as the volume's state says. */
static int fake_list(struct volume *volume, const char *path,
                     bool (*each)(void *context, const char *name), void *context,
                     struct error *err)
{
    const size_t *count = volume->state;

    (void)path;
    (void)err;
    for (size_t i = 0; i < *count && each(context, "x"); i++)
        ;
    return 1;
}

static int no_status(struct volume *volume, const char *path, struct file_status *status,
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
    static const struct filesystem names = {
        .name = "names", .status = no_status, .list = fake_list};
    struct fixture *f = *state;

    for (size_t count = BLS_NAMES_MAX - 1; count <= BLS_NAMES_MAX + 1; count++) {
        const struct filesystem *saved = f->guest.volumes[0].filesystem;
        void *saved_state = f->guest.volumes[0].state;

        f->guest.volumes[0].filesystem = &names;
        f->guest.volumes[0].state = &count;
        menu_free(&f->menu);
        read_all(f, NULL);
        f->guest.volumes[0].filesystem = saved;
        f->guest.volumes[0].state = saved_state;
        assert_int_equal(has_problem(&f->menu, "more than 20000 names"), count > BLS_NAMES_MAX);
        assert_int_equal(f->menu.no_default != NULL, count > BLS_NAMES_MAX);
    }
}

static void rubbish(void **state)
{
    struct fixture *f = *state;
    static const char bytes[] = "title \xff\xfe\xc3(\nlinux /k\0/etc/shadow\noptions \xe9t\xe9\n";

    memory_file_bytes(&f->guest, 0, DIR "a.conf", bytes, sizeof bytes - 1);
    memory_file_bytes(&f->guest, 0, DIR "zeros.conf", "\0\0\0\0", 4);
    read_all(f, NULL);
    check_entry(f, 0, 0, "\xff\xfe\xc3( | /k | | \xe9t\xe9");
    assert_int_equal(f->menu.count, 1);
    assert_true(has_problem(&f->menu, "a.conf line 2: a NUL byte"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(fedora_39),
        fixture_test(rhel_8_kernelopts),
        fixture_test(rhel_8_order_with_rescue_last),
        fixture_test(rhel_9_boot_is_a_directory),
        fixture_test(paths_below_root_when_not_as_given),
        fixture_test(device_before_the_path_is_dropped),
        fixture_test(repeated_keys),
        fixture_test(ignored_keys_and_comments),
        fixture_test(crlf_tabs_and_no_newline_at_the_end),
        fixture_test(variables_in_every_form),
        fixture_test(values_are_not_expanded_again),
        fixture_test(quoted_blanks_stay),
        fixture_test(missing_options_mean_the_default_ones),
        fixture_test(early_ramdisks_come_first),
        fixture_test(arguments_behind_the_kernel),
        fixture_test(no_kernel_is_no_entry),
        fixture_test(other_architectures_are_hidden),
        fixture_test(loader_conf),
        fixture_test(other_names_are_no_entries),
        fixture_test(no_directory),
        fixture_test(sort_key_comes_first),
        fixture_test(machine_comes_before_version),
        fixture_test(no_tries_left_is_last),
        fixture_test(plus_that_is_no_counter),
        fixture_test(saved_entry),
        fixture_test(saved_entry_that_is_gone),
        fixture_test(saved_id_beats_title_and_index),
        fixture_test(saved_title_of_two_is_the_first),
        fixture_test(entries_go_behind_those_of_the_menu),
        fixture_test(number_of_entries),
        fixture_test(size_of_a_file),
        fixture_test(length_of_the_arguments),
        fixture_test(number_of_ramdisks),
        fixture_test(number_of_names),
        fixture_test(rubbish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
