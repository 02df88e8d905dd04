/* Settings: where they come from, and what --help says of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "loader/settings/options.h"

#define WORDS_MAX 8

/* The words of LINE, split at single spaces as xapi does it. */
static int parse(enum command command, const char *line, struct settings *settings,
                 struct error *err)
{
    auto_free char *copy = xstrdup(line);
    char *words[WORDS_MAX], *rest = copy;
    int count = 0;

    while (rest && count < WORDS_MAX)
        words[count++] = strsep(&rest, " ");
    assert_null(rest);
    return settings_parse(command, *line ? count : 0, words, settings, err);
}

static void parses(enum command command, const char *line, struct settings *settings)
{
    auto_error struct error err = ERROR_INIT;

    if (parse(command, line, settings, &err) < 0)
        fail_msg("%s: %s", line, err.text);
}

static void refuses(enum command command, const char *line, const char *sentence)
{
    auto_settings struct settings settings = {.help = false};
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(parse(command, line, &settings, &err), -1);
    assert_int_equal(err.name, ERROR_USAGE);
    assert_string_equal(err.text, sentence);
}

static int set_up(void **state)
{
    (void)state;
    return setenv("ELILOADER_CONFIG", "/dev/null", 1);
}

static void defaults(void **state)
{
    auto_settings struct settings s = {.help = false};

    (void)state;
    parses(COMMAND_BOOT, "", &s);
    assert_string_equal(s.output_directory, "/var/run/xend/boot");
    assert_string_equal(s.record_dir, "/var/lib/eliloader/vms");
    assert_string_equal(s.record, "auto");
    assert_true(s.kernel_max == UINT64_C(64) << 20 && s.ramdisk_max == UINT64_C(512) << 20);
    assert_int_equal(s.kernel_max_origin, ORIGIN_DEFAULT);
    assert_int_equal(s.connect_timeout, 30);
    assert_int_equal(s.stall_timeout, 60);
    assert_int_equal(s.fetch_timeout, 1800);
    assert_int_equal(s.redirects, REDIRECTS_DEFAULT);
    assert_false(s.allow_downgrade);
    assert_int_equal(s.runas, 65534);
    assert_false(s.runas_given || s.quiet || s.debug);
    assert_int_equal(s.output_format, ANSWER_DEFAULT);
    assert_null(s.vm);
    assert_null(s.args);
    assert_int_equal(s.operand_count, 0);
}

static void forms_of_options(void **state)
{
    static const char *const same[] = {
        "--vm=x --kernel=k -q a b", "--vm x --kernel k --quiet a b", "a --kernel=k b -q --vm x",
        "--vm=y -q --vm=x --kernel k a b", "--vm x  a --kernel=k  b -q"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
        auto_settings struct settings s = {.help = false};
        parses(COMMAND_BOOT, same[i], &s);
        assert_string_equal(s.vm, "x");
        assert_string_equal(s.kernel, "k");
        assert_true(s.quiet);
        assert_int_equal(s.operand_count, 2);
        assert_string_equal(s.operands[0], "a");
        assert_string_equal(s.operands[1], "b");
    }
}

