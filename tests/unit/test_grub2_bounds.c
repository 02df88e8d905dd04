/* GRUB 2: every bound at its limit, below and above it, and scripts that never end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "fsprobe/config/grub2/grub2.h"
#include "fsprobe/config/grub2/run.h"
#include "tests/unit/grub2_fixture.h"

/* The script ends in time, and a problem tells why. */
static void ends(void **state, const char *text, const char *problem)
{
    struct fixture *f = *state;
    struct timespec start, end;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    parse_text(f, text);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    /* A fraction of a second; sanitizers take their share. */
    assert_true(end.tv_sec - start.tv_sec < 3);
    if (!has_problem(&f->menu, problem))
        fail_msg("no problem says '%s'", problem);
}

static void test_endless_loops(void **state)
{
    ends(state, "while true; do true; done\n", "steps");
    ends(state, "while true; do set a=b; if [ -f /x ]; then set c=d; fi; done\n", "steps");
    ends(state, "until false; do search --set=x --file /x; done\n", "steps");
    ends(state, "function f { source /boot/grub/grub.cfg; f; f; f; }\nf\n", "steps");
}

/* What one command may do without copying much: that counts too. */
static void test_costly_commands(void **state)
{
    auto_free char *words = repeat("a ", 4000), *variables = repeat("$v", 100000);
    auto_free char *quotes = repeat("\"\"", 100000), *hints = repeat("--hint hd0, ", 30);
    auto_free char *long_value = repeat("x", 65000);
    auto_free char *split = xasprintf("set w=\"%s\"\nwhile true; do true $w; done\n", words);
    auto_free char *empty = xasprintf("while true; do true %s; done\n", variables);
    auto_free char *quoted = xasprintf("while true; do true %s; done\n", quotes);
    auto_free char *refused =
        xasprintf("set a=%s\nwhile true; do true \"$a$a$a$a$a\"; done\n", long_value);
    auto_free char *parameters =
        xasprintf("function f { setparams %s; while true; do shift; done; }\nf\n", words);
    auto_free char *searches = xasprintf("while true; do search --label x %s; done\n", hints);

    ends(state, split, "steps");
    ends(state, empty, "steps");
    ends(state, quoted, "steps");
    ends(state, refused, "steps");
    ends(state, parameters, "steps");
    ends(state, searches, "steps");
}

/* A guest may have hundreds of partitions, and a configuration on each. */
static void test_steps_are_the_guests(void **state)
{
    static const char endless[] = "while true; do true; done\n";
    static const char entry[] = "menuentry 'a' { linux /a; }\n";
    struct fixture *f = *state;

    parse_text(f, entry);
    assert_true(f->guest.grub2_steps > 0 && f->guest.grub2_steps < 200);
    parse_text(f, endless);
    assert_int_equal(f->guest.grub2_steps, GRUB2_STEPS_MAX);
    fixture_parse_bytes(f, &grub2_config, HOME, "/boot/grub/grub.cfg", entry, strlen(entry));
    assert_int_equal(f->menu.count, 0);
    assert_true(has_problem(&f->menu, "steps"));
}

static void test_endless_body_leaves_the_others(void **state)
{
    struct fixture *f = *state;

    ends(state,
         "set default=1\nmenuentry 'a' { linux /a; while true; do true; done; }\n"
         "menuentry 'b' { linux /b; }\n",
         "steps");
    check_entry(f, HOME, 0, "b | /b | | ");
    check_wanted(f, "0");
}

static void test_doubling(void **state)
{
    ends(state, "set a=xxxxxxxxxxxxxxxx\nwhile true; do set a=$a$a; done\n", "longer than");
    ends(state, "set a='x x'\nwhile true; do set a=\"$a $a\"; true $a; done\n", "longer than");
    ends(state, "set a='x y'\nfunction f { f $@ $@; }\nf $a\n", "a command grows over");
}

