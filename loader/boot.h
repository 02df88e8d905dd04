/* What the rounds of bootloader mode share. Private to boot.c and round_two.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_H
#define LOADER_BOOT_H

#include <jansson.h>

#include "common/error.h"
#include "loader/handoff.h"
#include "loader/options.h"
#include "loader/outputs.h"
#include "loader/record.h"

/* One run of the loader for one VM. */
struct run {
    const struct settings *settings; /* what the toolstack said */
    struct settings words;           /* what the record's PV_bootloader_args say, where the
                                        toolstack does not pass them on itself */
    struct record *record;
    struct outputs *outputs;
};

/* What pygrub is asked for an installed guest: the toolstack's own options, else those of
 * the record. *ARGS, which the caller frees, is what comes from dom0 (PV_args, --args). 0, or
 * -1 with ERR. */
int boot_plan_handoff(const struct run *run, struct handoff *handoff, char **args,
                      struct error *err) must_check;

/* Gives the toolstack the named files of OUTPUTS and ARGS. 0, or -1 with ERR. */
int boot_deliver(const struct run *run, const struct outputs *outputs, const char *args,
                 struct error *err) must_check;

/* The second round: see round_two.c. 0, or -1 with ERR. */
int boot_round_two(const struct run *run, struct error *err) must_check;

/* Before pygrub boots an installed Red Hat-like guest: Oracle Linux 5's default kernel
 * (…el5uek) cannot run as a PV guest, so that another entry is wanted. Sets HANDOFF's entry
 * and adds what the record shall remember to CHANGES. INDEX, which the caller frees, is
 * the entry's storage. A guest that does not need it, or cannot be looked into, is left alone. 0,
 * or -1 with ERR. */
int boot_avoid_uek(const struct run *run, struct handoff *handoff, char **index, json_t *changes,
                   struct error *err) must_check;

#endif
