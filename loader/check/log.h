/* What was said at earlier starts of a guest.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_LOG_H
#define LOADER_CHECK_LOG_H

#include <stddef.h>

#include "loader/check/report.h"

/* libxl keeps what a bootloader prints in bootloader.DOMID.log here, and ten older ones of each. */
#define CHECK_LOG_DIRECTORY "/var/log/xen"
/* Files of that folder that are looked at, the newest first, and bytes of each, its last. */
#define CHECK_LOG_FILES 64
#define CHECK_LOG_BYTES (16 * 1024)
/* Lines of a log that are shown. */
#define CHECK_LOG_LINES 5

/* The last lines of the newest log of a guest, which is one that names VM or DISK (either may be
 * NULL), and those of the journal. 0; or -1 with ERR: stopped by a signal. */
int check_log(struct check_report *report, const char *vm, const char *disk,
              struct error *err) must_check;

/* The same of the files in DIRECTORY alone. */
void check_log_files(struct check_report *report, const char *directory, const char *vm,
                     const char *disk);

/* Of TEXT's lines, the last CHECK_LOG_LINES that hold WORD (NULL: any) into LINES, without what
 * ends them; they point into TEXT, which is taken apart. How many. */
size_t check_log_last(char *text, const char *word, char *lines[CHECK_LOG_LINES]);

#endif
