/* Who wrote a word: xapi's two forms taken apart, and what a VM's editor may say.
 * Boundaries: words
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "loader/settings/options.h"
#include "loader/settings/options_table.h"
#include "loader/settings/words.h"

#define WORDS_MAX 16

/* The words of LINE, split at single spaces as xapi does it; *COPY owns them. */
static int split(const char *line, char **copy, char *words[WORDS_MAX])
{
    int count = 0;

    *copy = xstrdup(line);
    for (char *rest = *copy; rest && count < WORDS_MAX;)
        words[count++] = strsep(&rest, " ");
    return count;
}

static int set_up(void **state)
{
    (void)state;
    return setenv("ELILOADER_CONFIG", "/dev/null", 1);
}

static int parse(const char *line, struct settings *settings, struct error *err)
{
    auto_free char *copy = NULL;
    char *words[WORDS_MAX];
    int count = split(line, &copy, words);

    return settings_parse(COMMAND_BOOT, count, words, settings, err);
}

/* --- whose form it is ---------------------------------------------------------------------- */

static void forms(void **state)
{
    static const struct {
        const char *line;
        int own, disk; /* -1: the number of all words */
        bool toolstack;
    } cases[] = {
        /* xapi's */
        {"-q --vm x /d", 3, 3, true},
        {"-q --vm x", 3, -1, true},
        {"-q --vm x --args /d", 3, 4, true},
        {"-q --vm=x --args /d", 2, 3, true},
        {"-q --vm x /d --args=a", 3, -1, true},
        {"-q --vm x a b ", 3, -1, true},
        {"-q --default_args= --extra_args= --vm=x --args /d", 4, 5, true},
        {"-q --default_args=a --extra_args=--vm=y --vm x w /d", 5, 6, true},
        {"-q --default_args --vm=y --vm=x w /d", 4, 5, true},
        {"-q --args=a --vm x /d", 4, 4, true},
        {" --default_args= --extra_args= --vm=x w /d", 4, 5, true},
        {"--default_args= --vm=x w /d", 2, 3, true},
        {"--extra-args= --vm=x w /d", 2, 3, true},
        {"--quiet --vm=x w /d", 2, 3, true},
        {"-q --vm x --vm y /d", 3, 5, true},
        /* with words of root's before the VM */
        {"-q --output-directory=o --vm x w /d", 4, 5, true},
        /* root's, and xl's */
        {"--vm=x -q w /d", -1, -1, false},
        {"--args=a --vm=x w /d", -1, -1, false},
        {"--output=o --output-format=simple0 --output-directory=d -q --vm=x /d", -1, -1, false},
        {"--kernel=k --args=a --output=o --vm x /d", -1, -1, false},
        {"--runas=1 --quiet --output=o --vm x /d", -1, -1, false},
        {" --vm=x w /d", -1, -1, false},
        {"", -1, -1, false},
        {"-q /d", -1, -1, false},
        {"-q -- --vm x /d", -1, -1, false},
        {"-q --args --vm", -1, -1, false},
        {"-q --vm", -1, -1, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_free char *copy = NULL;
        char *argv[WORDS_MAX];
        int count = split(cases[i].line, &copy, argv);
        struct words words;

        words_take_apart(COMMAND_BOOT, count, argv, &words);
        if (words.own != (cases[i].own < 0 ? count : cases[i].own) ||
            words.disk != (cases[i].disk < 0 ? count : cases[i].disk) ||
            words.toolstack != cases[i].toolstack)
            fail_msg("%s: %d, %d, %d", cases[i].line, words.own, words.disk, words.toolstack);
    }
}

/* Other commands have no toolstack. */
static void other_commands(void **state)
{
    char *argv[] = {(char *)"-q", (char *)"--vm", (char *)"x", (char *)"/d"};
    struct words words;

    (void)state;
    words_take_apart(COMMAND_VM, 4, argv, &words);
    assert_true(words.own == 4 && !words.toolstack);
    words_take_apart(COMMAND_BOOT, 0, argv, &words);
    assert_true(words.own == 0 && !words.toolstack);
}

/* --- what an editor may say ---------------------------------------------------------------- */

/* All of it: what is marked so in the table is added here too, when it has been thought about. */
static const char *const of_editors[] = {
    "args",    "location",   "kernel",     "ramdisk",         "offset",          "entry",
    "handoff", "guest-type", "well-known", "kernel-max-size", "ramdisk-max-size"};

static bool is_of_editors(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(of_editors); i++)
        if (strcmp(name, of_editors[i]) == 0)
            return true;
    return false;
}