static void test_value(void **state)
{
    struct fixture *f = *state;

    for (int over = -1; over <= 1; over++) {
        auto_free char *value = repeat("x", (size_t)(GRUB2_VALUE_MAX + over));
        auto_free char *text =
            xasprintf("set a=%s\nset r=$?\nmenuentry 'm' { linux /k $r; }\n", value);
        boots(text, over > 0 ? "nothing" : "m | /k | | 0");
        assert_int_equal(has_problem(&f->menu, "would be longer"), over > 0);
    }
}

static void test_variables(void **state)
{
    struct fixture *f = *state;
    /* those that are there from the start */
    const int there = 17;

    for (int over = -1; over <= 1; over++) {
        struct buffer text = BUFFER_INIT(1024 * 1024);
        for (int i = 0; i < GRUB2_VARIABLES_MAX - there + over; i++)
            buffer_addf(&text, "v%d=\n", i);
        auto_free char *script = buffer_take(&text);
        parse_text(f, script);
        assert_int_equal(has_problem(&f->menu, "no room for the variable"), over > 0);
    }
}

/* Devices and directories that are made beyond the bound are not known. */
static void test_made_devices(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/f", "x");
    for (int over = -1; over <= 1; over++) {
        struct buffer text = BUFFER_INIT(64 * 1024);
        for (int i = 0; i < GRUB2_LOOPBACKS_MAX + over; i++)
            buffer_addf(&text, "loopback l%d /f\n", i);
        buffer_add_text(&text, "loopback l0 /f\nmenuentry 'm' { linux /k; }\n");
        auto_free char *script = buffer_take(&text);
        boots(script, over > 0 ? "nothing" : "m | /k | | ");
        assert_int_equal(has_problem(&f->menu, "are made by loopback"), over > 0);
    }
}

static void test_searches(void **state)
{
    struct fixture *f = *state;

    /* What is not remembered is only searched again. */
    for (int i = 0; i <= GRUB2_SEARCHES_MAX; i++) {
        auto_free char *path = xasprintf("/f%d", i);
        memory_file(&f->guest, 0, path, "x");
    }
    struct buffer script = BUFFER_INIT(64 * 1024);
    for (int i = 0; i <= GRUB2_SEARCHES_MAX; i++)
        buffer_addf(&script, "search --file --set=a /f%d\n", i);
    auto_free char *searches = buffer_take(&script);
    gives(searches, "$a", "hd0,msdos1");
}

static void test_name(void **state)
{
    for (int over = -1; over <= 1; over++) {
        auto_free char *name = repeat("n", (size_t)(GRUB2_NAME_MAX + over));
        auto_free char *text =
            xasprintf("set %s=x\nset r=$?\nmenuentry t { linux /k $r; }\n", name);
        boots(text, over > 0 ? "nothing" : "t | /k | | 0");
    }
}

static void test_words(void **state)
{
    for (int over = -1; over <= 1; over++) {
        auto_free char *words = repeat(" x", (size_t)(GRUB2_WORDS_MAX - 1 + over));
        auto_free char *text = xasprintf("set r=\nfunction f { set r=$#; }\nf%s", words);
        auto_free char *count = xasprintf("r%d", GRUB2_WORDS_MAX - 1 + over);
        gives(text, "r$r", over > 0 ? "r" : count);
    }
}

static void test_nesting(void **state)
{
    for (int over = -1; over <= 1; over++) {
        size_t depth = (size_t)(GRUB2_NESTING_MAX + over);
        auto_free char *open = repeat("if true; then ", depth);
        auto_free char *close = repeat("; fi", depth);
        auto_free char *text = xasprintf("%sset a=1%s", open, close);
        gives(text, "a$a", over > 0 ? "a" : "a1");
    }
    auto_free char *deep = repeat("if true; then ", 100000);
    ends(state, deep, "nested too deeply");
    auto_free char *braces = repeat("a {", 100000);
    ends(state, braces, "nested too deeply");
    auto_free char *parens = repeat("( ", 2000);
    auto_free char *text = xasprintf("test %s", parens);
    parse_text(*state, text);
}

