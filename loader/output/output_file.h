/* One file of an output directory, while a run is under way: its name, and its end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_OUTPUT_OUTPUT_FILE_H
#define LOADER_OUTPUT_OUTPUT_FILE_H

#include <stdbool.h>

#include "common/error.h"
#include "common/text.h"

/* Of the names of what is under way. */
#define OUTPUT_UNDER_WAY ".eliloader-"

/* Starts as OUTPUT_FILE_INIT; ended by output_file_drop(). */
struct output_file {
    int fd;     /* read and write; -1: not made */
    char *name; /* in the directory; NULL: it has none yet */
    char *path; /* absolute, as the toolstack is told; NULL before outputs_name() */
};
#define OUTPUT_FILE_INIT \
    (struct output_file) \
    {                    \
        -1, NULL, NULL   \
    }

/* PREFIX and random characters that no file name needs quoted. The caller frees. */
char *output_random_name(const char *prefix) must_check;
/* True for PREFIX and what output_random_name() adds, nothing more: others may have files there. */
bool output_is_random_name(const char *name, const char *prefix) must_check;

/* A write-only descriptor to FILE for a helper; the caller closes it. -1 with ERR. */
int output_file_write_fd(const struct output_file *file, struct error *err) must_check;

/* Closes FILE, and forgets it. Its name in the directory DIRECTORY_FD goes too, unless that is -1.
 */
void output_file_drop(struct output_file *file, int directory_fd);

#endif
