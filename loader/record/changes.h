/* Lists of changes to a VM record.
 *
 * Changes are a JSON Patch (RFC 6902) of the operations test, add and remove, on the paths
 * "/FIELD", "/MAP/KEY" (KEY as a JSON pointer: ~0 is "~", ~1 is "/") and
 * "/VBDs/USERDEVICE/bootable". As in the RFC, "add" replaces what is there. Other than in
 * the RFC, each change is safe to repeat: removing what is not there succeeds, adding to a
 * map that is not there makes it, and "test" with the value null holds when the member is
 * not there. All tests look at the record as it is before the first change, wherever in the
 * list they stand; one that does not hold ends the commit before any change is made.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_CHANGES_H
#define LOADER_RECORD_CHANGES_H

#include "loader/record/record.h"

/* An empty list of changes, which the caller frees by json_decref(). The functions below add to it,
 * and copy what they are given. MAP NULL: KEY is a field of the record. What is not UTF-8 cannot
 * stand in a record: it goes into the list as something that every backend refuses. */
json_t *record_changes_new(void) must_check;
/* KEY gets VALUE, whether it is there or not. */
void record_change_set(json_t *changes, const char *map, const char *key, const char *value);
/* KEY is removed; it may be absent. */
void record_change_remove(json_t *changes, const char *map, const char *key);
/* Commit only if the value is still VALUE (NULL: still not there). */
void record_change_test(json_t *changes, const char *map, const char *key, const char *value);
/* The same of a value of whatever type; NULL: not there. */
void record_change_test_json(json_t *changes, const char *map, const char *key, json_t *value);
/* Commit only if that of the VBD with that userdevice ("0") is still VALUE; NULL: not there. */
void record_change_test_bootable(json_t *changes, const char *userdevice, json_t *value);
/* The VBD with that userdevice ("0") becomes BOOTABLE or not. */
void record_change_bootable(json_t *changes, const char *userdevice, bool bootable);

/* Applies CHANGES to RECORD (the JSON object), in memory: what every backend that holds
 * whole records needs. 0; or -1 with ERR: a test that does not hold ("was changed by
 * somebody else meanwhile"), a malformed change. RECORD is unchanged then. */
int record_apply(json_t *record, const json_t *changes, struct error *err) must_check;

#endif
