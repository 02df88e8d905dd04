/* Children: what they get, what is heard of them, how they end. They are shells here.
 * Boundaries: resources time
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/child.h"

/* All lines, joined by '|'. */
static int take_line(void *context, const char *line, size_t length, struct error *err)
{
    struct buffer *all = context;

    assert_int_equal(line[length], '\0');
    if (strcmp(line, "enough") == 0)
        return error_set(err, ERROR_LIMITS, "that is enough");
    buffer_add(all, line, length);
    buffer_add_text(all, "|");
    return 0;
}

static struct child_spec shell(const char *script, struct buffer *lines)
{
    static const char *argv[4] = {"sh", "-c", NULL, NULL};

    argv[2] = script;
    return (struct child_spec){.name = "shell",
                               .path = "/bin/sh",
                               .argv = argv,
                               .separator = '\n',
                               .line = take_line,
                               .context = lines};
}

static void answers(const struct child_spec *spec, const char *lines)
{
    struct buffer *all = spec->context;
    auto_error struct error err = ERROR_INIT;

    if (child_run(spec, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(buffer_text(all), lines);
    buffer_clear(all);
}

static void fails(const struct child_spec *spec, const char *words)
{
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(child_run(spec, &err), -1);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
    /* No child is left behind, of this or of an earlier run. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* The request is what it was, whatever a child tries. */
static void request_stays(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(1024);
    struct child_spec spec = shell("(printf y 1<>/proc/self/fd/0) 2>/dev/null && echo written >&3\n"
                                   "(printf y >>/proc/self/fd/0) 2>/dev/null && echo longer >&3\n"
                                   "cat >&3",
                                   &lines);

    (void)state;
    spec.input = "request\n";
    answers(&spec, "request|");
}

/* Thirty-two lines of a mebibyte are allowed, and not a byte more. */
static void too_much_is_the_end(void **state)
{
    auto_error struct error err = ERROR_INIT;
    struct child_spec spec =
        shell("for i in $(seq 32); do head -c 1048575 /dev/zero; echo; done >&3", NULL);

    (void)state;
    spec.line = NULL;
    assert_int_equal(child_run(&spec, &err), 0);
    spec =
        shell("for i in $(seq 32); do head -c 1048575 /dev/zero; echo; done >&3; echo >&3", NULL);
    spec.line = NULL;
    fails(&spec, "answered more than 33554432 bytes");
}

static int note_meanwhile(void *context, struct error *err)
{
    (void)err;
    buffer_add_text(context, "meanwhile|");
    return 0;
}

static int refuse_meanwhile(void *context, struct error *err)
{
    (void)context;
    return error_set(err, ERROR_LIMITS, "not meanwhile");
}

static void what_is_done_meanwhile(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(65536);
    struct child_spec spec = shell("echo one >&3", &lines);

    (void)state;
    spec.meanwhile = note_meanwhile;
    answers(&spec, "meanwhile|one|");
    spec = shell("sleep 60", &lines);
    spec.meanwhile = refuse_meanwhile;
    fails(&spec, "not meanwhile");
}

static void lines_of_an_answer(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(65536);
    struct child_spec spec;

    (void)state;
    spec = shell("exit 0", &lines);
    answers(&spec, "");
    spec = shell("printf 'a\\n\\nb\\n' >&3", &lines);
    answers(&spec, "a||b|");
    spec = shell("printf 'a\\nb' >&3", &lines);
    answers(&spec, "a|b|");
    spec = shell("printf a >&3; sleep 0.1; printf 'b\\nc' >&3", &lines);
    answers(&spec, "ab|c|");
    spec = shell("printf 'a\\nb\\0c' >&3", &lines);
    spec.separator = '\0';
    answers(&spec, "a\nb|c|");
}

static void answer_after_the_pipe_is_closed(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(65536);
    struct child_spec spec = shell("echo a >&3; exec 3>&- 2>&-; sleep 0.1", &lines);

    (void)state;
    answers(&spec, "a|");
    /* A grandchild that keeps the pipe open does not keep us waiting. */
    spec = shell("echo a >&3; sleep 5 & exit 0", &lines);
    time_t begin = time(NULL);
    answers(&spec, "a|");
    assert_true(time(NULL) - begin < 4);
}

static void what_a_child_gets(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(65536);
    auto_fd int null = open("/dev/null", O_RDONLY), other = open("/dev/zero", O_RDONLY);
    struct child_spec spec = shell("cat >&3", &lines);

    (void)state;
    spec.input = "the request\nof two lines\n";
    answers(&spec, "the request|of two lines|");
    spec = shell("cat >&3; echo to nobody", &lines);
    answers(&spec, "");
    /* Nothing but what is meant: not this program's own descriptors either. */
    spec = shell("for n in 0 1 2 3 4 5 6 7 8 9; do\n"
                 "[ ! -e /proc/$$/fd/$n ] || echo $n $(readlink /proc/$$/fd/$n) >&3; done",
                 &lines);
    spec.fds = (const int[]){other, null};
    spec.fd_count = 2;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(child_run(&spec, &err), 0);
    assert_non_null(strstr(buffer_text(&lines), "0 /dev/null|1 /dev/null|2 pipe:"));
    assert_non_null(strstr(buffer_text(&lines), "|4 /dev/zero|5 /dev/null|"));
    assert_null(strstr(buffer_text(&lines), "|6 "));
    buffer_clear(&lines);
    spec = shell("env | grep -v '^_=\\|^PWD=' | sort >&3", &lines);
    answers(&spec, "LC_ALL=C.UTF-8|PATH=/usr/sbin:/usr/bin:/sbin:/bin|");
    spec = shell("echo $A $PATH >&3", &lines);
    spec.envp = (const char *const[]){"A=1", "PATH=x", NULL};
    answers(&spec, "1 x|");
}

static void how_it_ended(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(65536);
    struct child_spec spec;

    (void)state;
    spec = shell("exit 7", &lines);
    fails(&spec, "the program shell ended with status 7");
    spec = shell("kill -SEGV $$", &lines);
    fails(&spec, "the program shell was ended by signal 11 (Segmentation fault)");
    spec = shell("printf 'first\\nsecond\\n' >&2; exit 1", &lines);
    fails(&spec, "status 1; it said: second");
    spec = shell("printf 'Traceback\\nRuntimeError: no kernel\\n\\n' >&2; exit 1", &lines);
    fails(&spec, "status 1; it said: no kernel");
    spec.path = "/nowhere/at/all";
    fails(&spec, "cannot start the program shell (/nowhere/at/all)");
    spec = shell("echo a >&3; echo enough >&3; sleep 60", &lines);
    fails(&spec, "that is enough");
}

static void what_it_may_not_do(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(4 << 20);
    struct child_spec spec = shell("sleep 60", &lines);

    (void)state;
    spec.silence_seconds = 1;
    fails(&spec, "the program shell said nothing for 1 seconds and was ended");
    spec = shell("while :; do echo a >&3; sleep 0.1; done", &lines);
    spec.total_seconds = 1;
    fails(&spec, "the program shell took longer than 1 seconds and was ended");
    spec = shell("while :; do echo a >&3; sleep 0.2; [ $((n=n+1)) -lt 8 ] || exit 0; done", &lines);
    spec.silence_seconds = 1;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(child_run(&spec, &err), 0);
    /* Much on stderr neither stops it nor fills our memory. */
    spec = shell("head -c 300000 /dev/zero | tr '\\0' x >&2; echo done >&3", &lines);
    buffer_clear(&lines);
    answers(&spec, "done|");
}

/* The grandchild holds the pipe's only writing end. */
static void ends_what_it_started_too(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(65536);
    struct child_spec spec = shell("sleep 60 & sleep 60", &lines);
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    auto_fd int reading = ends[0], writing = ends[1];
    spec.fds = &writing;
    spec.fd_count = 1;
    spec.total_seconds = 1;
    fails(&spec, "took longer than 1 seconds");
    close_fd(&writing);
    struct pollfd closed = {reading, POLLIN, 0};
    assert_int_equal(poll(&closed, 1, 5000), 1);
    assert_int_equal(closed.revents, POLLHUP);
}

static void longest_line(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(4 << 20);
    struct child_spec spec = shell("head -c 1048576 /dev/zero | tr '\\0' x >&3; echo >&3", &lines);
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(CHILD_LINE_MAX, 1048576);
    assert_int_equal(child_run(&spec, &err), 0);
    assert_int_equal(lines.length, CHILD_LINE_MAX + 1);
    spec = shell("head -c 1048577 /dev/zero | tr '\\0' x >&3; sleep 60", &lines);
    fails(&spec, "answered more than 1048576 bytes in one line");
}

/* What is no helper: its stdout, all at once, and nothing else. */
static void answer_on_stdout(void **state)
{
    auto_buffer struct buffer lines = BUFFER_INIT(4 << 20);
    struct child_spec spec = shell("printf 'a\\nb'; sleep 0.1; printf '\\nc\\n'", &lines);

    (void)state;
    spec.on_stdout = true;
    answers(&spec, "a\nb\nc\n|");
    spec = shell("for n in 3 4 5 6; do [ ! -e /proc/$$/fd/$n ] || echo $n; done", &lines);
    spec.on_stdout = true;
    answers(&spec, "");
    spec = shell("head -c 1048576 /dev/zero | tr '\\0' '\\n'", &lines);
    spec.on_stdout = true;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(child_run(&spec, &err), 0);
    assert_int_equal(lines.length, CHILD_LINE_MAX + 1);
    spec = shell("head -c 1048577 /dev/zero; sleep 60", &lines);
    spec.on_stdout = true;
    fails(&spec, "answered more than 1048576 bytes");
    /* Nobody wants it: then there is no bound. */
    spec = shell("head -c 2000000 /dev/zero", NULL);
    spec.on_stdout = true;
    spec.line = NULL;
    error_clear(&err);
    assert_int_equal(child_run(&spec, &err), 0);
}

static void tells_how_it_ended(void **state)
{
    static const struct {
        const char *script;
        int status;
        const char *words; /* NULL: none */
    } cases[] = {
        {"exit 0", 0, NULL},
        {"echo all is well >&2", 0, "all is well"},
        {"exit 5", 5, NULL},
        {"printf 'one\\ntwo\\n\\n' >&2; exit 255", 255, "two"},
        {"echo going >&2; kill -TERM $$", -1, "going"},
        {"sleep 60", -1, NULL},
    };
    int status;
    char *words;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct child_spec spec = shell(cases[i].script, NULL);
        spec.total_seconds = i + 1 == ARRAY_SIZE(cases) ? 1 : 0;
        spec.exit_status = &status;
        spec.last_words = &words;
        auto_error struct error err = ERROR_INIT;
        assert_int_equal(child_run(&spec, &err), cases[i].status == 0 ? 0 : -1);
        assert_int_equal(status, cases[i].status);
        assert_string_equal(words ? words : "(none)", cases[i].words ? cases[i].words : "(none)");
        free(words);
    }
    struct child_spec spec = shell("head -c 1000 /dev/zero | tr '\\0' x >&2", NULL);
    spec.last_words = &words;
    auto_error struct error err = ERROR_INIT;
    assert_int_equal(child_run(&spec, &err), 0);
    assert_int_equal(strlen(words), 512);
    free(words);
}

/* What may not be cut in two: a signal to us waits, a deadline does not. */
static int uninterrupted_run(bool held)
{
    auto_buffer struct buffer lines = BUFFER_INIT(65536);
    struct child_spec spec = shell("kill -TERM $PPID; sleep 0.3; echo whole >&3", &lines);
    auto_error struct error err = ERROR_INIT;

    spec.uninterrupted = true;
    if (held) {
        signals_hold();
        if (raise(SIGTERM) != 0 || signals_pending() != SIGTERM)
            return 1;
    }
    if (child_run(&spec, &err) != 0 || strcmp(buffer_text(&lines), "whole|") != 0)
        return 2;
    if (signals_pending() != SIGTERM)
        return 3;
    spec = shell("sleep 60", NULL);
    spec.uninterrupted = true;
    spec.total_seconds = 1;
    if (child_run(&spec, &err) != -1 || !strstr(err.text, "took longer than 1 seconds"))
        return 4;
    return waitpid(-1, NULL, WNOHANG) == -1 ? 0 : 5;
}

static void signals_wait_for_it(void **state)
{
    (void)state;
    for (int held = 0; held < 2; held++) {
        int status = -1;
        pid_t pid = fork();
        if (pid == 0)
            _exit(uninterrupted_run(held));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
    }
}

/* It outlives us, and does not die of nobody hearing it. */
static void goes_on_without_us(void **state)
{
    int ends[2];
    char end[8] = "";

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct child_spec spec =
            shell("kill -KILL $PPID; sleep 0.3; echo a >&2; echo a >&3; echo end >&4", NULL);
        spec.uninterrupted = true;
        spec.fds = &ends[1];
        spec.fd_count = 1;
        _exit(child_run(&spec, NULL) != 0);
    }
    close(ends[1]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(read(ends[0], end, sizeof end), 4);
    assert_string_equal(end, "end\n");
    close(ends[0]);
}

/* In a process of its own: a signal that came is remembered for good. */
static int interrupted_run(int number, bool during)
{
    struct child_spec spec = shell("kill -$(cat) $PPID; sleep 60", NULL);
    auto_free char *text = xasprintf("%d", number);
    auto_error struct error err = ERROR_INIT;

    signals_hold();
    if (signals_pending() != 0)
        return 1;
    if (during)
        spec.input = text;
    else if (raise(number) != 0 || signals_pending() != number)
        return 2;
    if (child_run(&spec, &err) != -1 || err.name != ERROR_INTERRUPTED)
        return 3;
    return signals_pending() == number && waitpid(-1, NULL, WNOHANG) == -1 ? 0 : 4;
}

static void signals_end_it(void **state)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_SIZE(numbers); i++) {
        int status = -1;
        pid_t pid = fork();
        if (pid == 0)
            _exit(interrupted_run(numbers[i / 2], i % 2));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_stays),       cmocka_unit_test(too_much_is_the_end),
        cmocka_unit_test(signals_end_it), /* first: the others leave signals held */
        cmocka_unit_test(signals_wait_for_it), cmocka_unit_test(goes_on_without_us),
        cmocka_unit_test(lines_of_an_answer),  cmocka_unit_test(answer_after_the_pipe_is_closed),
        cmocka_unit_test(what_a_child_gets),   cmocka_unit_test(how_it_ended),
        cmocka_unit_test(what_it_may_not_do),  cmocka_unit_test(ends_what_it_started_too),
        cmocka_unit_test(longest_line),        cmocka_unit_test(what_is_done_meanwhile),
        cmocka_unit_test(answer_on_stdout),    cmocka_unit_test(tells_how_it_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
