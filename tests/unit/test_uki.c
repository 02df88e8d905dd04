/* Unified kernel images: which sections a start uses, what a menu shows of them, addons, and what
 * is refused. SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fsprobe/config/systemd_boot/uki_entry.h"
#include "tests/unit/menu_fixture.h"
#include "tests/unit/uki_fixture.h"

#define PATH "/EFI/Linux/x.efi"

/* --- what is in FILE --------------------------------------------------------------------- */

static void check_bytes(struct fixture *f, const struct boot_file *file, const char *expected,
                        int line)
{
    auto_buffer struct buffer bytes = BUFFER_INIT(1024 * 1024);
    auto_error struct error err = ERROR_INIT;

    if (boot_file_read(&f->guest, file, 1024 * 1024, &bytes, &err) != 1)
        fail_msg("line %d: %s", line, err.text ? err.text : "it is not there");
    _assert_int_equal((int)bytes.length, (int)strlen(expected), __FILE__, line);
    _assert_memory_equal(buffer_text(&bytes), expected, strlen(expected), __FILE__, line);
}
#define check_file(f, file, expected) check_bytes(f, file, expected, __LINE__)

/* Reads PATH's PROFILE into ENTRY: -1 when it is refused, with ERR. */
static int fill(struct fixture *f, unsigned profile, const char *options, struct entry *entry,
                struct error *err)
{
    struct uki_parts parts;
    struct pe pe;

    entry_clear(entry);
    if (pe_read(&f->guest, 0, PATH, &pe, err) < 1)
        return -1;
    if (!uki_find_parts(&pe, profile, &parts))
        return error_set(err, ERROR_INVALID_SOURCE, "no such profile");
    return uki_fill_entry(&f->guest, 0, PATH, &parts, options, entry, &f->menu, err);
}

/* The same where it works. */
static void filled(struct fixture *f, unsigned profile, const char *options, struct entry *entry)
{
    auto_error struct error err = ERROR_INIT;

    if (fill(f, profile, options, entry, &err) < 0)
        fail_msg("%s", err.text);
}

static void refused(struct fixture *f, const struct uki_image *image, const char *why, int line)
{
    auto_error struct error err = ERROR_INIT;
    struct entry entry = {.number = 0};

    uki_write(image, &f->guest, 0, PATH);
    _assert_int_equal(fill(f, 0, "", &entry, &err), -1, __FILE__, line);
    if (!strstr(err.text, why))
        fail_msg("line %d: \"%s\" has no \"%s\"", line, err.text, why);
    entry_clear(&entry);
}

static void accepted(struct fixture *f, const struct uki_image *image)
{
    struct entry entry = {.number = 0};

    uki_write(image, &f->guest, 0, PATH);
    filled(f, 0, "", &entry);
    entry_clear(&entry);
}

/* --- a start ----------------------------------------------------------------------------- */

static void all_sections(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", " root=/dev/xvda2\n\tro \r\n");
    struct entry entry = {.number = 0};

    uki_add_text(&image, ".ucode", "microcode");
    uki_write(&image, &f->guest, 0, PATH);
    filled(f, 0, "", &entry);
    assert_string_equal(entry.args, "root=/dev/xvda2 ro");
    assert_string_equal(entry.version, "6.1.0");
    check_file(f, &entry.kernel, UKI_KERNEL("usual"));
    assert_int_equal(entry.ramdisk_count, 2);
    check_file(f, &entry.ramdisks[0], "microcode");
    check_file(f, &entry.ramdisks[1], "the ramdisk");
    entry_clear(&entry);
}

static void options_replace_its_own(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "own");
    struct entry entry = {.number = 0};

    uki_write(&image, &f->guest, 0, PATH);
    filled(f, 0, "other words", &entry);
    assert_string_equal(entry.args, "other words");
    entry_clear(&entry);
}

static void control_characters_are_spaces(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_new();
    struct entry entry = {.number = 0};

    uki_add(&image, ".cmdline", "a\001b\177c\0hidden", 13);
    uki_add_text(&image, ".linux", UKI_KERNEL(""));
    uki_write(&image, &f->guest, 0, PATH);
    filled(f, 0, "", &entry);
    assert_string_equal(entry.args, "a b c");
    assert_int_equal(entry.ramdisk_count, 0);
    entry_clear(&entry);
}

