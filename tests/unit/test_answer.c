/* The answer line of fsprobe, and a volume's grubenv.
 * Boundaries: text
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/io.h"
#include "common/protocol/fsprobe.h"
#include "fsprobe/answer.h"
#include "fsprobe/config/grubenv.h"
#include "tests/unit/guest_memory.h"

struct fixture {
    struct guest guest;
    struct disk disk;
    struct choice choice;
    json_t *json;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    memory_guest(&f->guest);
    memory_volume_add(&f->guest, "1111", "root");
    f->guest.disk_count = 1;
    f->disk = (struct disk){.fd = -1, .name = "xvda", .size = 1048576};
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    choice_free(&f->choice);
    memory_guest_free(&f->guest);
    json_decref(f->json);
    free(f);
    return 0;
}

static void add_entry(struct fixture *f, const char *title, const char *args)
{
    struct entry *entry = menu_add(&f->choice.menu);

    entry->title = xstrdup(title);
    entry->kernel.path = xstrdup("/boot/vmlinuz");
    entry->args = xstrdup(args);
    entry->source = xstrdup("/boot/grub/grub.cfg");
}

/* Sends, and parses what came. */
static const json_t *send_answer(struct fixture *f)
{
    auto_buffer struct buffer line = BUFFER_INIT(CHILD_LINE_MAX);
    auto_fd int fd = memfd_create("answer", MFD_CLOEXEC);

    assert_int_equal(
        answer_send(&(struct report){.fd = fd},
                    &(struct answer){&f->disk, &f->guest, true, &f->choice, NULL, NULL}),
        0);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(read_all(fd, &line), 0);
    json_decref(f->json);
    f->json = json_loads(buffer_text(&line), 0, NULL);
    assert_non_null(f->json);
    return json_object_get(f->json, "answer");
}

static void guest_text_is_escaped(void **state)
{
    struct fixture *f = *state;
    const json_t *entry;

    add_entry(f, "a\x1b[2J\xff", "\"quoted\" b\\c");
    f->choice.found = true;
    entry = json_object_get(send_answer(f), "boot");
    assert_string_equal(json_string_value(json_object_get(entry, "title")), "a\\x1b[2J\\xff");
    assert_string_equal(json_string_value(json_object_get(entry, "args")), "\"quoted\" b\\c");
    assert_true(json_is_null(json_object_get(entry, "ramdisk")));
    assert_int_equal(json_array_size(json_object_get(entry, "ramdisks")), 0);
}

/* However much a guest says, the line has its bound, and the chosen entry is in it. */
static void too_many_entries(void **state)
{
    struct fixture *f = *state;
    auto_free char *args = xmalloc(MENU_TEXT_MAX + 1);
    const json_t *answer;

    memset(args, 'a', MENU_TEXT_MAX);
    args[MENU_TEXT_MAX] = '\0';
    for (int i = 0; i < 100; i++)
        add_entry(f, "title", args);
    f->choice.found = true;
    f->choice.boot = 99;
    answer = send_answer(f);
    size_t listed = json_array_size(json_object_get(answer, "entries"));
    assert_in_range(listed, ANSWER_ENTRIES_MAX / (MENU_TEXT_MAX + 1024),
                    ANSWER_ENTRIES_MAX / MENU_TEXT_MAX);
    assert_true(json_is_object(json_object_get(answer, "boot")));
    assert_int_equal(json_array_size(json_object_get(answer, "problems")), 1);
}

static void long_problems_are_cut(void **state)
{
    struct fixture *f = *state;
    const json_t *problems;

    menu_problem(&f->choice.menu, "%*s", 4000, "x");
    problems = json_object_get(send_answer(f), "problems");
    assert_in_range(json_string_length(json_array_get(problems, 0)), 500, ANSWER_PROBLEM_MAX);
}

static void put_grubenv(struct fixture *f, const char *path, int count)
{
    auto_buffer struct buffer text = BUFFER_INIT(GRUBENV_FILE_MAX);

    buffer_add_text(&text, "# GRUB Environment Block\n");
    for (int i = 1; i <= count; i++)
        buffer_addf(&text, "v%d=%d\n", i, i);
    while (text.length < 1024)
        buffer_add_text(&text, "#");
    memory_file(&f->guest, 0, path, buffer_text(&text));
}

static void variables_of_grubenv(void **state)
{
    struct fixture *f = *state;

    put_grubenv(f, "/boot/grub2/grubenv", GRUBENV_VARIABLES_MAX + 1);
    struct grubenv *environment = grubenv_load(&f->guest, 0);
    assert_string_equal(grubenv_variable(environment, "v63"), "63");
    assert_string_equal(grubenv_variable(environment, "v64"), "64");
    assert_null(grubenv_variable(environment, "v65"));
    grubenv_free(environment);
}

static void no_grubenv(void **state)
{
    struct fixture *f = *state;
    struct grubenv *environment = grubenv_load(&f->guest, 0);

    assert_null(grubenv_variable(environment, "saved_entry"));
    grubenv_free(environment);
    memory_file(&f->guest, 0, "/grub/grubenv", "none of the kind");
    environment = grubenv_load(&f->guest, 0);
    assert_null(grubenv_variable(environment, "saved_entry"));
    grubenv_free(environment);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(guest_text_is_escaped), TEST(too_many_entries), TEST(long_problems_are_cut),
        TEST(variables_of_grubenv),  TEST(no_grubenv),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
