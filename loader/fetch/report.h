/* What the helper tells eliloader: JSON lines on the answer pipe. See fetch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_REPORT_H
#define LOADER_FETCH_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"
#include "distros/recognise.h"

/* Bytes of any one text in an answer; longer ones are cut. */
#define REPORT_TEXT_MAX 8192
/* Milliseconds between two lines of progress, at least. */
#define REPORT_PROGRESS_MS 500

struct report {
    int fd;
    int64_t last_progress; /* clock_ms() */
};

/* A file that was taken. Owns its strings. */
struct fetch_result_file {
    char *url; /* without user name and password */
    uint64_t size;
    struct checksum md5, sha256;
    enum digest verified; /* against the tree's own checksum; DIGEST_NONE: it has none */
};

/* What mode "sums" finds. */
struct sums {
    uint64_t size;
    struct checksum md5, sha256;
    const char *type; /* as the tables of installation media name it; NULL: not known */
};

/* All that was taken. Starts zeroed. */
struct fetch_result {
    bool sums_taken; /* mode "sums": nothing but `sums` is set */
    struct sums sums;
    struct recognised recognised;
    const char *family; /* whose layouts were tried; NULL: nothing was recognised. Not owned */
    struct tree tree;
    char *layout; /* what named the two paths */
    struct fetch_result_file kernel, ramdisk;
    char *problem; /* to identify only: why the files could not be had */
    bool has_ramdisk;
    bool no_kernel; /* after an error: no layout's kernel was there */
};
void fetch_result_free(struct fetch_result *fetched);

/* One line of progress, when REPORT_PROGRESS_MS have passed since the last. */
void report_progress(struct report *report, uint64_t received, bool total_known, uint64_t total);
/* A warning or a step, for eliloader to log. */
void report_note(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The last line: what was taken, or why not (FILE: "kernel", "ramdisk" or NULL), with what
 * FETCHED knows. 0; or -1 when it could not be written, so that the exit status has to
 * tell. */
int report_answer(struct report *report, const struct fetch_result *fetched) must_check;
int report_error(struct report *report, const struct error *err, const char *file,
                 const struct fetch_result *fetched) must_check;

/* --- for other helpers, whose answers are of the same kind --- */

/* TEXT as JSON, NULL as null. What is too long or no UTF-8, which JSON cannot hold, is escaped. */
json_t *report_text(const char *text);
/* RECOGNISED as fetch.h has it; null when there is no family. */
json_t *report_recognised(const struct recognised *recognised);
/* Sends LINE, and frees it. 0; or -1 when it could not be written, or is NULL. */
int report_line(const struct report *report, json_t *line);
/* The last line: ERR, of a helper that has nothing to add. As report_error(). */
int report_failure(const struct report *report, const struct error *err) must_check;

#endif
