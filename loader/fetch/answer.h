/* What fetch answers: all that it took, as JSON. See common/protocol/fetch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_ANSWER_H
#define LOADER_FETCH_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/checksum.h"
#include "common/error.h"
#include "common/helper/report.h"
#include "distros/recognise.h"

/* A file that was taken. Owns its strings. */
struct fetch_result_file {
    char *url;       /* without user name and password */
    char *path;      /* in the repository, as the layout has it */
    char *validator; /* by which it can be asked for again; NULL: nothing lasts */
    bool held;       /* it did not come: the host has it, as `sha256` */
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
    bool changed;   /* after an error: what the host has is not what is there */
    bool no_kernel; /* after an error: no layout's kernel was there */
};
void fetch_result_free(struct fetch_result *fetched);

/* The last line: what was taken, or why not (FILE: "kernel", "ramdisk" or NULL), with what
 * FETCHED knows. 0; or -1 when it could not be written, so that the exit status has to
 * tell. */
int fetch_answer(const struct report *report, const struct fetch_result *fetched) must_check;
int fetch_answer_error(const struct report *report, const struct error *err, const char *file,
                       const struct fetch_result *fetched) must_check;

#endif
