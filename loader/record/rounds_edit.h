/* The pieces of which rounds.c and rounds_reinstall.c make their lists of changes; for these two
 * files only. Each adds changes to CHANGES, none where RECORD is so already. Texts are copied. 0;
 * or -1 with ERR when a value of RECORD that it needs is unusable, as record_get() says.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_ROUNDS_EDIT_H
#define LOADER_RECORD_ROUNDS_EDIT_H

#include "loader/record/record.h"

/* Sets KEY of the map MAP (NULL: the field KEY) to VALUE. */
int rounds_set(const struct record *record, json_t *changes, const char *map, const char *key,
               const char *value, struct error *err) must_check;
/* Removes KEY of the map MAP (NULL: the field KEY). */
void rounds_remove(const struct record *record, json_t *changes, const char *map, const char *key);

/* The tests with which each list begins: install-round and PV_bootloader as they were loaded. */
int rounds_add_tests(const struct record *record, json_t *changes, struct error *err) must_check;

/* platform has limits of an installer's files (pv-kernel-max-size, pv-ramdisk-max-size), and those
 * of the installed system's beside them (pv-postinstall-…). At the end of an installation, in this
 * order: the installer's limits are remembered in other_config (ROUNDS_KERNEL_MAX and its like);
 * the values of pv-postinstall-… become the limits; pv-postinstall-… are removed. */
int rounds_remember_limits(const struct record *record, json_t *changes,
                           struct error *err) must_check;
int rounds_move_limits(const struct record *record, json_t *changes, struct error *err) must_check;
void rounds_remove_postinstall(const struct record *record, json_t *changes);
/* For an installation that begins anew: sets the limits and pv-postinstall-… to what was
 * remembered, and then removes what was remembered from other_config. A limit that a person has set
 * since stays. */
int rounds_restore_limits(const struct record *record, json_t *changes,
                          struct error *err) must_check;
void rounds_forget_limits(const struct record *record, json_t *changes);

#endif