static void the_first_of_a_name_counts(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "first");
    struct entry entry = {.number = 0};

    uki_add_text(&image, ".cmdline", "second");
    uki_add_text(&image, ".linux", UKI_KERNEL("second"));
    uki_write(&image, &f->guest, 0, PATH);
    filled(f, 0, "", &entry);
    assert_string_equal(entry.args, "first");
    check_file(f, &entry.kernel, UKI_KERNEL("usual"));
    entry_clear(&entry);
}

static void profiles(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "base");
    auto_error struct error err = ERROR_INIT;
    struct entry entry = {.number = 0};

    uki_add_text(&image, ".profile", "ID=main\n");
    uki_add_text(&image, ".profile", "ID=reset\n");
    uki_add_text(&image, ".cmdline", "reset");
    uki_add_text(&image, ".profile", "");
    uki_add_text(&image, ".initrd", "another ramdisk");
    uki_write(&image, &f->guest, 0, PATH);
    filled(f, 0, "", &entry);
    assert_string_equal(entry.args, "base");
    filled(f, 1, "", &entry);
    assert_string_equal(entry.args, "reset");
    check_file(f, &entry.ramdisks[0], "the ramdisk");
    filled(f, 2, "", &entry);
    assert_string_equal(entry.args, "base");
    check_file(f, &entry.ramdisks[0], "another ramdisk");
    check_file(f, &entry.kernel, UKI_KERNEL("usual"));
    assert_int_equal(fill(f, 3, "", &entry, &err), -1);
    entry_clear(&entry);
}

/* ukify makes room for what the kernel needs beyond its own bytes. */
static void more_in_memory_than_in_the_file(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_new();
    struct entry entry = {.number = 0};

    uki_add_text(&image, ".linux", UKI_KERNEL("large"));
    uki_put(&image, uki_head(0) + 8, 1 << 20, 4);
    uki_put(&image, uki_head(0) + 16, 9, 4);
    uki_write(&image, &f->guest, 0, PATH);
    filled(f, 0, "", &entry);
    check_file(f, &entry.kernel, UKI_KERNEL("large"));
    entry_clear(&entry);
}

/* --- what a menu shows ------------------------------------------------------------------- */

static void check_words(struct fixture *f, const char *osrel, unsigned profile, const char *of_it,
                        const char *expected)
{
    auto_uki struct uki_image image = uki_usual(osrel, "");
    auto_error struct error err = ERROR_INIT;
    auto_uki_words struct uki_words words = {.title = NULL};
    struct uki_parts parts;
    struct pe pe;

    if (of_it)
        for (unsigned i = 0; i <= profile; i++)
            uki_add_text(&image, ".profile", i == profile ? of_it : "ID=before\n");
    uki_write(&image, &f->guest, 0, PATH);
    assert_int_equal(pe_read(&f->guest, 0, PATH, &pe, &err), 1);
    assert_true(uki_find_parts(&pe, profile, &parts));
    int result = uki_describe(&f->guest, 0, PATH, &parts, profile, &words, &err);
    assert_int_equal(result, expected != NULL);
    if (!expected)
        return;
    auto_free char *all = xasprintf("%s | %s | %s", words.title, words.version ? words.version : "",
                                    words.sort_key ? words.sort_key : "");
    assert_string_equal(all, expected);
}

static void words_of_a_system(void **state)
{
    struct fixture *f = *state;

    check_words(f,
                "# made by hand\nNAME=Fedora Linux\r\nVERSION=\"39 (Cloud)\"\nID=fedora\n"
                "VERSION_ID=39\nPRETTY_NAME=\"Fedora Linux 39\"\n",
                0, NULL, "Fedora Linux 39 | 39 (Cloud) | fedora");
    check_words(f, "ID=arch\nBUILD_ID=rolling\n  NAME = no\n", 0, NULL, "arch | rolling | arch");
    check_words(f, "IMAGE_ID=img\nIMAGE_VERSION=7\nID=a\nVERSION=1\nNAME='N'\n", 0, NULL,
                "img | 7 | img");
    check_words(f, "NAME=N\nVERSION_ID=\"\"\"\n", 0, NULL, "N | \" | ");
    check_words(f, "HOME_URL=x\n", 0, NULL, NULL);
    check_words(f, "", 0, NULL, NULL);
}

