/* What a helper tells eliloader: JSON lines on the answer pipe, each with one member: "progress"
 * and "note" on the way, and last "answer" or "error".
 *
 * All of it is bounded here, as eliloader bounds it again on its side: who writes more is at fault,
 * not who reads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_HELPER_REPORT_H
#define COMMON_HELPER_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"

#define REPORT_TEXT_MAX    8192 /* bytes of any one text; longer ones are cut */
#define REPORT_NOTES_MAX   64   /* of one run; the last says that there were more */
#define REPORT_PROGRESS_MS 400  /* between two lines of progress, at least */

/* Where the lines go. Starts with `fd` set and the rest zero; fd -1: nowhere. */
struct report {
    int fd;
    int64_t last_progress; /* clock_ms() */
    unsigned notes;
};

/* TEXT as JSON, NULL as null. What is too long or no UTF-8, which JSON cannot hold, is escaped. */
json_t *report_text(const char *text);

/* Sends LINE, and frees it. 0; or -1 when it could not be written, is NULL or longer than eliloader
 * takes (CHILD_LINE_MAX). */
int report_line(const struct report *report, json_t *line);

/* One line of progress, when REPORT_PROGRESS_MS have passed since the last. RECEIVED and TOTAL are
 * bytes. Cheap enough to be called for every block. */
void report_progress(struct report *report, uint64_t received, bool total_known, uint64_t total);
/* A warning or a step, for eliloader to log. Foreign text may stand in it. */
void report_note(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The last line: ANSWER, which is freed. 0; or -1 when it could not be written, so that the exit
 * status has to tell. */
int report_answer(const struct report *report, json_t *answer) must_check;
/* The last line: ERR. MORE is an object with what else the helper says of it, and is freed; NULL:
 * nothing. As report_answer(). */
int report_failure(const struct report *report, const struct error *err, json_t *more) must_check;

#endif
