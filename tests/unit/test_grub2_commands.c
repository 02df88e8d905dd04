/* GRUB 2: the commands, the default entry, and the environment block.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fsprobe/config/grub2/commands.h"
#include "fsprobe/config/grub2/script/match.h"
#include "fsprobe/fs/source.h"
#include "tests/unit/grub2_fixture.h"

/* The letters of RULES, pairs of a test and a letter, whose test is true. */
static void truths_at(void **state, const char *const rules[][2], const char *expected, int line)
{
    struct buffer text = BUFFER_INIT(65536);

    for (size_t i = 0; rules[i][0]; i++)
        buffer_addf(&text, "if %s; then set r=${r}%s; fi\n", rules[i][0], rules[i][1]);
    auto_free char *script = buffer_take(&text);
    gives_at(state, script, "$r", expected, __FILE__, line);
}
#define truths(expected, ...) \
    truths_at(state, (const char *const[][2]){__VA_ARGS__, {NULL, NULL}}, expected, __LINE__)

static void test_test_of_unset(void **state)
{
    truths("ae", {"[ ]", "a"}, {"[ \"\" ]", "b"}, {"[ \"$x\" ]", "c"}, {"[ \"$x\" = y ]", "d"},
           {"[ $x ]", "e"}, {"[ -n \"$x\" ]", "f"});
}

static void test_test_of_texts(void **state)
{
    truths("abcf", {"[ a = a ]", "a"}, {"[ a == a ]", "b"}, {"[ a != b ]", "c"},
           {"[ b \"<\" a ]", "d"}, {"[ a = b c = c ]", "e"}, {"[ 10 \"<\" 9 ]", "f"});
}

static void test_test_of_numbers(void **state)
{
    truths("abcdef", {"[ 10 -gt 9 ]", "a"}, {"[ 010 -eq 8 ]", "b"}, {"[ 08 -eq 8 ]", "c"},
           {"[ 0xff -eq 255 ]", "d"}, {"[ -1 -lt 0 ]", "e"}, {"[ x -eq 0 ]", "f"},
           {"[ 99999999999999999999 -lt 5 ]", "g"});
}

static void test_test_of_versions(void **state)
{
    truths("ab", {"[ vmlinuz-9 -plt vmlinuz-10 ]", "a"}, {"[ 5.10 -pgt 5.9 ]", "b"},
           {"[ a1 -pgt a1 ]", "c"});
}

static void test_test_joined(void **state)
{
    truths("abde", {"[ a = b -o c = c ]", "a"}, {"[ a = a -a ! c = d ]", "b"},
           {"[ a = b -o c = c -a d = e ]", "c"}, {"[ ( a = b ) -o x ]", "d"},
           {"[ \"(\" a = b -o c = c \")\" -a e = e ]", "e"}, {"[ ! x ]", "f"});
}

static void test_test_of_files(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/boot/k", "x");
    memory_file(&f->guest, 0, "/empty", "");
    truths("abcdf", {"[ -f /boot/k ]", "a"}, {"[ -d /boot ]", "b"},
           {"[ -e (hd0,msdos1)/empty ]", "c"}, {"[ -s /boot/k ]", "d"},
           {"[ -s (hd0,1)/empty ]", "e"}, {"[ ! -f /boot ]", "f"}, {"[ -e (hd7)/x ]", "g"},
           {"[ -e boot/k ]", "h"});
    /* A name without a slash is one of the outermost directory. */
    truths("abcd", {"[ -d boot ]", "a"}, {"[ -d (hd0,2)boot// ]", "b"}, {"[ -f /boot/k/ ]", "c"},
           {"[ -d / ]", "d"}, {"[ -f empty ]", "e"}, {"[ -e () ]", "f"});
}

static void test_search(void **state)
{
    gives("search --no-floppy --fs-uuid --set=a 1111-BOOT\nsearch --label --set boot\n"
          "set b=$root\nset root=hd0,msdos2\n"
          "search.fs_uuid 3333-data c\nsearch -l -s d data\nsearch --set=e --label nosuch\n"
          "set s=$?",
          "$a $b $c $d e$e $s", "hd0,msdos1 hd0,msdos1 hd1 hd1 e 5");
}