static void size_of_a_word(void **state)
{
    struct fixture *f = *state;

    for (size_t length = UKI_WORD_MAX - 1; length <= UKI_WORD_MAX + 1; length++) {
        auto_free char *x = repeat("x", length), *osrel = xasprintf("NAME=%s\n", x);
        auto_free char *kept = xasprintf("%.*s |  | ", UKI_WORD_MAX, x);

        check_words(f, osrel, 0, NULL, kept);
    }
}

static void words_of_a_profile(void **state)
{
    struct fixture *f = *state;

    check_words(f, "ID=a\n", 0, "ID=x\n", "a |  | a");
    check_words(f, "ID=a\n", 0, "TITLE=Main\n", "a (Main) |  | a");
    check_words(f, "ID=a\n", 1, "ID=reset\nTITLE=\"Factory reset\"\n", "a (Factory reset) |  | a");
    check_words(f, "ID=a\n", 1, "ID=reset\n", "a (reset) |  | a");
    check_words(f, "ID=a\n", 2, "", "a (Profile #3) |  | a");
}

/* --- addons ------------------------------------------------------------------------------ */

static void add_addon(struct fixture *f, const char *path, const char *cmdline, const char *uname,
                      const char *section)
{
    auto_uki struct uki_image image = uki_new();

    if (cmdline)
        uki_add_text(&image, ".cmdline", cmdline);
    if (uname)
        uki_add_text(&image, ".uname", uname);
    if (section)
        uki_add_text(&image, section, path);
    uki_write(&image, &f->guest, 0, path);
}

static void addons(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "own");
    struct entry entry = {.number = 0};

    uki_add_text(&image, ".ucode", "microcode");
    uki_write(&image, &f->guest, 0, PATH);
    add_addon(f, PATH ".extra.d/b.addon.efi", "b", NULL, ".initrd");
    add_addon(f, PATH ".extra.d/a.ADDON.EFI", "a\n", "6.1.0", ".ucode");
    add_addon(f, PATH ".extra.d/other.efi", "no", NULL, NULL);
    add_addon(f, PATH ".extra.d/.hidden.addon.efi", "no", NULL, NULL);
    add_addon(f, PATH ".extra.d/uname.addon.efi", "no", "5.4.0", NULL);
    add_addon(f, PATH ".extra.d/kernel.addon.efi", "no", NULL, ".linux");
    add_addon(f, "/loader/addons/z.addon.efi", "global", NULL, ".ucode");
    memory_file(&f->guest, 0, PATH ".extra.d/junk.addon.efi", "junk");
    memory_file(&f->guest, 0, PATH ".extra.d/secret.cred", "x");
    filled(f, 0, "", &entry);
    assert_string_equal(entry.args, "own global a b");
    assert_int_equal(entry.ramdisk_count, 5);
    check_file(f, &entry.ramdisks[0], PATH ".extra.d/a.ADDON.EFI");
    check_file(f, &entry.ramdisks[1], "/loader/addons/z.addon.efi");
    check_file(f, &entry.ramdisks[2], "microcode");
    check_file(f, &entry.ramdisks[3], "the ramdisk");
    check_file(f, &entry.ramdisks[4], PATH ".extra.d/b.addon.efi");
    assert_true(has_problem(&f->menu, "uname.addon.efi is not used: it is for the kernel 5.4.0"));
    assert_true(has_problem(&f->menu, "kernel.addon.efi is not used: it is no addon"));
    assert_true(has_problem(&f->menu, "junk.addon.efi is not used: it is no EFI program"));
    assert_true(has_problem(&f->menu, "credentials and extensions there are not passed on"));
    assert_int_equal(f->menu.problems.count, 4);
    entry_clear(&entry);
}

