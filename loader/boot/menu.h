/* The menu of -i: a guest's boot entries, numbered, on the terminal that the toolstack or a person
 * gave us, where one of them is chosen.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_MENU_H
#define LOADER_BOOT_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/helpers/fsprobe.h"
#include "loader/settings/options.h"

/* Seconds that the menu waits for a key where the guest's configuration says nothing, or 0: who
 * asks for a menu gets one, and a start that nobody watches goes on. */
#define BOOT_MENU_TIMEOUT 5
/* Entries that are shown; the others can be chosen by their numbers. */
#define BOOT_MENU_SHOWN_MAX 100
/* Bytes of a title that are shown. */
#define BOOT_MENU_TITLE_MAX 200
/* Answers that name no entry, before the run is given up. */
#define BOOT_MENU_TRIES 10

/* Whether a menu is asked for, and somebody can answer it: -i without -q, nothing chosen already
 * (--entry, --kernel), and stdin is a terminal. */
bool boot_menu_wanted(const struct settings *settings) must_check;

/* The menu from beginning to end, where boot_menu_wanted(): probes DISKS as WANT says, shows what
 * they boot, and lets somebody choose. *ENTRY, which the caller frees, is for WANT's entry; it
 * stays NULL where no menu is wanted or there is none, which the boot itself will report. 0, or -1
 * with ERR as of probe_disks() and boot_menu_choose(). */
int boot_menu_ask(const struct settings *settings, char *const *disks, size_t count,
                  const struct probe_want *want, char **entry, struct error *err) must_check;

/* Shows the entries of PROBED's chosen configuration on the terminal that stdin is, and waits
 * TIMEOUT seconds (-1: for ever) for the first key; after that, as long as it takes. *ENTRY, which
 * the caller frees, selects the entry that was chosen (struct probe_want); NULL: what boots by
 * itself, or there are no entries. 0; or -1 with ERR: nothing was chosen (q, ^C, ^D,
 * BOOT_MENU_TRIES, a terminal that is gone), or ERROR_INTERRUPTED. The terminal's modes are as they
 * were then. */
int boot_menu_choose(const struct probed *probed, int timeout, char **entry,
                     struct error *err) must_check;

/* Which of PROBED's entries are the menu: those of the chosen configuration, or, where nothing
 * boots, of the first. They are entries *FIRST to *END - 1 of probed_entry_at(). */
void boot_menu_range(const struct probed *probed, size_t *first, size_t *end);

#endif
