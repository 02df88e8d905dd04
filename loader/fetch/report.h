/* What the helper tells eliloader: JSON lines on the answer pipe. See fetch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_REPORT_H
#define LOADER_FETCH_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "distros/distros.h"

/* Bytes of any one text in an answer; longer ones are cut. */
#define REPORT_TEXT_MAX 8192
/* Milliseconds between two lines of progress, at least. */
#define REPORT_PROGRESS_MS 500

struct report {
    int fd;
    int64_t last_progress; /* clock_ms() */
};

/* A file that was taken. Owns its strings. */
struct fetched_file {
    char *url; /* without user name and password */
    uint64_t size;
    struct checksum md5, sha256;
    enum digest verified; /* against the tree's own checksum; DIGEST_NONE: it has none */
};

/* All that was taken. Starts zeroed. */
struct fetched {
    struct tree tree;
    char *layout; /* what named the two paths */
    struct fetched_file kernel, ramdisk;
    bool has_ramdisk;
    bool no_kernel; /* after an error: no layout's kernel was there */
};
void fetched_free(struct fetched *fetched);

/* One line of progress, when REPORT_PROGRESS_MS have passed since the last. */
void report_progress(struct report *report, uint64_t received, bool total_known, uint64_t total);
/* A warning or a step, for eliloader to log. */
void report_note(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The last line: what was taken, or why not (FILE: "kernel", "ramdisk" or NULL;
 * NO_KERNEL: see above). 0; or -1 when it could not be written, so that the exit status has to
 * tell. */
int report_answer(struct report *report, const struct fetched *fetched) must_check;
int report_error(struct report *report, const struct error *err, const char *file,
                 bool no_kernel) must_check;

#endif