static void addons_of_a_counted_image(void **state)
{
    static const struct {
        const char *image, *folder;
        bool used;
    } cases[] = {
        {"/EFI/Linux/x+3.efi", "/EFI/Linux/x.efi.extra.d", true},
        {"/EFI/Linux/x+3-1.efi", "/EFI/Linux/x.efi.extra.d", true},
        {"/EFI/Linux/x+3-1.efi", "/EFI/Linux/x+3-1.efi.extra.d", false},
        {"/EFI/Linux/x+y.efi", "/EFI/Linux/x+y.efi.extra.d", true},
        {"/EFI/Linux/x+3-.efi", "/EFI/Linux/x+3-.efi.extra.d", true},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_error struct error err = ERROR_INIT;
        auto_uki struct uki_image image = uki_usual("ID=a\n", "own");
        auto_free char *addon = xasprintf("%s/a.addon.efi", cases[i].folder);
        struct entry entry = {.number = 0};
        struct uki_parts parts;
        struct pe pe;

        fixture_teardown(state);
        fixture_setup(state);
        f = *state;
        uki_write(&image, &f->guest, 0, cases[i].image);
        add_addon(f, addon, "more", NULL, NULL);
        assert_int_equal(pe_read(&f->guest, 0, cases[i].image, &pe, &err), 1);
        assert_true(uki_find_parts(&pe, 0, &parts));
        assert_int_equal(
            uki_fill_entry(&f->guest, 0, cases[i].image, &parts, "", &entry, &f->menu, &err), 0);
        assert_string_equal(entry.args, cases[i].used ? "own more" : "own");
        entry_clear(&entry);
    }
}

static void number_of_addons(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "own");

    uki_write(&image, &f->guest, 0, PATH);
    for (int i = 0; i <= 32; i++) {
        auto_error struct error err = ERROR_INIT;
        auto_free char *path = xasprintf(PATH ".extra.d/%d.addon.efi", i);
        struct entry entry = {.number = 0};

        add_addon(f, path, "a", NULL, NULL);
        assert_int_equal(fill(f, 0, "", &entry, &err), i < 32 ? 0 : -1);
        entry_clear(&entry);
    }
}

static void number_of_ramdisks(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "own");

    uki_write(&image, &f->guest, 0, PATH);
    for (int i = 1; i <= MENU_RAMDISKS_MAX; i++) {
        auto_error struct error err = ERROR_INIT;
        auto_free char *path = xasprintf(PATH ".extra.d/%d.addon.efi", i);
        struct entry entry = {.number = 0};

        add_addon(f, path, NULL, NULL, ".initrd");
        assert_int_equal(fill(f, 0, "", &entry, &err), i < MENU_RAMDISKS_MAX ? 0 : -1);
        entry_clear(&entry);
    }
}

/* --- bounds ------------------------------------------------------------------------------ */

static void number_of_sections(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "");

    while (image.count < PE_SECTIONS_MAX - 1)
        uki_add(&image, ".more", "", 0);
    accepted(f, &image);
    uki_add(&image, ".more", "", 0);
    accepted(f, &image);
    uki_add(&image, ".more", "", 0);
    refused(f, &image, "it has 97 sections", __LINE__);
    uki_put(&image, UKI_HEAD + 6, 0xFFFF, 2);
    refused(f, &image, "it has 65535 sections", __LINE__);
    uki_put(&image, UKI_HEAD + 6, 0, 2);
    refused(f, &image, "it has 0 sections", __LINE__);
}

static void sections_outside_of_the_file(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "");
    size_t head = uki_head(image.count - 1);
    size_t begin = image.size - UKI_ALIGNED;

    uki_put(&image, head + 16, UKI_ALIGNED + 1, 4);
    refused(f, &image, ".linux is not inside the file", __LINE__);
    uki_put(&image, head + 16, UINT32_MAX, 4);
    refused(f, &image, ".linux is not inside the file", __LINE__);
    uki_put(&image, head + 16, UKI_ALIGNED, 4);
    uki_put(&image, head + 20, begin + 1, 4);
    refused(f, &image, ".linux is not inside the file", __LINE__);
    uki_put(&image, head + 20, UINT32_MAX, 4);
    refused(f, &image, ".linux is not inside the file", __LINE__);
    uki_put(&image, head + 20, uki_head(image.count) - 1, 4);
    refused(f, &image, ".linux is not inside the file", __LINE__);
    uki_put(&image, head + 20, begin, 4);
    accepted(f, &image);
    image.size--;
    refused(f, &image, ".linux is not inside the file", __LINE__);
}

