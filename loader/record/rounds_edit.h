/* What the lists of changes of rounds.h and rounds_reinstall.h are put together from, for their .c
 * files only. All add to CHANGES what is not so already; 0, or -1 with ERR as record_get() says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_ROUNDS_EDIT_H
#define LOADER_RECORD_ROUNDS_EDIT_H

#include "loader/record/record.h"

/* The key of MAP (NULL: the field) gets VALUE. */
int rounds_set(const struct record *record, json_t *changes, const char *map, const char *key,
               const char *value, struct error *err) must_check;
/* The key of MAP goes. */
void rounds_remove(const struct record *record, json_t *changes, const char *map, const char *key);

/* The tests with which each list begins: install-round and PV_bootloader as they were loaded. */
int rounds_add_tests(const struct record *record, json_t *changes, struct error *err) must_check;

/* platform's size limits at the end of an installation: what held before is remembered; then the
 * values of pv-postinstall-* take its place; then those are removed. */
int rounds_remember_limits(const struct record *record, json_t *changes,
                           struct error *err) must_check;
int rounds_move_limits(const struct record *record, json_t *changes, struct error *err) must_check;
void rounds_remove_postinstall(const struct record *record, json_t *changes);
/* The same back, and the memory of it away. */
int rounds_restore_limits(const struct record *record, json_t *changes,
                          struct error *err) must_check;
void rounds_forget_limits(const struct record *record, json_t *changes);

#endif
