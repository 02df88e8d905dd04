/* The built-in record backend: a directory with one file ID.json a VM, and what people do
 * to those files beyond the backend's own two calls.
 *
 * A record changes by a temporary file ".ID.json.XXXXXX" in the same directory that takes
 * its place when it is complete and on the disk; one that a killed process left is removed
 * by the next change of the same VM.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_FILE_H
#define LOADER_RECORD_FILE_H

#include "common/text.h"
#include "loader/record/store.h"

extern const struct record_backend record_file_backend;

/* Makes a record of JSON (an object; its uuid becomes ID) where there is none, and the
 * directory too. 0; or -1 with ERR, e.g. because there is one already. */
int record_file_create(const struct record_store *store, const char *id, json_t *json,
                       struct error *err) must_check;

/* Removes a record; refused while a run is under way. 0, or -1 with ERR. */
int record_file_remove(const struct record_store *store, const char *id,
                       struct error *err) must_check;

/* The IDs of all records, sorted, one a line, into OUT; none when the directory is not
 * there. 0; or -1 with ERR. */
int record_file_list(const struct record_store *store, struct buffer *out,
                     struct error *err) must_check;

#endif
