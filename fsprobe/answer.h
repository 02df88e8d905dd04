/* What fsprobe tells eliloader: JSON lines. See fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_ANSWER_H
#define FSPROBE_ANSWER_H

#include "common/error.h"
#include "common/helper/report.h"
#include "common/memory.h"
#include "fsprobe/choose.h"
#include "fsprobe/copy.h"
#include "fsprobe/disk/disk.h"
#include "fsprobe/unreadable.h"

/* Bytes of JSON that entries may take, for a line has its bound (CHILD_LINE_MAX); those
 * behind are counted in a problem. The chosen one is always told. */
#define ANSWER_ENTRIES_MAX (256 * 1024)
#define ANSWER_PROBLEM_MAX 1024

/* What is told. Nothing is owned. */
struct answer {
    const struct disk *disks;
    struct guest *guest;
    bool subvolumes; /* they are wanted */
    struct choice *choice;
    const char *cause;           /* why nothing boots; or NULL */
    const struct copied *copied; /* or NULL */
};

/* The last line: what was found, or ERR. 0; or -1 when it could not be written, or is longer than a
 * line may be, so that the exit status has to tell. ANSWER's choice gets a problem when something
 * has no room, or cannot be read any more. FAILED is the file that ERR is about. */
int answer_send(const struct report *report, const struct answer *answer) must_check;
int answer_error(const struct report *report, const struct error *err,
                 enum copy_kind failed) must_check;

#endif