static void test_depth(void **state)
{
    struct fixture *f = *state;

    /* The file itself is one level. */
    for (int over = -1; over <= 1; over++) {
        int functions = GRUB2_DEPTH_MAX - 1 + over;
        struct buffer text = BUFFER_INIT(65536);
        for (int i = 0; i + 1 < functions; i++)
            buffer_addf(&text, "function f%d { f%d; }\n", i, i + 1);
        buffer_addf(&text, "function f%d { set r=1; }\nf0\n", functions - 1);
        buffer_add_text(&text, "menuentry 't' { linux /k r$r; }\n");
        auto_free char *script = buffer_take(&text);
        /* GRUB would have gone on: what it boots then is not known. */
        boots(script, over > 0 ? "nothing" : "t | /k | | r1");
        assert_int_equal(has_problem(&f->menu, "nested more than"), over > 0);
    }
}

static void test_files(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/n.cfg", "set n=x$n\n");
    for (int over = -1; over <= 1; over++) {
        auto_free char *text = repeat("source /n.cfg\n", (size_t)(GRUB2_FILES_MAX + over));
        auto_free char *count = repeat("x", (size_t)(GRUB2_FILES_MAX - (over < 0)));
        auto_free char *entry = xasprintf("t | /k | | %s", count);
        auto_free char *all = xasprintf("%smenuentry t { linux /k $n; }\n", text);
        /* the rest may say what the default is */
        boots(all, over > 0 ? "nothing" : entry);
        assert_int_equal(has_problem(&f->menu, "more than 64 files"), over > 0);
    }
}

static void test_file_that_sources_itself(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/self.cfg", "source /self.cfg\nsource /self.cfg\n");
    ends(state, "source /self.cfg\n", "nested more than");
    memory_file(&f->guest, HOME, "/self.cfg", "submenu 's' { configfile /self.cfg; }\n");
    ends(state, "configfile /self.cfg\n", "nested more than");
}

static void test_functions(void **state)
{
    for (int over = -1; over <= 1; over++) {
        struct buffer text = BUFFER_INIT(65536);
        for (int i = 0; i + 1 < GRUB2_FUNCTIONS_MAX + over; i++)
            buffer_addf(&text, "function f%d { true; }\n", i);
        buffer_add_text(&text, "function last { set r=1; }\nlast\nmenuentry t { linux /k r$r; }\n");
        auto_free char *script = buffer_take(&text);
        boots(script, over > 0 ? "nothing" : "t | /k | | r1");
    }
}

static void test_entries(void **state)
{
    struct fixture *f = *state;

    for (int over = -1; over <= 1; over++) {
        auto_free char *text =
            repeat("menuentry 'm' { linux /k; }\n", (size_t)(MENU_ENTRIES_MAX + over));
        parse_text(f, text);
        assert_int_equal(f->menu.count, MENU_ENTRIES_MAX - (over < 0));
        assert_int_equal(has_problem(&f->menu, "more than 512 entries"), over > 0);
    }
}

static void test_items(void **state)
{
    struct fixture *f = *state;

    for (int over = -1; over <= 1; over++) {
        auto_free char *text =
            repeat("menuentry 'm' { true; }\n", (size_t)(GRUB2_ITEMS_MAX + over));
        parse_text(f, text);
        assert_int_equal(has_problem(&f->menu, "more than 1024 menu entries"), over > 0);
    }
}

