/* The record backends that are programs: each call runs the store's program, `PROGRAM load ID` or
 * `PROGRAM commit ID` (eliloader-record(7)). A program that answers more than RECORD_SIZE_MAX
 * bytes, or what is no record, is refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_PROGRAM_H
#define LOADER_RECORD_PROGRAM_H

#include "loader/record/record.h"

/* Both run STORE's program; for the one, the toolstack adds PV_args and PV_bootloader_args. */
extern const struct record_backend record_xapi_backend, record_program_backend;

/* What the program PATH answered to `load ID`, LENGTH bytes, as an object that the caller frees;
 * NULL with ERR when it is no JSON, has a member twice, or is no object. For the two above, and for
 * tests. */
json_t *record_program_parse(const char *path, const char *id, const char *bytes, size_t length,
                             struct error *err) must_check;

#endif
