/* What any helper may say, and what is made of its end: see loader/helpers/call.h.
 * Boundaries: answers time
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/answer_fixture.h"

#include "common/clock.h"

static const struct helper_call call = {.name = "liar"};

struct ending {
    json_t *answer, *failure;
    struct error err;
    int result;
};

static void ending_free(struct ending *ending)
{
    json_decref(ending->answer);
    json_decref(ending->failure);
    error_clear(&ending->err);
}

/* The end of a helper that said LINE and ended as ENDED says. */
static struct ending end_of(const char *line, int ended)
{
    struct helper_talk talk = {.call = &call};
    struct ending ending = {.err = ERROR_INIT};

    assert_int_equal(helper_hear(&talk, line, strlen(line), &ending.err), 0);
    if (ended < 0)
        error_set(&ending.err, ERROR_INTERNAL, "it ended badly");
    ending.result = helper_conclude(&talk, ended, &ending.answer, &ending.failure, &ending.err);
    assert_null(talk.last);
    return ending;
}

static void is_refused(const char *line, size_t length)
{
    struct helper_talk talk = {.call = &call};
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(helper_hear(&talk, line, length, &err), -1);
    assert_non_null(strstr(err.text, "helper liar answered something that is not JSON"));
    assert_null(talk.last);
}