/* What may be one of the entries that are left out is not replaced by the first. */
static void test_default_of_items(void **state)
{
    static const struct {
        const char *text;
        bool known;
    } defaults[] = {{"0", true}, {"1023", true}, {"1024", false}, {"last", false}, {"m", true}};
    struct fixture *f = *state;
    auto_free char *entries = repeat("menuentry m { true; }\n", (size_t)(GRUB2_ITEMS_MAX - 1));

    for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
        auto_free char *text = xasprintf("set default=%s\nmenuentry first { linux /k; }\n%s"
                                         "menuentry last { linux /k; }\n",
                                         defaults[i].text, entries);
        parse_text(f, text);
        assert_int_equal(f->menu.count, 1);
        assert_int_equal(has_problem(&f->menu, "none of those that are read"), !defaults[i].known);
        assert_int_equal(f->menu.no_default == NULL, i == 0);
    }
    parse_text(f, "set default=9\nmenuentry first { linux /k; }\n");
    assert_null(f->menu.no_default);
}

static void test_ramdisks(void **state)
{
    struct fixture *f = *state;

    for (int over = -1; over <= 1; over++) {
        auto_free char *files = repeat(" /i", (size_t)(MENU_RAMDISKS_MAX + over));
        auto_free char *text = xasprintf("menuentry 'm' { linux /k; initrd%s; }\n", files);
        parse_text(f, text);
        assert_int_equal(f->menu.entries[0].ramdisk_count, MENU_RAMDISKS_MAX - (over < 0));
        assert_int_equal(has_problem(&f->menu, "more than 16 ramdisks"), over > 0);
        assert_int_equal(f->menu.entries[0].broken != NULL, over > 0);
    }
}

static void test_arguments(void **state)
{
    struct fixture *f = *state;

    for (int over = -1; over <= 1; over++) {
        auto_free char *args = repeat("a", (size_t)(MENU_TEXT_MAX + over));
        auto_free char *text = xasprintf("menuentry 'm' { linux /k %s; }\n", args);
        parse_text(f, text);
        assert_int_equal(f->menu.count, over <= 0);
        assert_int_equal(has_problem(&f->menu, "longer than 8192 bytes"), over > 0);
    }
}

static void test_arena(void **state)
{
    auto_free char *text = repeat("a b c d e f g h\n", 60000);

    ends(state, text, "there is no command 'a'");
    /* A variable takes more room than its two bytes. */
    auto_free char *large = repeat("$a", GRUB2_ARENA_MAX / 48 + 1000);
    ends(state, large, "too large");
    assert_int_equal(((struct fixture *)*state)->menu.count, 0);
}

static void test_regexp_work(void **state)
{
    auto_free char *nested = repeat("(", 15);
    auto_free char *again = repeat("{255})", 15);
    auto_free char *text = xasprintf("regexp '%sx{0}%s' x\n", nested, again);

    ends(state, text, "no regular expression, or too large");
    auto_free char *as = repeat("a", 3000);
    auto_free char *slow = xasprintf("while true; do regexp '(a*)*b' %s; done\n", as);
    ends(state, slow, "steps");
}

static void test_options_without_end(void **state)
{
    auto_free char *letters = repeat("l", 200000);
    auto_free char *text =
        xasprintf("search -%s\nsearch --%s\nsearch -\nsearch --\n", letters, letters);

    parse_text(*state, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_endless_loops),
        fixture_test(test_costly_commands),
        fixture_test(test_steps_are_the_guests),
        fixture_test(test_endless_body_leaves_the_others),
        fixture_test(test_doubling),
        fixture_test(test_value),
        fixture_test(test_variables),
        fixture_test(test_name),
        fixture_test(test_made_devices),
        fixture_test(test_searches),
        fixture_test(test_words),
        fixture_test(test_nesting),
        fixture_test(test_depth),
        fixture_test(test_files),
        fixture_test(test_file_that_sources_itself),
        fixture_test(test_functions),
        fixture_test(test_entries),
        fixture_test(test_items),
        fixture_test(test_default_of_items),
        fixture_test(test_ramdisks),
        fixture_test(test_arguments),
        fixture_test(test_arena),
        fixture_test(test_regexp_work),
        fixture_test(test_options_without_end),
    };
    return cmocka_run_group_tests_name("grub2_bounds", tests, NULL, NULL);
}
