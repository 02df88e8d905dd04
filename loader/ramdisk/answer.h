/* What ramdisk tells eliloader: JSON lines on the answer pipe. See ramdisk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_ANSWER_H
#define LOADER_RAMDISK_ANSWER_H

#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

#define RAMDISK_TEXT_MAX    8192 /* bytes of any one text; longer ones are cut */
#define RAMDISK_NOTES_MAX   64   /* of one run; the last says that there were more */
#define RAMDISK_PROGRESS_MS 400  /* between two lines of progress, at least */

/* Where the lines go. Starts with `fd` set and the rest zero; fd -1: nowhere. */
struct ramdisk_report {
    int fd;
    uint64_t total;        /* bytes of the vendor's file */
    int64_t last_progress; /* milliseconds of the monotonic clock */
    unsigned notes;
};

/* One line of progress, when RAMDISK_PROGRESS_MS have passed since the last. RECEIVED: bytes of
 * the vendor's file. Cheap enough to be called for every block. */
void ramdisk_progress(struct ramdisk_report *report, uint64_t received);
/* Something for eliloader to log. Foreign text may stand in it. */
void ramdisk_note(struct ramdisk_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The last line: the size of the output in bytes, or why there is none. 0; or -1 when it could
 * not be written, so that the exit status has to tell. */
int ramdisk_answer(struct ramdisk_report *report, uint64_t size) must_check;
int ramdisk_answer_error(struct ramdisk_report *report, const struct error *err) must_check;

#endif
