/* GRUB 2: the language, as grub-emu and grub-script-check of 2.06 have it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fsprobe/config/grub2/grub2.h"
#include "tests/unit/grub2_fixture.h"

static void test_quotes(void **state)
{
    gives("", "'a\"b' x\\ y \"c\\\\d\"", "a\\\"b \"x y\" c\\\\d");
    gives("", "pre'mid dle'\"post\"", "\"premid dlepost\"");
}

static void test_hexadecimal_escape_stays(void **state)
{
    gives("", "'a\\x20b' 'c\\xg'", "a\\x20b c\\\\xg");
}

static void test_variable_splits_unquoted(void **state)
{
    gives("set v='a  b'", "$v x$v.y \"$v\"", "a b xa b.y \"a  b\"");
}

static void test_empty_variable_leaves_no_word(void **state)
{
    gives("set v=", "a $v $unset b", "a b");
}

static void test_white_space_becomes_a_space(void **state)
{
    gives("set v='a\n\tb'", "\"$v\" c", "a b c");
    gives("set v='\n\ta'", "\"$v\"", "a");
}

static void test_set_takes_one_word(void **state)
{
    gives("set a=b c d=e\nset v='x y'\nset w=$v", "$a $d $w", "b x");
}

static void test_assignment_without_set(void **state)
{
    gives("a=1 b=2", "a$a b$b", "a1 b");
}

static void test_set_without_equals(void **state)
{
    gives("set x y\nset r=$?", "$r", "18");
}

static void test_braced_names(void **state)
{
    gives("set ab=1\nset a=2", "${a}b $ab ${ab}", "2b 1 1");
}

static void test_lone_dollar_spoils_the_line(void **state)
{
    gives("set a=1\nset a=2 $\nset b=1\nset b='2'\"$\"", "$a $b", "1 1");
}

static void test_comments(void **state)
{
    gives("set a=1 # set a=2\n#set a=3\n  # set a=4", "$a x#y", "1 x#y");
}

static void test_hash_line_is_dropped_in_quotes(void **state)
{
    gives("set a=\"one\n# two\nthree\"", "$a", "one three");
}

static void test_continued_line(void **state)
{
    gives("set a=1\\\n2", "$a \\\n b", "12 b");
}

static void test_carriage_returns(void **state)
{
    boots("menuentry 'a' {\r\n linux /k x\r\n}\r\n", "a | /k | | x");
}

static void test_nul_ends_a_line(void **state)
{
    static const char text[] = "set a=1\0junk {\nmenuentry 'm' { linux /k $a; }\n";
    struct fixture *f = *state;

    fixture_parse_bytes(f, &grub2_config, HOME, "/boot/grub/grub.cfg", text, sizeof text - 1);
    check_entry(f, HOME, 0, "m | /k | | 1");
}

static void test_bytes_that_are_no_text(void **state)
{
    boots("# \xff\xfe\nset a=\xe4\nmenuentry 'm\xf6' { linux /k $a; }\n", "m\xf6 | /k | | \xe4");
}

static void test_no_newline_at_the_end(void **state)
{
    boots("menuentry 'a' { linux /k x; }", "a | /k | | x");
}

static void test_nothing_at_all(void **state)
{
    boots("", "nothing");
    boots("\n\n  \n", "nothing");
    boots("}", "nothing");
    boots("{", "nothing");
    boots("menuentry", "nothing");
    boots("'", "nothing");
    boots("\\", "nothing");
    boots("$", "nothing");
}

static void test_wrong_line_is_left_out_alone(void **state)
{
    struct fixture *f = *state;

    gives("set a=1\nset b=2 && set a=9\nset c=3", "$a b$b $c", "1 b 3");
    assert_true(has_problem(&f->menu, "grub.cfg line 2:"));
}

static void test_error_inside_if(void **state)
{
    gives("if true; then\n set a=1\n x | y\n set b=2\nfi\nset c=3", "a$a b$b c$c", "a b2 c3");
}

static void test_empty_blocks_are_errors(void **state)
{
    boots("menuentry 'a' { }\nmenuentry 'b' { linux /k; }\n", "b | /k | | ");
    gives("if true; then fi\nset a=1", "$a", "1");
}

static void test_function_wants_a_delimiter(void **state)
{
    gives("function f { set a=1 }\nfunction g { set b=2; }\nf\ng", "a$a b$b", "a b2");
}

static void test_if_elif_else(void **state)
{
    gives("if false; then set a=1; elif false; then set a=2; elif true; then set a=3; "
          "else set a=4; fi",
          "$a", "3");
}

static void test_unknown_command_is_true(void **state)
{
    struct fixture *f = *state;

    gives("if nosuch; then set a=yes; fi", "$a", "yes");
    assert_true(has_problem(&f->menu, "line 1: there is no command 'nosuch'"));
}

static void test_inverted(void **state)
{
    gives("if ! false; then set a=1; fi\nif ! true; then set b=1; fi\n!\nset c=$?", "$a b$b $c",
          "1 b 18");
}

static void test_loops(void **state)
{
    gives("for i in 1 2 3 4; do if [ $i = 2 ]; then continue; fi; if [ $i = 4 ]; then break; fi; "
          "set r=$r$i; done",
          "$r $i", "13 4");
    gives("while [ \"$n\" != aaa ]; do set n=a$n; done\nuntil [ \"$m\" = bb ]; do m=b$m; done",
          "$n $m", "aaa bb");
}

static void test_break_out_of_two(void **state)
{
    gives("for i in 1 2; do for j in x y; do set r=$r$i$j; break 2; done; done", "$r", "1x");
}

static void test_function_arguments(void **state)
{
    gives("function f { set r=\"$#:$1:$2\"; shift; set s=\"$*\"; return 3; set s=no; }\n"
          "f a 'b c' d\nset q=$?",
          "\"$r\" \"$s\" $q", "\"3:a:b c\" \"b c d\" 3");
}

static void test_all_arguments(void **state)
{
    gives("function n { set c=\"$c,$#\"; }\nfunction f { n $@; n $*; n \"$@\"; n \"$*\"; }\n"
          "f 'a b' c",
          "$c", ",3,3,2,1");
}

static void test_setparams_and_shift(void **state)
{
    gives("function f { setparams x y z; shift 2; set r=$1$#; shift 5; set e=$?; }\nf", "$r $e",
          "z1 18");
}

static void test_return_in_a_body_ends_its_line(void **state)
{
    boots("menuentry 'a' {\n linux /k 1; return; linux /k 2\n}\n", "a | /k | | 1");
    boots("menuentry 'a' {\n linux /k 1\n return\n linux /k 2\n}\n", "a | /k | | 2");
}

static void test_submenu_sees_exported_only(void **state)
{
    boots("set a=1\nset b=2\nexport b\nsubmenu 's' { menuentry 'e' { linux /k a$a b$b; } }\n",
          "s>e | /k | | a b2");
}

static void test_bodies_do_not_touch_each_other(void **state)
{
    struct fixture *f = *state;

    parse_text(f, "menuentry 'a' { set v=1; linux /k a$v; }\nmenuentry 'b' { linux /k b$v; }\n");
    check_entry(f, HOME, 0, "a | /k | | a1");
    check_entry(f, HOME, 1, "b | /k | | b");
}

static void test_body_sees_the_end_of_the_script(void **state)
{
    boots("set v=1\nmenuentry 'a' { linux /k $v; }\nset v=2\n", "a | /k | | 2");
}

static void test_body_arguments(void **state)
{
    boots("menuentry 'a b' x --class c y { linux /k \"$1\" $2 $3 $#; }\n",
          "a b | /k | | \"a b\" x y 3");
}

static void test_block_as_an_argument(void **state)
{
    gives("function f { set r=$1; }\nf {true;}", "$r", "{true;}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_quotes),
        fixture_test(test_hexadecimal_escape_stays),
        fixture_test(test_variable_splits_unquoted),
        fixture_test(test_empty_variable_leaves_no_word),
        fixture_test(test_white_space_becomes_a_space),
        fixture_test(test_set_takes_one_word),
        fixture_test(test_assignment_without_set),
        fixture_test(test_set_without_equals),
        fixture_test(test_braced_names),
        fixture_test(test_lone_dollar_spoils_the_line),
        fixture_test(test_comments),
        fixture_test(test_hash_line_is_dropped_in_quotes),
        fixture_test(test_continued_line),
        fixture_test(test_carriage_returns),
        fixture_test(test_nul_ends_a_line),
        fixture_test(test_bytes_that_are_no_text),
        fixture_test(test_no_newline_at_the_end),
        fixture_test(test_nothing_at_all),
        fixture_test(test_wrong_line_is_left_out_alone),
        fixture_test(test_error_inside_if),
        fixture_test(test_empty_blocks_are_errors),
        fixture_test(test_function_wants_a_delimiter),
        fixture_test(test_if_elif_else),
        fixture_test(test_unknown_command_is_true),
        fixture_test(test_inverted),
        fixture_test(test_loops),
        fixture_test(test_break_out_of_two),
        fixture_test(test_function_arguments),
        fixture_test(test_all_arguments),
        fixture_test(test_setparams_and_shift),
        fixture_test(test_return_in_a_body_ends_its_line),
        fixture_test(test_submenu_sees_exported_only),
        fixture_test(test_bodies_do_not_touch_each_other),
        fixture_test(test_body_sees_the_end_of_the_script),
        fixture_test(test_body_arguments),
        fixture_test(test_block_as_an_argument),
    };
    return cmocka_run_group_tests_name("grub2_language", tests, NULL, NULL);
}
