/* What all ways of booting a VM share. No .c has this name: the functions stand in the headers of
 * the files that define them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_CONTEXT_H
#define LOADER_BOOT_CONTEXT_H

#include "loader/helpers/fetch.h"
#include "loader/record/record.h"
#include "loader/record/rounds.h"
#include "loader/settings/options.h"

/* One boot of one VM: made by boot_vm(), and the same from then on. */
struct boot_context {
    const struct settings *settings; /* what the toolstack said */
    struct settings words;           /* what the record's PV_bootloader_args say, where the
                                        toolstack does not pass them on itself; paths that an
                                        earlier run recorded do not count */
    struct record *record;
    bool editors_record; /* others than root may have written what the record says */
    enum vm_state state;
    enum handoff_choice choice; /* who shall boot it */
    struct fetch_limits limits;
    enum guest_kind kind; /* what the kernel has to start as */
};

#endif
