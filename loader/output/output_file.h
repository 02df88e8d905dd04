/* One file of an output directory, while a run is under way: its name, and its end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_OUTPUT_OUTPUT_FILE_H
#define LOADER_OUTPUT_OUTPUT_FILE_H

#include <stdbool.h>

#include "common/error.h"
#include "common/text.h"

/* Of the names of what is under way. */
#define OUTPUT_UNDER_WAY ".eliloader-"

/* Modes that tell the next run whose a file is: see outputs.h. */
#define OUTPUT_MODE_UNDER_WAY 0200
#define OUTPUT_MODE_DELIVERED 0600

/* Starts as OUTPUT_FILE_INIT; ended by output_file_drop(). */
struct output_file {
    int fd;      /* read and write, until it is sealed; -1: not made */
    char *name;  /* in the directory; NULL: it has none yet */
    char *path;  /* absolute, as the toolstack is told; NULL before outputs_name() */
    bool sealed; /* FD only reads, and nobody else can write */
};
#define OUTPUT_FILE_INIT      \
    (struct output_file)      \
    {                         \
        -1, NULL, NULL, false \
    }

/* PREFIX and random characters that no file name needs quoted. The caller frees. */
char *output_random_name(const char *prefix) must_check;
/* True for PREFIX and what output_random_name() adds, nothing more: others may have files there. */
bool output_is_random_name(const char *name, const char *prefix) must_check;

/* A write-only descriptor to FILE for a helper; the caller closes it. -1 with ERR. */
int output_file_write_fd(const struct output_file *file, struct error *err) must_check;

/* The end of writing to FILE: its descriptor only reads from now on. 0; or -1 with ERR, when
 * somebody has it open for writing all the same: a helper that was taken over can hand its
 * descriptor to another process, which could then change what was looked at. So this comes before
 * whatever is to be believed of the file, and the caller has closed its own other descriptors. On a
 * filesystem that knows no leases nobody can tell, and the log says so. */
int output_file_seal(struct output_file *file, struct error *err) must_check;

/* Closes FILE, and forgets it. Its name in the directory DIRECTORY_FD goes too, unless that is -1.
 */
void output_file_drop(struct output_file *file, int directory_fd);

#endif
