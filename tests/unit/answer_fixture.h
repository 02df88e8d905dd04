/* What tests of the readers of helpers' answers share: an answer comes the way that it comes in a
 * run, as a line of a helper, and files are as large as somebody says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_ANSWER_FIXTURE_H
#define TESTS_UNIT_ANSWER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/text.h"
#include "loader/helpers/call.h"

#define ZEROS_32 "00000000000000000000000000000000"
#define SUMS     "\"md5\":\"" ZEROS_32 "\",\"sha256\":\"" ZEROS_32 ZEROS_32 "\""

/* The "answer" of a helper that says LINE and ends well, which the caller frees; NULL when it is
 * refused at once. */
static inline json_t *answer_in(const char *line)
{
    const struct helper_call call = {.name = "liar"};
    struct helper_talk talk = {.call = &call};
    auto_error struct error err = ERROR_INIT;
    json_t *answer = NULL;
    int heard = helper_hear(&talk, line, strlen(line), &err);

    if (helper_conclude(&talk, heard, &answer, NULL, &err) < 0)
        assert_non_null(err.text);
    return answer;
}

/* The same for the text of the answer alone, which is JSON. */
static inline json_t *answer_of(const char *text)
{
    auto_free char *line = xasprintf("{\"answer\":%s}", text);

    return answer_in(line);
}

/* A file of SIZE bytes, which the caller closes. */
static inline int file_of_size(off_t size)
{
    int fd = memfd_create("file", MFD_CLOEXEC);

    assert_true(fd >= 0 && ftruncate(fd, size) == 0);
    return fd;
}

/* TEXT with the first FROM in it replaced by TO. The caller frees. */
static inline char *text_with(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);

    assert_non_null(at);
    return xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

#endif