static void test_search_file(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, 0, "/both", "x");
    memory_file(&f->guest, 1, "/both", "x");
    gives("search --file --set=a /both\nsearch --file --set=e /", "$a $e", "hd0,msdos2");
    gives("search -f /both --hint hd0,msdos1 --set=b", "$b", "hd0,msdos1");
    gives("search -s c -f --hint=hd0, /both", "$c", "hd0,msdos1");
    gives("search.file /both d hd0,msdos1", "$d", "hd0,msdos1");
    /* Hints for other platforms say nothing; what was found once is looked at first. */
    gives("search --file --hint-bios=hd0,msdos1 --hint-mine=hd1 /both --set=a\n"
          "search -f /both --hint hd0,msdos1 --set=b",
          "$a $b", "hd0,msdos2 hd0,msdos2");
}

static void test_search_options(void **state)
{
    gives("search --no-floppy --fs-uuid --set a 1111-boot\nsearch -n -u -s b 1111-boot\n"
          "search -l -s data\nset c=$root\n"
          "set root=hd0,msdos2",
          "$a $b $c", "hd0,msdos1 hd0,msdos1 hd1");
    gives("search --fs-uuid --set=a -- 1111-boot\nsearch --set=b 1111-boot\nset s=$?\n"
          "search --label --fs-uuid --set=c boot\nsearch --fs-uuid --set=d\n"
          "search -lu\nset t=$?\nsearch -sl --set=e boot",
          "$a b$b $s $c d$d $t $e", "hd0,msdos1 b 17 hd0,msdos1 d 18 hd0,msdos1");
    gives("set root=hd1\nsearch --root-dev-only -u --set=a 1111-boot\nset s=$?\nset root=hd0,2",
          "a$a $s", "a 5");
    gives("search --fs-uuid --help 1111-boot\nset s=$?", "$s $root", "0 hd0,msdos2");
}

static void test_option_values(void **state)
{
    /* A word that begins with '-' is no value; Red Hat's --users may stand without one. */
    boots("set default=two\nmenuentry a --unrestricted --users $no --id one { linux /1; }\n"
          "menuentry b --unrestricted --users $no --id two { linux /2; }\n",
          "b | /2 | | ");
    boots("menuentry a --class --id x { linux /1; }\nmenuentry b --id { linux /2; }\n"
          "menuentry c --foreign -Z { linux /3 $#; }\n",
          "c | /3 | | 3");
    gives("load_env --fil=/x\nset a=$?\nload_env -xf /x\nset b=$?\nregexp --set\nset c=$?\n"
          "probe -u=1 ($root)\nset d=$?",
          "$a $b $c $d", "18 18 18 18");
}

static void test_root_without_parentheses(void **state)
{
    gives("set root=(hd0,1)\nset a=$root\nroot='(hd1)'\nset b=$root\nset root='('\nset c=$root\n"
          "for root in (hd0,2); do set d=$root; done\nset other=(hd0)",
          "$a $b $c $d $other", "hd0,1 hd1 ( hd0,2 (hd0)");
    boots("set root=(hd0,1)\nmenuentry a { linux /k; }\n", "a | 0:/k | | ");
}

static void test_loopback(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/fs.img", "x");
    boots("menuentry a { loopback loop0 /fs.img; linux (loop0)/vmlinuz; initrd /i; }\n", "nothing");
    boots("loopback hd0 /fs.img\nmenuentry a { linux (hd0,1)/k; }\n", "nothing");
    boots("loopback hd0 /fs.img\nloopback -d hd0\nmenuentry a { linux (hd0,1)/k; }\n",
          "a | 0:/k | | ");
    boots("menuentry a { linux /k; initrd (loop0)/i; }\n", "nothing");
    assert_true(has_problem(&f->menu, "the guest has no device (loop0)"));
    gives(
        "loopback l /fs.img\nset a=$?\nloopback m /nosuch\nset b=$?\nif [ -e (l)/ ]; then c=1; fi\n"
        "loopback -d nosuch\nset d=$?",
        "$a $b c$c $d", "0 5 c 13");
}