static void test_lines(void **state)
{
    static const char *const lines[] = {"",
                                        "x",
                                        "[]",
                                        "7",
                                        "null",
                                        "\"answer\"",
                                        "{",
                                        "{}{}",
                                        "{\"answer\":{}",
                                        "{\"a\":\"\\u0000\"}",
                                        "{\"a\":\"\xff\"}",
                                        "{\"a\":1,\"a\":2}",
                                        "{\"answer\":{\"a\":1,\"a\":1}}",
                                        "{\"a\":99999999999999999999}"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        is_refused(lines[i], strlen(lines[i]));
    is_refused("{}\0", 3);
    /* deeper than the parser goes */
    auto_free char *deep = xcalloc(100001, 1);
    memset(deep, '[', 100000);
    is_refused(deep, 100000);
}

static void test_end(void **state)
{
    static const struct {
        const char *line;
        int ended;
        enum error_name name; /* ERROR_NONE: there is an answer */
        const char *text;
    } ends[] = {
        {"{\"answer\":{}}", 0, ERROR_NONE, NULL},
        {"{\"answer\":{}}", -1, ERROR_INTERNAL, "it ended badly"},
        {"{\"answer\":[]}", 0, ERROR_INTERNAL, "the helper liar ended without an answer"},
        {"{\"answer\":null}", 0, ERROR_INTERNAL, "the helper liar ended without an answer"},
        {"{}", 0, ERROR_INTERNAL, "the helper liar ended without an answer"},
        {"{\"note\":{}}", 0, ERROR_INTERNAL, "the helper liar ended without an answer"},
        {"{\"error\":7}", 0, ERROR_INTERNAL, "the helper liar failed without saying why"},
        {"{\"error\":{\"text\":7}}", 0, ERROR_INTERNAL,
         "the helper liar failed without saying why"},
        {"{\"error\":{\"name\":7,\"text\":\"x\"}}", -1, ERROR_INTERNAL, "x"},
        {"{\"error\":{\"name\":\"USAGE\",\"text\":\"x\"}}", 0, ERROR_INTERNAL, "x"},
        {"{\"error\":{\"name\":\"LIMITS\",\"text\":\"x\"}}", -1, ERROR_LIMITS, "x"},
        {"{\"answer\":{},\"error\":{\"name\":\"LIMITS\",\"text\":\"x\"}}", 0, ERROR_LIMITS, "x"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        struct ending ending __attribute__((cleanup(ending_free))) =
            end_of(ends[i].line, ends[i].ended);
        assert_int_equal(ending.result, ends[i].name == ERROR_NONE ? 0 : -1);
        assert_int_equal(json_is_object(ending.answer), ends[i].name == ERROR_NONE);
        assert_int_equal(ending.err.name, ends[i].name);
        if (ends[i].text)
            assert_string_equal(ending.err.text, ends[i].text);
    }
}

/* A signal to us is what ended the run, whatever the helper said. */
static void test_interrupted(void **state)
{
    static const char line[] = "{\"error\":{\"name\":\"LIMITS\",\"text\":\"x\"}}";
    struct helper_talk talk = {.call = &call};
    auto_error struct error err = ERROR_INIT;
    json_t *answer, *failure;

    (void)state;
    assert_int_equal(helper_hear(&talk, line, strlen(line), &err), 0);
    error_set(&err, ERROR_INTERRUPTED, "stopped");
    assert_int_equal(helper_conclude(&talk, -1, &answer, &failure, &err), -1);
    assert_int_equal(err.name, ERROR_INTERRUPTED);
    assert_null(answer);
    assert_null(failure);
}

/* Of two answers, the last one counts. */
static void test_last(void **state)
{
    struct helper_talk talk = {.call = &call};
    static const char *const lines[] = {"{\"answer\":{\"n\":1}}",
                                        "{\"progress\":{\"received\":-1}}",
                                        "{\"answer\":{\"n\":2}}", "{\"note\":\"x\"}"};
    json_auto_t *answer = NULL;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        assert_int_equal(helper_hear(&talk, lines[i], strlen(lines[i]), NULL), 0);
    assert_int_equal(helper_conclude(&talk, 0, &answer, NULL, NULL), 0);
    assert_int_equal(json_integer_value(json_object_get(answer, "n")), 2);
}

static void test_notes(void **state)
{
    struct helper_talk talk = {.call = &call};

    (void)state;
    for (int i = 0; i < HELPER_NOTES_MAX + 50; i++)
        assert_int_equal(helper_hear(&talk, "{\"note\":\"x\"}", 12, NULL), 0);
    assert_int_equal(talk.notes, HELPER_NOTES_MAX);
}

static void test_many_lines(void **state)
{
    /* It starts a minute from now, so that no pause of this machine gives it further lines. */
    const int64_t minute = INT64_C(60) * 1000;
    struct helper_talk talk = {
        .call = &call, .started = clock_ms() + minute, .lines = HELPER_LINES_MAX - 1};
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(helper_hear(&talk, "{}", 2, &err), 0);
    assert_int_equal(helper_hear(&talk, "{}", 2, &err), -1);
    assert_non_null(strstr(err.text, "said more than 1000 lines, and 4 a second, and was ended"));
    /* Time gives it more. */
    talk.started = clock_ms() - minute;
    talk.lines = HELPER_LINES_MAX + 60 * HELPER_LINES_RATE - 1;
    assert_int_equal(helper_hear(&talk, "{}", 2, &err), 0);
    json_decref(talk.last);
}

/* A sentence of LENGTH bytes is SHOWN long in the end. */
static void sentence(const char *unit, size_t length, size_t shown)
{
    auto_buffer struct buffer text = BUFFER_INIT(HELPER_SENTENCE_MAX + 64);

    while (text.length < length)
        assert_true(buffer_add_text(&text, text.length ? unit : "a"));
    auto_free char *line = xasprintf("{\"error\":{\"text\":\"%s\"}}", buffer_text(&text));
    struct ending ending __attribute__((cleanup(ending_free))) = end_of(line, -1);
    assert_int_equal(strlen(ending.err.text), shown);
    json_t *valid = json_string(ending.err.text);
    assert_non_null(valid);
    json_decref(valid);
}

static void test_sentences(void **state)
{
    (void)state;
    sentence("a", HELPER_SENTENCE_MAX - 1, HELPER_SENTENCE_MAX - 1);
    sentence("a", HELPER_SENTENCE_MAX, HELPER_SENTENCE_MAX);
    sentence("a", HELPER_SENTENCE_MAX + 1, HELPER_SENTENCE_MAX);
    /* "a", then characters of 2 bytes: the last one would be cut in two */
    sentence("é", HELPER_SENTENCE_MAX - 1, HELPER_SENTENCE_MAX - 1);
    sentence("é", HELPER_SENTENCE_MAX + 1, HELPER_SENTENCE_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),       cmocka_unit_test(test_end),
        cmocka_unit_test(test_interrupted), cmocka_unit_test(test_last),
        cmocka_unit_test(test_notes),       cmocka_unit_test(test_many_lines),
        cmocka_unit_test(test_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
