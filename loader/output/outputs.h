/* The files that a run hands to the toolstack, in the output directory.
 *
 * While a run is under way its files have no name (O_TMPFILE), so that whatever ends it
 * leaves nothing behind. They get their names, "eliloader-kernel.XXXXXXXX", when they are
 * whole, with mode 0200, and mode 0600 when the run has succeeded: from then on they are the
 * toolstack's. The lock (flock) that a run holds on its files tells the next run in the same
 * directory which ones nobody owns any more:
 *   mode 0200, not locked: its run was killed between naming and success: removed;
 *   mode 0600, not locked, older than OUTPUT_ABANDONED: its toolstack is gone: removed.
 * On a filesystem without O_TMPFILE a run's files are named ".eliloader-XXXXXXXX" while it
 * is under way, and swept the same way.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_OUTPUT_OUTPUTS_H
#define LOADER_OUTPUT_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"
#include "loader/output/output_file.h"

/* A domain builder takes its files within seconds. Seconds. */
#define OUTPUT_ABANDONED 3600

struct outputs {
    char *directory; /* absolute */
    int directory_fd;
    bool abandoned_swept; /* removes abandoned files of earlier runs too */
    bool ours;            /* nobody but us and root can write to the directory */
    const char *prefix;   /* of the names: "eliloader" */
    bool unpacked;        /* the kernel is what was in the one that was found */
    bool delivered;
    struct output_file kernel, ramdisk;
};
#define OUTPUTS_INIT                                                                \
    (struct outputs)                                                                \
    {                                                                               \
        .directory_fd = -1, .kernel = OUTPUT_FILE_INIT, .ramdisk = OUTPUT_FILE_INIT \
    }

/* Opens DIRECTORY, made with mode 0700 when it is not there, and sweeps it. FOR_TOOLSTACK:
 * files that are never fetched are swept in the end; else (by hand) they are somebody's to
 * keep. Where others than we and root can write to it, or to a directory above it, nothing is
 * swept; and root refuses it for a toolstack. 0, or -1 with ERR. Ended by outputs_free(). */
int outputs_open(struct outputs *outputs, const char *directory, bool for_toolstack,
                 struct error *err) must_check;

/* Makes FILE (one of OUTPUTS' own): new, empty, mode 0600. 0, or -1 with ERR. */
int outputs_make(struct outputs *outputs, struct output_file *file, struct error *err) must_check;

/* Unmakes FILE: the run turned out not to need it. */
void outputs_drop(struct outputs *outputs, struct output_file *file);

/* Gives those files that were made, and have no name yet, one: PREFIX-kernel.XXXXXXXX. 0, or -1
 * with ERR. */
int outputs_name(struct outputs *outputs, struct error *err) must_check;

/* The run has succeeded: the files stay. */
void outputs_keep(struct outputs *outputs);

/* Closes all; removes the files unless outputs_keep() was called. */
void outputs_free(struct outputs *outputs);
#define auto_outputs __attribute__((cleanup(outputs_free)))

#endif
