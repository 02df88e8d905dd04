/* Entries for systemd's journal: each form of a field, the bounds, and who listens or does not.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/journal.h"

static void assert_entry(const struct journal_field *fields, size_t count, const char *want,
                         size_t length)
{
    char entry[JOURNAL_ENTRY_MAX];

    assert_int_equal(journal_entry(fields, count, entry), length);
    assert_memory_equal(entry, want, length);
}

static void test_forms(void **state)
{
    static const struct journal_field fields[] = {
        {"MESSAGE", "a=b\tc"}, {"NONE", NULL}, {"LINES", "x\ny=z\n"}, {"EMPTY", ""}};
    static const char want[] = "MESSAGE=a=b\tc\nLINES\n\6\0\0\0\0\0\0\0x\ny=z\n\nEMPTY=\n";

    (void)state;
    assert_entry(fields, ARRAY_SIZE(fields), want, sizeof want - 1);
}

/* A newline that is cut off makes no difference to the form. */
static void test_long_value(void **state)
{
    for (size_t more = 0; more < 2; more++) {
        char value[JOURNAL_VALUE_MAX + 3] = "", want[JOURNAL_VALUE_MAX + 4] = "A=";

        (void)state;
        memset(value, 'x', JOURNAL_VALUE_MAX);
        memset(want + 2, 'x', JOURNAL_VALUE_MAX);
        want[2 + JOURNAL_VALUE_MAX] = '\n';
        if (more)
            value[JOURNAL_VALUE_MAX] = '\n';
        const struct journal_field field = {"A", value};
        assert_entry(&field, 1, want, JOURNAL_VALUE_MAX + 3);
    }
}

/* Three whole values, and one that fits to the byte, or lacks one; what is shorter still fits. */
static void test_full_entry(void **state)
{
    char whole[JOURNAL_VALUE_MAX + 1] = "", last[JOURNAL_VALUE_MAX + 1] = "";
    char entry[JOURNAL_ENTRY_MAX];
    size_t room = JOURNAL_ENTRY_MAX - 3 * (JOURNAL_VALUE_MAX + 3) - 3;
    struct journal_field fields[] = {
        {"A", whole}, {"B", whole}, {"C", whole}, {"D", last}, {"E", ""}};

    (void)state;
    memset(whole, 'x', JOURNAL_VALUE_MAX);
    memset(last, 'y', room);
    assert_int_equal(journal_entry(fields, 5, entry), JOURNAL_ENTRY_MAX);
    last[room] = 'y';
    assert_int_equal(journal_entry(fields, 5, entry), 3 * (JOURNAL_VALUE_MAX + 3) + 3);
    assert_memory_equal(entry + 3 * (JOURNAL_VALUE_MAX + 3), "E=\n", 3);
    last[room - 1] = '\0';
    assert_int_equal(journal_entry(fields, 5, entry), JOURNAL_ENTRY_MAX - 1);
    last[room - 4] = '\n'; /* 8 bytes of length more */
    assert_int_equal(journal_entry(fields, 5, entry), 3 * (JOURNAL_VALUE_MAX + 3) + 3);
}

/* --- a socket of our own ------------------------------------------------------------------ */

struct listener {
    char folder[32], path[64];
    int fd;
};

static int listen_here(void **state)
{
    struct listener *here = calloc(1, sizeof *here);
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    strcpy(here->folder, "/tmp/eliloader-test.XXXXXX");
    if (!mkdtemp(here->folder))
        return -1;
    strcpy(here->path, here->folder);
    strcat(here->path, "/socket");
    strcpy(at.sun_path, here->path);
    here->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    *state = here;
    return bind(here->fd, (const struct sockaddr *)&at, sizeof at);
}

static int listen_no_more(void **state)
{
    struct listener *here = *state;

    close(here->fd);
    unlink(here->path);
    rmdir(here->folder);
    free(here);
    return 0;
}

static void test_sent(void **state)
{
    const struct listener *here = *state;
    const struct journal_field field = {"MESSAGE", "hello"};
    char got[64];

    assert_true(journal_send(here->path, &field, 1));
    assert_true(journal_send(here->path, &field, 1));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(recv(here->fd, got, sizeof got, MSG_DONTWAIT), 14);
        assert_memory_equal(got, "MESSAGE=hello\n", 14);
    }
    assert_int_equal(recv(here->fd, got, sizeof got, MSG_DONTWAIT), -1);
}

static void test_nobody(void **state)
{
    const struct listener *here = *state;
    const struct journal_field field = {"MESSAGE", "hello"};
    char longest[sizeof((struct sockaddr_un *)0)->sun_path + 1];

    assert_false(journal_send("/nonexistent/socket", &field, 1));
    close(here->fd); /* its file is still there */
    assert_false(journal_send(here->path, &field, 1));
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_false(journal_send(longest, &field, 1));
}

/* It ends, whatever does not read there. */
static void test_stuck(void **state)
{
    const struct listener *here = *state;
    const struct journal_field field = {"MESSAGE", "hello"};

    for (int i = 0; i < 2000; i++)
        assert_true(journal_send(here->path, &field, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_long_value),
        cmocka_unit_test(test_full_entry),
        cmocka_unit_test_setup_teardown(test_sent, listen_here, listen_no_more),
        cmocka_unit_test_setup_teardown(test_nobody, listen_here, listen_no_more),
        cmocka_unit_test_setup_teardown(test_stuck, listen_here, listen_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
