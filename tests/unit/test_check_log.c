/* Which log of libxl's is a guest's, and what of it is told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "loader/check/log.h"

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = xstrdup("/tmp/eliloader-unit.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    auto_free char *command = xasprintf("rm -rf %s", folder);

    (void)state;
    int result = system(command);
    replace_string(&folder, NULL);
    return result;
}

/* The file NAME with TEXT, that was changed AGE seconds ago. */
static void put(const char *name, const char *text, int age)
{
    auto_free char *path = xasprintf("%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    const struct timespec times[2] = {{time(NULL) - age, 0}, {time(NULL) - age, 0}};

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* What is told of VM and DISK: line NUMBER's text behind its status; NULL: there is none. */
static char *told(const char *vm, const char *disk, size_t number)
{
    struct check_report report;
    char *text = NULL;

    check_report_begin(&report, true);
    check_log_files(&report, folder, vm, disk);
    const json_t *line = json_array_get(report.lines, number);
    if (line) {
        const char *said = json_string_value(json_object_get(line, "text"));
        const char *slash = strrchr(said, '/');
        text = xasprintf("%s %s", json_string_value(json_object_get(line, "status")),
                         slash ? slash + 1 : said);
        /* What is wrong has a next step. */
        assert_int_equal(strncmp(text, "ok", 2) != 0,
                         json_is_string(json_object_get(line, "next")));
    }
    check_report_end(&report);
    return text;
}

static void check(const char *vm, const char *disk, size_t number, const char *wanted, int line)
{
    auto_free char *text = told(vm, disk, number);

    if (wanted ? !text || strcmp(text, wanted) != 0 : !!text)
        fail_msg("line %d: told is '%s', not '%s'", line, text ? text : "nothing",
                 wanted ? wanted : "nothing");
}
#define CHECK(vm, disk, number, wanted) check(vm, disk, number, wanted, __LINE__)

static void test_files(void **state)
{
    (void)state;
    CHECK("web1", NULL, 0, "ok bootloader.*.log names VM web1");
    put("bootloader.1.log", "VM web1: old\n", 100);
    put("bootloader.2.log", "eliloader: VM web1: no kernel\nRuntimeError: HANDOFF\n", 50);
    put("bootloader.3.log", "VM db: fine\n", 10);
    put("other.4.log", "VM web1: no bootloader's\n", 1);
    CHECK("web1", NULL, 0, "warning bootloader.2.log: eliloader: VM web1: no kernel");
    CHECK("web1", NULL, 1, "warning bootloader.2.log: RuntimeError: HANDOFF");
    CHECK("web1", NULL, 2, NULL);
    CHECK("db", NULL, 0, "ok bootloader.3.log: VM db: fine");
    CHECK(NULL, "disk9", 0, "ok bootloader.*.log names disk9");
    put("bootloader.5.log", "a\nb\nc\r\n\nd\ne on disk9\nf\n", 5);
    CHECK(NULL, "disk9", 0, "ok bootloader.5.log: b");
    CHECK(NULL, "disk9", CHECK_LOG_LINES - 1, "ok bootloader.5.log: f");
    CHECK(NULL, "disk9", CHECK_LOG_LINES, NULL);
    put("bootloader.6.log", "disk8 \033[2J\n", 0);
    CHECK(NULL, "disk8", 0, "ok bootloader.6.log: disk8 \\x1b[2J");
}

/* Another VM, whose ID begins with ours, is another. */
static void test_prefix(void **state)
{
    (void)state;
    put("bootloader.7.log", "VM web10: fine\n", 0);
    CHECK("web1", NULL, 0, "warning bootloader.2.log: eliloader: VM web1: no kernel");
}

static void test_end(void **state)
{
    auto_free char *text = xmalloc(CHECK_LOG_BYTES + 64);

    (void)state;
    memset(text, 'x', CHECK_LOG_BYTES + 32);
    memcpy(text, "VM long:\n", 9);
    strcpy(text + CHECK_LOG_BYTES + 32, "\nend\n");
    put("bootloader.8.log", text, 0);
    /* Its beginning is not looked at. */
    CHECK("long", NULL, 0, "ok bootloader.*.log names VM long");
    memcpy(text + CHECK_LOG_BYTES, "VM long: ", 9);
    put("bootloader.8.log", text, 0);
    CHECK("long", NULL, 1, "ok bootloader.8.log: end");
}

/* An operand may be empty: this ends. */
static void no_line_names_nothing(void **state)
{
    (void)state;
    char text[] = "eliloader: one\nVM two: three\n";
    char *lines[CHECK_LOG_LINES];

    assert_int_equal(check_log_last(text, "", lines), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_names_nothing),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_end),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