static void test_wildcards(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/boot/vmlinuz-6.1", "x");
    memory_file(&f->guest, HOME, "/boot/vmlinuz-5.9", "x");
    memory_file(&f->guest, HOME, "/a*b", "x");
    memory_file(&f->guest, 0, "/d1/x", "x");
    memory_file(&f->guest, 0, "/d2/y", "x");
    gives("", "/boot/vmlinuz-*", "/boot/vmlinuz-*");
    gives("insmod regexp", "/boot/vmlinuz-* /boot/vm*-?.1 '/boot/*' /boot/\\* boot/* x*",
          "/boot/vmlinuz-6.1 /boot/vmlinuz-5.9 /boot/vmlinuz-6.1 /boot/* /boot/* boot/* x*");
    gives("insmod regexp\np=/boot/v*9", "$p \"$p\" /nosuch* /*/v*9 /boot*/none /a\\*? /boot/v[m]*",
          "/boot/vmlinuz-5.9 /boot/v*9 /nosuch* /boot/vmlinuz-5.9 /boot*/none /a*b /boot/v[m]*");
    gives("insmod regexp", "(hd0,*) (*)/d?/x (hd0,msdos1)/d* /boot*/",
          "(hd0,msdos2) (hd0,msdos1) (hd0,msdos1)/d1/x (hd0,msdos1)/d1 (hd0,msdos1)/d2 /boot/");
    gives("insmod regexp\nrmmod regexp", "/boot/v*", "/boot/v*");
    boots("insmod regexp\nfor k in /boot/vmlinuz-*; do\n regexp --set=1:v '/boot/vmlinuz-(.*)' $k\n"
          " menuentry \"Linux $v\" \"$k\" { linux $2 root=x; }\ndone\n",
          "Linux 6.1 | /boot/vmlinuz-6.1 | | root=x");
}

/* What only a running GRUB knows is not guessed. */
static void test_unknown(void **state)
{
    struct fixture *f = *state;

    boots("read answer\nmenuentry a { linux /k; }\n", "nothing");
    assert_true(has_problem(&f->menu, "$answer is what somebody would type"));
    boots(
        "menuentry a { legacy_kernel /x; linux /k; }\nmenuentry b { linux /k; }\nset fallback=1\n",
        "b | /k | | ");
    boots("if [ /a -nt /b ]; then set x=1; fi\nmenuentry a { linux /k; }\n", "nothing");
    f->guest.volumes[0].filesystem = NULL;
    replace_string(&f->guest.volumes[0].type, xstrdup("jfs"));
    boots("if [ -f (hd0,1)/other ]; then set k=/o; else set k=/k; fi\nmenuentry a { linux $k; }\n",
          "nothing");
    replace_string(&f->guest.volumes[0].type, xstrdup("swap"));
    boots("if [ -f (hd0,1)/other ]; then set k=/o; else set k=/k; fi\nmenuentry a { linux $k; }\n",
          "a | /k | | ");
    /* It is freed as it was made. */
    f->guest.volumes[0].filesystem = f->guest.volumes[1].filesystem;
}

static void test_probe(void **state)
{
    gives("probe --set=a -u ($root)\nprobe -s b --fs hd0,1\nprobe -s c -l (hd0,msdos1)\n"
          "probe --set=d -p hd1\nprobe -u (hd9)\nset e=$?",
          "$a $b $c $d $e", "2222-root ext2 boot none 12");
}

static void test_device_names(void **state)
{
    struct fixture *f = *state;

    f->guest.volumes[0].gpt = true;
    boots("menuentry 'a' { linux (hd0,gpt1)/k; initrd (hd0,1)/a (hd1)/b (hd0,msdos2)/c /d; }\n",
          "a | 0:/k | 0:/a 2:/b /c /d | ");
    boots("menuentry 'a' { linux (xen/xvda,gpt1)/k; initrd (xen/xvdb)/i (xen/xvdb1)/j; }\n",
          "a | 0:/k | 2:/i 2:/j | ");
    boots("menuentry 'a' { linux (hd0,0x1)/k; }\n", "a | 0:/k | | ");
    /* Another table, a table in the partition, a partition that is not there. */
    boots("menuentry 'a' { linux (hd0,msdos1)/k; }\n", "nothing");
    boots("menuentry 'a' { linux (hd0,gpt1,bsd1)/k; }\n", "nothing");
    boots("menuentry 'a' { linux (hd0,1x)/k; }\n", "nothing");
    boots("menuentry 'a' { linux (hd0,gpt3)/k; }\n", "nothing");
    boots("menuentry 'a' { linux ()/k; }\n", "nothing");
}

static void test_device_that_is_not_there(void **state)
{
    struct fixture *f = *state;

    boots("set root=hd3,msdos1\nmenuentry 'a' { linux /k; initrd (hd3,1)/i; }\n", "a | /k | /i | ");
    assert_true(has_problem(&f->menu, "the guest has no device (hd3,msdos1)"));
    /* A bare filesystem was somebody's partition. */
    boots("menuentry 'a' { linux (hd1,msdos1)/k; }\n", "a | /k | | ");
    boots("menuentry 'a' { linux (lvm/vg-boot)/k; }\n", "nothing");
    assert_true(has_problem(&f->menu, "the guest has no device (lvm/vg-boot)"));
    boots("unset root\nmenuentry 'a' { linux /k; }\n", "nothing");
}