static void sections_over_one_another(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "");
    size_t last = uki_head(image.count - 1), before = uki_head(image.count - 2);
    uint32_t memory = image.memory;

    uki_put(&image, last + 20, image.size - UKI_ALIGNED - 1, 4);
    refused(f, &image, "lies over another one", __LINE__);
    uki_put(&image, last + 20, image.size - UKI_ALIGNED, 4);
    /* in memory */
    uki_put(&image, before + 8, UKI_PAGE, 4);
    accepted(f, &image);
    uki_put(&image, before + 8, UKI_PAGE + 1, 4);
    refused(f, &image, "lies over another one", __LINE__);
    uki_put(&image, before + 8, 11, 4);
    uki_put(&image, last + 8, UINT32_MAX, 4);
    refused(f, &image, "is too large", __LINE__);
    uki_put(&image, last + 8, UINT32_MAX - (memory - UKI_PAGE), 4);
    accepted(f, &image);
}

static void size_of_a_text(void **state)
{
    struct fixture *f = *state;

    for (size_t length = UKI_TEXT_MAX - 1; length <= UKI_TEXT_MAX + 1; length++) {
        auto_uki struct uki_image image = uki_new();
        auto_free char *text = repeat(" ", length);

        uki_add(&image, ".cmdline", text, length);
        uki_add_text(&image, ".linux", UKI_KERNEL(""));
        if (length > UKI_TEXT_MAX)
            refused(f, &image, ".cmdline has more than 65536 bytes", __LINE__);
        else
            accepted(f, &image);
    }
}

static void no_programs(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\n", "");
    auto_uki struct uki_image bare = uki_new();

    uki_add_text(&bare, ".text", "code");
    refused(f, &bare, "it has no section .linux", __LINE__);
    uki_put(&image, UKI_HEAD + 4, 0x1C2, 2);
    refused(f, &image, "another kind of machine", __LINE__);
    uki_put(&image, UKI_HEAD + 4, UKI_MACHINE, 2);
    uki_put(&image, 0, 'N', 1);
    refused(f, &image, "no EFI program", __LINE__);
    for (size_t size = 0; size < uki_head(image.count); size++) {
        struct uki_image cut = {.bytes = image.bytes, .size = size};
        refused(f, &cut, "", __LINE__);
    }
}

/* Every field of every head: 0, 1, one more, one less, all ones. Whatever comes of it stays inside
 * of the file. */
static void damaged_heads(void **state)
{
    struct fixture *f = *state;
    auto_uki struct uki_image image = uki_usual("ID=a\nNAME=x\n", "a");
    size_t end = uki_head(image.count);

    for (size_t at = 0; at < end; at += 2)
        for (int change = 0; change < 5; change++) {
            size_t width = at % 4 == 0 ? 4 : 2;
            uint64_t old = 0;

            for (size_t i = 0; i < width; i++)
                old |= (uint64_t)image.bytes[at + i] << (8 * i);
            const uint64_t values[] = {0, 1, old + 1, old - 1, UINT64_MAX};
            auto_error struct error err = ERROR_INIT;
            struct entry entry = {.number = 0};

            uki_put(&image, at, values[change], width);
            uki_write(&image, &f->guest, 0, PATH);
            if (fill(f, 0, "", &entry, &err) == 0)
                for (size_t i = 0; i <= entry.ramdisk_count; i++) {
                    const struct boot_file *file = i ? &entry.ramdisks[i - 1] : &entry.kernel;
                    assert_true(file->begin >= end && file->length <= image.size - file->begin);
                }
            else
                assert_true(*err.text);
            entry_clear(&entry);
            uki_put(&image, at, old, width);
        }
    accepted(f, &image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(all_sections),
        fixture_test(options_replace_its_own),
        fixture_test(control_characters_are_spaces),
        fixture_test(the_first_of_a_name_counts),
        fixture_test(profiles),
        fixture_test(more_in_memory_than_in_the_file),
        fixture_test(words_of_a_system),
        fixture_test(size_of_a_word),
        fixture_test(words_of_a_profile),
        fixture_test(addons),
        fixture_test(addons_of_a_counted_image),
        fixture_test(number_of_addons),
        fixture_test(number_of_ramdisks),
        fixture_test(number_of_sections),
        fixture_test(sections_outside_of_the_file),
        fixture_test(sections_over_one_another),
        fixture_test(size_of_a_text),
        fixture_test(no_programs),
        fixture_test(damaged_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
