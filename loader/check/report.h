/* What `eliloader check` has to say, line by line, as it is found out: for people at once, for
 * programs at the end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_REPORT_H
#define LOADER_CHECK_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"

/* Lines of one report: what a helper may note in a run many times over. What comes behind them
 * counts, and is not shown. */
#define CHECK_LINES_MAX 1000

enum check_status { CHECK_OK, CHECK_WARNING, CHECK_FAILED };

struct check_report {
    bool json;               /* nothing is printed: it is asked for in the end */
    enum check_status worst; /* of all lines */
    size_t count;
    json_t *lines;     /* an array of all that are shown */
    const char *about; /* what is being looked at, for lines that others say (common/log.h) */
    bool steps;        /* what a start does is told too */
};
/* Starts REPORT. From here on what is logged are lines of it, until check_report_end(). */
void check_report_begin(struct check_report *report, bool json);
/* Has what is logged again, where somebody else listened for a moment. */
void check_report_listen(struct check_report *report);
/* Frees it. */
void check_report_end(struct check_report *report);

/* A line: what was found ABOUT something ("pygrub"), and NEXT, what to do about it; NULL where
 * there is nothing. Foreign text may be in it: it is escaped here. */
void check_say(struct check_report *report, enum check_status status, const char *about,
               const char *next, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The line of what went wrong. NEXT NULL: what is always of use after such an error. */
void check_say_error(struct check_report *report, enum check_status status, const char *about,
                     const char *next, const struct error *err);

/* The whole for programs: {"status", "checks": [{"status", "about", "text", "next"}]}. The caller
 * frees. */
json_t *check_report_json(const struct check_report *report);

#endif