static void test_kernel_that_is_there_wins(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/there", "x");
    boots("menuentry 'a' { if ! linux /gone 1; then true; fi; linux /there 2; linux /gone 3; }\n",
          "a | /there | | 2");
    boots("menuentry 'a' { linux /gone 1; linux /lost 2; }\n", "a | /lost | | 2");
}

static void test_later_linux_drops_ramdisks(void **state)
{
    boots("menuentry 'a' { linux /a; initrd /x /y; linux /b; }\n", "a | /b | | ");
    boots("menuentry 'a' { linux /a; initrd /x; initrd /y /z; }\n", "a | /a | /y /z | ");
    boots("menuentry 'a' { initrd /x; linux /a; }\n", "a | /a | | ");
}

static void test_newc_is_reported(void **state)
{
    struct fixture *f = *state;

    boots("menuentry 'a' { linux /a; initrd /x newc:name:/y; }\n", "a | /a | /x | ");
    assert_true(has_problem(&f->menu, "newc:name:/y"));
}

static void test_source_and_configfile(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/boot/grub/inc.cfg", "set a=$config_file\nset b=2\n");
    gives("set b=1\nsource $prefix/inc.cfg\nsource /nosuch\nset s=$?", "$a $b $s c$config_file",
          "(hd0,msdos2)/boot/grub/inc.cfg 2 0 c");
    memory_file(&f->guest, HOME, "/other.cfg", "menuentry 'o' { linux /o v$v; }\n");
    boots("set v=1\nconfigfile /other.cfg\nmenuentry 'a' { linux /a; }\n", "o | /o | | v");
    boots("export v\nset v=1\nmenuentry 'c' { configfile /other.cfg; }\n", "c>o | /o | | v1");
}

static void test_boot_without_a_menu(void **state)
{
    boots("linux /k a\ninitrd /i\nboot\nmenuentry 'm' { linux /m; }\n",
          "/boot/grub/grub.cfg | /k | /i | a");
    boots("exit\nmenuentry 'm' { linux /m; }\n", "nothing");
}

