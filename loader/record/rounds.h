/* How a VM's record moves from round to round.
 *
 * What is overwritten is remembered under the keys of rounds_state.h. Each list of changes is in an
 * order in which every beginning of it leaves a VM that still starts, for backends that cannot make
 * all changes at once (and replace a key of a map by removing it and adding it, so that it is
 * absent in between); and each begins with tests of install-round and PV_bootloader as they were
 * loaded, so that of two hosts that start the same VM one is told.
 *
 * All of the functions add to CHANGES (record_changes_new()) and change nothing themselves;
 * 0, or -1 with ERR when a value that they need is unusable, as record_get() says.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_ROUNDS_H
#define LOADER_RECORD_ROUNDS_H

#include "loader/record/changes.h"
#include "loader/record/rounds_state.h"

/* On to round NEXT_ROUND. DISTRO: the family that the repository was recognised as, which
 * install-distro becomes; NULL: that stays. */
int rounds_advance(const struct record *record, json_t *changes, unsigned next_round,
                   const char *distro, struct error *err) must_check;

/* The last round is over: pygrub boots the VM from now on. */
int rounds_finish(const struct record *record, json_t *changes, struct error *err) must_check;
/* The same, with BOOTLOADER_ARGS as the new PV_bootloader_args and PV_ARGS as the new PV_args;
 * NULL: they stay, or become again what they were before paths were recorded. */
int rounds_finish_with_args(const struct record *record, json_t *changes,
                            const char *bootloader_args, const char *pv_args,
                            struct error *err) must_check;
/* The last round is over: the loader itself boots the VM from now on. PV_bootloader becomes
 * eliloader where it is something else; no paths stay recorded. */
int rounds_finish_native(const struct record *record, json_t *changes,
                         struct error *err) must_check;
/* What a run left undone that was stopped in the middle of one of the last three, of a VM that is
 * VM_DONE or VM_LEFT now. Adds nothing at all when there is nothing. */
int rounds_complete(const struct record *record, json_t *changes, struct error *err) must_check;

#endif