/* FORM holds %s for the editor's words. */
static void check_word(const char *form, const char *word, bool taken)
{
    auto_settings struct settings settings = {.help = false};
    auto_error struct error err = ERROR_INIT;
    const char *place = strstr(form, "%s");
    auto_free char *line =
        xasprintf("%.*s%s%s", (int)(place - form), form, word, place + strlen("%s"));
    int result = parse(line, &settings, &err);

    if (result != (taken ? 0 : -1))
        fail_msg("%s: %s", line, result < 0 ? err.text : "taken");
    if (taken)
        return;
    assert_int_equal(err.name, ERROR_USAGE);
    if (!strstr(err.text, "may not stand in a VM's PV_bootloader_args"))
        fail_msg("%s: %s", line, err.text);
}

static const char *const xapi_forms[] = {
    "-q --vm x %s /dev/disk", "-q --default_args= --extra_args= --vm=x %s /dev/disk",
    " --default_args=d --extra_args=e --vm=x %s /dev/disk", "-q --args= --vm x %s /dev/disk"};

static void only_marked_options_are_for_editors(void **state)
{
    static const struct option unmarked = {
        .name = "new", .kind = KIND_TEXT, .commands = COMMAND_ALL};
    size_t taken = 0;

    (void)state;
    for (size_t i = 0; i < options_count; i++) {
        const struct option *option = &options[i];
        const char *value = option->kind == KIND_FORMAT    ? "=sxp"
                            : option->kind == KIND_HANDOFF ? "=auto"
                            : option->kind == KIND_GUEST   ? "=pv"
                            : option->kind == KIND_FLAG    ? ""
                                                           : "=1";
        auto_free char *word = xasprintf("--%s%s", option->name, value);
        bool of_editor = is_of_editors(option->name);

        taken += of_editor;
        assert_int_equal(option_is_editors(option), of_editor);
        for (size_t form = 0; form < ARRAY_SIZE(xapi_forms); form++)
            check_word(xapi_forms[form], word, of_editor);
        if (option->letter) {
            const char letter[] = {'-', option->letter, '\0'};
            check_word(xapi_forms[0], letter, false);
        }
    }
    assert_int_equal(taken, ARRAY_SIZE(of_editors));
    /* a line of the table that says nothing about it */
    assert_false(option_is_editors(&unmarked));
}

/* Words that stand for something else, or would with what is behind them. */
static void words_are_whole_by_themselves(void **state)
{
    static const char *const refused[] = {"/dev/other",
                                          "--",
                                          "-- /dev/other",
                                          "-",
                                          "--args",
                                          "--kernel=/k /dev/other --args",
                                          "--kernel",
                                          "--location",
                                          "--handoff",
                                          "--kernel-max-size",
                                          "--kern=/k",
                                          "--k=/k",
                                          "-k=/k",
                                          "--Kernel=/k",
                                          "--kernel-=/k",
                                          "--=/k",
                                          "---kernel=/k",
                                          "--extra_args=a",
                                          "--default-args=a",
                                          "--vm=x",
                                          "--kernel /k other",
                                          "--args  a",
                                          "-n",
                                          "--list_entries",
                                          "--trust-bootloader-args=yes"};
    static const char *const taken[] = {"",
                                        " ",
                                        "--kernel /k",
                                        "--args --vm=y",
                                        "--args /dev/other",
                                        "--args=a --args= --args b",
                                        "--entry=1  --offset 512"};

    (void)state;
    for (size_t form = 0; form < ARRAY_SIZE(xapi_forms); form++) {
        for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
            check_word(xapi_forms[form], refused[i], false);
        for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
            check_word(xapi_forms[form], taken[i], true);
    }
}