static void test_default(void **state)
{
    static const char *const wishes[][2] = {
        {"0", "a"},
        {"2", "c"},
        {"9", "a"},
        {"-1", "a"},
        {"\"2 x\"", "c"},
        {"0x1", "s>b"},
        {"x", "c"},
        {"c", "c"},
        {"nosuch", "a"},
        {"\"\"", "a"},
        {"\"1>0\"", "s>b"},
        {"\"s>d>>e\"", "s>d>e"},
        {"\"1>nosuch\"", "s>b"},
        {"\"c>1\"", "c"},
        {"1abc", "f"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
        auto_free char *text = xasprintf(
            "set default=%s\nmenuentry 'a' { linux /k; }\nsubmenu 's' { menuentry 'b' { linux /k; "
            "}\nmenuentry 'd>e' { linux /k; }\n}\nmenuentry 'c' --id x { linux /k; }\n"
            "menuentry 'f' --id 1abc { linux /k; }\n",
            wishes[i][0]);
        auto_free char *entry = xasprintf("%s | /k | | ", wishes[i][1]);
        boots(text, entry);
    }
}

static void test_submenu_has_its_own_default(void **state)
{
    boots("set default=s\nsubmenu 's' { set default=1\nmenuentry 'a' { linux /a; }\n"
          "menuentry 'b' { linux /b \"$chosen\" d$default; }\n}\n",
          "s>b | /b | | s>b d");
}

static void test_fallback(void **state)
{
    struct fixture *f = *state;

    boots("set default=1\nset fallback='2 0'\nmenuentry 'a' { linux /a; }\n"
          "menuentry 'b' { linux /b; }\nmenuentry 'c' { linux /c; }\n",
          "b | /b | | ");
    check_wanted(f, "1 2 0");
}

static void test_load_env(void **state)
{
    struct fixture *f = *state;

    memory_file(&f->guest, HOME, "/boot/grub/grubenv",
                "# GRUB Environment Block\na=1\nb=x\\\\y\\\nz\n# c=3\nnext_entry=2\nd==\n#####");
    gives("load_env", "$a \"$b\" c$c n$next_entry $d", "1 x\\\\y z c n =");
    gives("load_env b\nload_env -f /nosuch d\nset s=$?", "a$a \"$b\" $s", "a x\\\\y z 5");
    memory_file(&f->guest, HOME, "/boot/grub/grubenv", "no block");
    gives("load_env\nset s=$?", "$s", "7");
}

/* A source of 2,048 bytes: an environment block from 512 on, and '#' elsewhere. */
static int read_memory(struct source *source, uint64_t at, void *out, size_t length,
                       struct error *err)
{
    static const char block[] = "# GRUB Environment Block\nsaved_entry=two\n";

    (void)source;
    (void)err;
    for (size_t i = 0; i < length; i++, at++)
        ((char *)out)[i] = at >= 512 && at < 512 + sizeof block - 1 ? block[at - 512] : '#';
    return 0;
}

static void test_load_env_of_blocks(void **state)
{
    static const struct source_ops ops = {.read = read_memory};
    struct fixture *f = *state;
    uint64_t budget = 1024 * 1024;
    struct source source = {.ops = &ops, .size = 2048, .budget = &budget};

    f->guest.volumes[HOME].source = &source;
    gives("load_env -f \"(${root})1+2\"\nset s=$?", "$saved_entry $s", "two 0");
    gives("load_env -f (hd0,2)1+1,2+2 saved_entry", "$saved_entry", "two");
    gives(
        "load_env -f (hd0,2)2+1\nset a=$?\nload_env -f (hd0,2)1\nset b=$?\nload_env -f (hd0,2)1+\n"
        "set c=$?\nload_env -f (hd0,2)3+2\nset d=$?\nload_env -f (hd0,1)1+1\nset e=$?\n"
        "load_env -f (hd0,2)1+1x\nset f=$?",
        "$a $b $c $d $e $f", "7 5 5 5 5 5");
    f->guest.volumes[HOME].source = NULL;
}

static void test_small_commands(void **state)
{
    gives("increment n; increment n; decrement n; decrement m\nread\ntime set t=1\n"
          "if cpuid -l; then c=64; fi\neval 'set e=1;' set f=2\nunset n2\nsleep 1\n"
          "if keystatus --shift; then k=1; fi",
          "$n $m $t $c $e$f k$k", "1 0 1 64 12 k");
}

static void test_regexp(void **state)
{
    gives("regexp --set=1:a --set=2:b '^(.*)-([0-9]+)$' vmlinuz-6-15\nregexp -s c 'x(y*)' axyyz\n"
          "if regexp '^(a|bc){2}$' abc; then set d=1; fi\nif regexp a b; then set e=1; fi\n"
          "regexp '(' x\nset s=$?",
          "$a $b $c $d e$e $s", "vmlinuz-6 15 yy 1 e 18");
}

static void test_every_command_is_found(void **state)
{
    static const char *const names[] = {".", "[", "blscfg", "linux", "xnu_kernel64", "initrd16"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        assert_non_null(grub2_find_command(names[i]));
    assert_null(grub2_find_command("lsefi"));
    assert_null(grub2_find_command(""));
    assert_true(grub2_commands_are_sorted());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_test_of_unset),
        fixture_test(test_test_of_texts),
        fixture_test(test_test_of_numbers),
        fixture_test(test_test_of_versions),
        fixture_test(test_test_joined),
        fixture_test(test_test_of_files),
        fixture_test(test_search),
        fixture_test(test_search_file),
        fixture_test(test_search_options),
        fixture_test(test_option_values),
        fixture_test(test_root_without_parentheses),
        fixture_test(test_loopback),
        fixture_test(test_wildcards),
        fixture_test(test_unknown),
        fixture_test(test_probe),
        fixture_test(test_device_names),
        fixture_test(test_device_that_is_not_there),
        fixture_test(test_kernel_that_is_there_wins),
        fixture_test(test_later_linux_drops_ramdisks),
        fixture_test(test_newc_is_reported),
        fixture_test(test_source_and_configfile),
        fixture_test(test_boot_without_a_menu),
        fixture_test(test_default),
        fixture_test(test_submenu_has_its_own_default),
        fixture_test(test_fallback),
        fixture_test(test_load_env),
        fixture_test(test_load_env_of_blocks),
        fixture_test(test_small_commands),
        fixture_test(test_regexp),
        fixture_test(test_every_command_is_found),
    };
    return cmocka_run_group_tests_name("grub2_commands", tests, NULL, NULL);
}
