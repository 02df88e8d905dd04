/* What a helper may say: the bounds of its lines, notes and texts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/child.h"
#include "common/helper/report.h"
#include "common/io.h"

/* All that was written to FD. */
static char *written(int fd)
{
    auto_buffer struct buffer text = BUFFER_INIT(2 * CHILD_LINE_MAX);

    assert_true(lseek(fd, 0, SEEK_SET) == 0);
    assert_int_equal(read_all(fd, &text), 0);
    return buffer_take(&text);
}

static int somewhere(void)
{
    int fd = memfd_create("answer", MFD_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static void notes_are_counted(void **state)
{
    (void)state;
    for (unsigned more = 0; more <= 2; more++) {
        auto_fd int fd = somewhere();
        struct report report = {.fd = fd};
        unsigned said = REPORT_NOTES_MAX - 1 + more, lines = 0;

        for (unsigned i = 0; i < said; i++)
            report_note(&report, "note %u", i);
        auto_free char *all = written(fd);
        for (const char *p = all; (p = strchr(p, '\n')); p++)
            lines++;
        assert_int_equal(lines, said < REPORT_NOTES_MAX ? said : REPORT_NOTES_MAX);
        assert_true(!strstr(all, "not listed") == (more == 0));
    }
}

static void lines_are_bounded(void **state)
{
    /* {"answer":"…"} */
    const size_t around = strlen("{\"answer\":\"\"}");

    (void)state;
    for (int more = -2; more <= 0; more++) {
        auto_fd int fd = somewhere();
        const struct report report = {.fd = fd};
        size_t length = (size_t)(CHILD_LINE_MAX + more) - around;
        auto_free char *text = xcalloc(1, length + 1);

        memset(text, 'x', length);
        assert_int_equal(report_answer(&report, json_string(text)), more < 0 ? 0 : -1);
        auto_free char *line = written(fd);
        assert_int_equal(strlen(line), more < 0 ? (size_t)(CHILD_LINE_MAX + more) + 1 : 0);
    }
}

static void texts_are_cut(void **state)
{
    (void)state;
    for (int more = -1; more <= 1; more++) {
        size_t length = (size_t)(REPORT_TEXT_MAX + more);
        auto_free char *text = xcalloc(1, length + 1);

        memset(text, 'x', length);
        json_t *json = report_text(text);
        assert_true((strcmp(json_string_value(json), text) == 0) == (more <= 0));
        assert_true(json_string_length(json) <= REPORT_TEXT_MAX);
        json_decref(json);
    }
    json_t *escaped = report_text("a\xff");
    assert_string_equal(json_string_value(escaped), "a\\xff");
    json_decref(escaped);
    json_t *none = report_text(NULL);
    assert_true(json_is_null(none));
    json_decref(none);
}

static void failures_tell_their_name(void **state)
{
    auto_fd int fd = somewhere();
    const struct report report = {.fd = fd};
    auto_error struct error err = ERROR_INIT;

    (void)state;
    error_set(&err, ERROR_LIMITS, "too much");
    assert_int_equal(report_failure(&report, &err, json_pack("{s:s}", "file", "kernel")), 0);
    auto_free char *line = written(fd);
    assert_string_equal(
        line, "{\"error\":{\"name\":\"LIMITS\",\"text\":\"too much\",\"file\":\"kernel\"}}"
              "\n");
}

static void nobody_listens(void **state)
{
    struct report nowhere = {.fd = -1};
    int ends[2];

    (void)state;
    assert_int_equal(report_answer(&nowhere, json_null()), 0);
    assert_int_equal(report_answer(&nowhere, NULL), -1);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const struct report closed = {.fd = ends[0]}; /* which cannot be written to */
    assert_int_equal(report_answer(&closed, json_null()), -1);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_are_counted), cmocka_unit_test(lines_are_bounded),
        cmocka_unit_test(texts_are_cut), cmocka_unit_test(failures_tell_their_name),
        cmocka_unit_test(nobody_listens)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
