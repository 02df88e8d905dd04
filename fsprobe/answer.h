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

/* Bytes of JSON that entries may take, for a line has its bound (CHILD_LINE_MAX); those
 * behind are counted in a problem. The chosen one is always told. */
#define ANSWER_ENTRIES_MAX (256 * 1024)
#define ANSWER_TEXT_MAX    (2 * MENU_TEXT_MAX) /* bytes of any text but problems, escaped */
#define ANSWER_PROBLEM_MAX 1024

/* The last line: what was found, or ERR. 0; or -1 when it could not be written, or is longer than a
 * line may be, so that the exit status has to tell. CHOICE gets a problem when not all entries have
 * room. COPIED may be NULL; FAILED is the file that ERR is about. */
int answer_send(const struct report *report, const struct disk *disks, const struct guest *guest,
                struct choice *choice, const struct copied *copied) must_check;
int answer_error(const struct report *report, const struct error *err,
                 enum copy_kind failed) must_check;

#endif