static void the_toolstacks_disk(void **state)
{
    auto_settings struct settings s = {.help = false}, t = {.help = false};
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(parse("-q --vm x --kernel /dev/other --entry=--args /dev/disk", &s, &err), 0);
    assert_true(s.by_editor);
    assert_int_equal(s.operand_count, 1);
    assert_string_equal(s.operands[0], "/dev/disk");
    assert_string_equal(s.kernel, "/dev/other");
    /* by hand: root's words before the VM's name, and no disk */
    assert_int_equal(parse("-q --output=o --vm x --args=a", &t, &err), 0);
    assert_true(t.by_editor && t.operand_count == 0);
    assert_string_equal(t.output, "o");
}

static void the_refusal_says_it_all(void **state)
{
    static const char *const tail =
        "; root may write it before --vm or in xl.cfg, or set trust-bootloader-args = yes in the "
        "configuration file where every editor is root";
    static const struct {
        const char *line, *begin;
    } cases[] = {
        {"-q --vm x --proxy=http://user:secret@h /d",
         "the option --proxy may not stand in a VM's PV_bootloader_args, which whoever may edit "
         "the "
         "VM wrote: only --args, --location, --kernel, --ramdisk, --offset, --entry, --handoff, "
         "--guest-type, --well-known, --kernel-max-size, --ramdisk-max-size may"},
        {"-q --vm x /other /d",
         "the word '/other' may not stand in a VM's PV_bootloader_args, which whoever may edit the "
         "VM wrote: it is no option, and only the toolstack names a disk"},
        {"-q --vm x --well-known=no /d",
         "the option --well-known may not stand in a VM's PV_bootloader_args, which whoever may "
         "edit the VM wrote: it takes no value"},
        {"-q --vm x --args /d",
         "the option --args may not stand in a VM's PV_bootloader_args, which whoever may edit the "
         "VM wrote: it has no value, and the disk behind it is none"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_settings struct settings s = {.help = false};
        auto_error struct error err = ERROR_INIT;
        auto_free char *whole = xasprintf("%s%s", cases[i].begin, tail);

        assert_int_equal(parse(cases[i].line, &s, &err), -1);
        assert_string_equal(err.text, whole);
    }
}

/* An editor's sizes stand beside the host's, which go on to count. */
static void sizes_stand_apart(void **state)
{
    auto_settings struct settings s = {.help = false};
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(parse("-q --vm x --kernel-max-size=1T --ramdisk-max-size 1K /d", &s, &err), 0);
    assert_true(s.kernel_max == 64 << 20 && s.kernel_max_origin == ORIGIN_DEFAULT);
    assert_true(s.ramdisk_max == 512 << 20 && s.ramdisk_max_origin == ORIGIN_DEFAULT);
    assert_true(s.editor_kernel_max == UINT64_C(1) << 40 && s.editor_ramdisk_max == 1024);
}

/* --- in a record --------------------------------------------------------------------------- */

static void words_of_a_record(void **state)
{
    static const char *const refused[] = {"--pygrub=/p", "/dev/other", "--kernel", "--"};
    auto_settings struct settings s = {.help = false}, t = {.help = false};
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(settings_parse_words("--kernel=/k  --args a", true, &s, &err), 0);
    assert_true(s.by_editor);
    assert_string_equal(s.kernel, "/k");
    assert_int_equal(settings_parse_words("--pygrub=/p /d", false, &t, &err), 0);
    assert_false(t.by_editor);
    assert_string_equal(t.pygrub, "/p");
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        auto_settings struct settings u = {.help = false};
        auto_error struct error why = ERROR_INIT;
        assert_int_equal(settings_parse_words(refused[i], true, &u, &why), -1);
        assert_int_equal(why.name, ERROR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(other_commands),
        cmocka_unit_test_setup(only_marked_options_are_for_editors, set_up),
        cmocka_unit_test_setup(words_are_whole_by_themselves, set_up),
        cmocka_unit_test_setup(the_toolstacks_disk, set_up),
        cmocka_unit_test_setup(the_refusal_says_it_all, set_up),
        cmocka_unit_test_setup(sizes_stand_apart, set_up),
        cmocka_unit_test(words_of_a_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