static void args_are_joined(void **state)
{
    static const struct {
        const char *line, *args;
    } cases[] = {
        {"--args= --extra_args= --default_args=", NULL},
        {"--args=a --extra_args=b --default_args=c", "a b c"},
        {"--default_args=c --args=a --extra-args b", "c a b"},
        {"--args=a --args= --args=b", "a b"},
        {"--args --quiet", "--quiet"},
        {"--args=a=b=c", "a=b=c"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_settings struct settings s = {.help = false};
        parses(COMMAND_BOOT, cases[i].line, &s);
        if (cases[i].args)
            assert_string_equal(s.args, cases[i].args);
        else
            assert_null(s.args);
        assert_false(s.quiet);
    }
}

static void after_two_dashes_only_operands(void **state)
{
    auto_settings struct settings s = {.help = false};

    (void)state;
    parses(COMMAND_BOOT, "--vm=x -- --vm=y - -q", &s);
    assert_string_equal(s.vm, "x");
    assert_int_equal(s.operand_count, 3);
    assert_string_equal(s.operands[2], "-q");
}

static void refused_command_lines(void **state)
{
    (void)state;
    refuses(COMMAND_BOOT, "--frob=secret", "unknown option '--frob' (--help lists them)");
    refuses(COMMAND_BOOT, "-x", "unknown option '-x' (--help lists them)");
    refuses(COMMAND_FETCH, "--vm=x", "unknown option '--vm' (--help lists them)");
    refuses(COMMAND_VM, "--args=x", "unknown option '--args' (--help lists them)");
    refuses(COMMAND_BOOT, "--vm", "the option --vm has no value");
    refuses(COMMAND_BOOT, "--vm=", "option --vm: it has no value");
    refuses(COMMAND_BOOT, "--quiet=1", "the option --quiet takes no value");
    refuses(COMMAND_BOOT, "--output-format=x",
            "option --output-format: not simple, simple0 or sxp: 'x'");
}

/* The value itself, one below and one above. */
static void bounds(void **state)
{
    static const char *const good[] = {"--connect-timeout=1", "--connect-timeout=86400",
                                       "--runas=1",           "--runas=4294967294",
                                       "--kernel-max-size=1", "--kernel-max-size=1099511627776"};
    static const char *const bad[] = {"--connect-timeout=0", "--connect-timeout=86401",
                                      "--runas=0",           "--runas=4294967295",
                                      "--kernel-max-size=0", "--kernel-max-size=1099511627777"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        auto_settings struct settings s = {.help = false}, t = {.help = false};
        auto_error struct error err = ERROR_INIT;
        parses(COMMAND_BOOT, good[i], &s);
        assert_int_equal(parse(COMMAND_BOOT, bad[i], &t, &err), -1);
    }
}

static void where_a_limit_comes_from(void **state)
{
    auto_settings struct settings s = {.help = false};

    (void)state;
    setenv("ELILOADER_KERNEL_MAX_SIZE", "2M", 1);
    setenv("ELILOADER_RAMDISK_MAX_SIZE", "3M", 1);
    parses(COMMAND_BOOT, "--ramdisk-max-size=4M", &s);
    unsetenv("ELILOADER_KERNEL_MAX_SIZE");
    unsetenv("ELILOADER_RAMDISK_MAX_SIZE");
    assert_true(s.kernel_max == 2 << 20 && s.ramdisk_max == 4 << 20);
    assert_int_equal(s.kernel_max_origin, ORIGIN_ENVIRONMENT);
    assert_int_equal(s.ramdisk_max_origin, ORIGIN_COMMAND_LINE);
}

static void file_below_environment_below_command_line(void **state)
{
    static const char text[] = "# comment\n\n ; comment\nstall-timeout = 1\r\n"
                               "connect-timeout=1\n\tproxy\t=\thttp://p  \ndebug = yes\n"
                               "pygrub-timeout = 1";
    char path[] = "/tmp/eliloader-unit.XXXXXX";
    auto_settings struct settings s = {.help = false};
    auto_fd int fd = mkstemp(path);

    (void)state;
    assert_int_equal(write_all(fd, text, strlen(text)), 0);
    setenv("ELILOADER_CONNECT_TIMEOUT", "2", 1);
    setenv("ELILOADER_PYGRUB_TIMEOUT", "2", 1);
    setenv("ELILOADER_CONFIG", path, 1);
    parses(COMMAND_BOOT, "--pygrub-timeout=3", &s);
    unsetenv("ELILOADER_CONNECT_TIMEOUT");
    unsetenv("ELILOADER_PYGRUB_TIMEOUT");
    unlink(path);
    assert_int_equal(s.stall_timeout, 1);
    assert_int_equal(s.connect_timeout, 2);
    assert_int_equal(s.pygrub_timeout, 3);
    assert_string_equal(s.proxy, "http://p");
    assert_true(s.debug);
}

static void help_is_of_the_command(void **state)
{
    auto_buffer struct buffer boot = BUFFER_INIT(65536), vm = BUFFER_INIT(65536);

    (void)state;
    options_help(COMMAND_BOOT, &boot);
    options_help(COMMAND_VM, &vm);
    assert_non_null(strstr(buffer_text(&boot), "  -q, --quiet "));
    assert_non_null(strstr(buffer_text(&boot), "\n      --output-directory=DIR "));
    assert_null(strstr(buffer_text(&boot), "--json"));
    assert_non_null(strstr(buffer_text(&vm), "--json"));
    assert_null(strstr(buffer_text(&vm), "--args"));
}

/* What stands beside the file's own settings, the environment does not set. */
static void the_file_alone(void **state)
{
    static const char text[] = "trust-bootloader-args = yes\nkernel-max-size-ceiling = 1M\n"
                               "ramdisk-max-size-ceiling = 2M\noutput-reserve = 0\n";
    char path[] = "/tmp/eliloader-unit.XXXXXX";
    auto_settings struct settings s = {.help = false}, t = {.help = false};
    auto_fd int fd = mkstemp(path);

    (void)state;
    assert_int_equal(write_all(fd, text, strlen(text)), 0);
    setenv("ELILOADER_TRUST_BOOTLOADER_ARGS", "yes", 1);
    parses(COMMAND_BOOT, "-q --vm x /dev/null", &s);
    unsetenv("ELILOADER_TRUST_BOOTLOADER_ARGS");
    assert_true(s.by_editor && !s.trust_words);
    assert_true(s.kernel_ceiling == UINT64_C(256) << 20 && s.ramdisk_ceiling == 1 << 30);
    assert_true(s.output_reserve == 64 << 20);
    setenv("ELILOADER_CONFIG", path, 1);
    parses(COMMAND_BOOT, "-q --vm x --output=y a b", &t);
    assert_true(!t.by_editor && t.trust_words && t.operand_count == 2);
    assert_string_equal(t.output, "y");
    assert_true(t.kernel_ceiling == 1 << 20 && t.ramdisk_ceiling == 2 << 20);
    assert_true(t.output_reserve == 0);
    refuses(COMMAND_BOOT, "--trust-bootloader-args",
            "unknown option '--trust-bootloader-args' (--help lists them)");
    refuses(COMMAND_BOOT, "-q --vm x --config=/other a",
            "--config comes too late behind -q --vm ID: write it first");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults, set_up),
        cmocka_unit_test_setup(forms_of_options, set_up),
        cmocka_unit_test_setup(args_are_joined, set_up),
        cmocka_unit_test_setup(after_two_dashes_only_operands, set_up),
        cmocka_unit_test_setup(refused_command_lines, set_up),
        cmocka_unit_test_setup(bounds, set_up),
        cmocka_unit_test_setup(where_a_limit_comes_from, set_up),
        cmocka_unit_test_setup(file_below_environment_below_command_line, set_up),
        cmocka_unit_test_setup(help_is_of_the_command, set_up),
        cmocka_unit_test_setup(the_file_alone, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
