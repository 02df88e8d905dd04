/* A guest by its xl.cfg: what xl and libxl would start as its bootloader, and with which words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_XL_GUEST_H
#define LOADER_CHECK_XL_GUEST_H

#include "loader/check/report.h"
#include "loader/check/start.h"
#include "loader/settings/options.h"

/* Whether PATH, which is a file of text, is to be read so, and then the guest that it is about:
 * what it says, and a start of it with the words that libxl would give to eliloader. Its records
 * are where SETTINGS have them. 1: it was; 0: it is no such file; -1 with ERR: stopped by a signal.
 */
int check_xl_guest(struct check_report *report, const struct settings *settings, const char *path,
                   check_boot *boot, struct error *err) must_check;

#endif
