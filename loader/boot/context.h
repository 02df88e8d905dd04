/* What the ways of bootloader mode share. Private to vm.c, attempt.c, installed.c and
 * decide.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_CONTEXT_H
#define LOADER_BOOT_CONTEXT_H

#include <jansson.h>

#include "common/error.h"
#include "loader/helpers/fetch.h"
#include "loader/helpers/fsprobe.h"
#include "loader/helpers/pygrub.h"
#include "loader/output/outputs.h"
#include "loader/record/record.h"
#include "loader/record/rounds.h"
#include "loader/settings/options.h"

/* One run of the loader for one VM. */
struct boot_context {
    const struct settings *settings; /* what the toolstack said */
    struct settings words;           /* what the record's PV_bootloader_args say, where the
                                        toolstack does not pass them on itself; paths that an
                                        earlier run recorded do not count */
    struct record *record;
    enum vm_state state;
    enum handoff_choice choice; /* who shall boot it */
    struct fetch_limits limits;
};

/* What is asked of whoever boots an installed guest. Freed by boot_plan_free(). */
struct boot_plan {
    struct handoff handoff; /* of pygrub */
    struct probe_want want; /* of ourselves; its outputs are not set */
    char **disks;           /* for ourselves: those that can be opened; the strings are settings' */
    size_t disk_count;
    char *args;            /* what comes from dom0 (PV_args, --args), for both; never NULL */
    struct settings words; /* storage */
};

/* Whether what an earlier end of the installation recorded for pygrub (paths, arguments) is asked
 * for too. */
enum plan_recorded { PLAN_WITHOUT_RECORDED, PLAN_WITH_RECORDED };

/* The toolstack's own options, else those of the record, into PLAN, which the caller frees in
 * either case. 0, or -1 with ERR: no disk, no number as offset, a record that cannot be used. */
int boot_plan(const struct boot_context *run, enum plan_recorded recorded, struct boot_plan *plan,
              struct error *err) must_check;
void boot_plan_free(struct boot_plan *plan);
#define auto_boot_plan __attribute__((cleanup(boot_plan_free)))
#define PLAN_INIT      \
    (struct boot_plan) \
    {                  \
        .args = NULL,  \
    }

/* Gives the guest its data in xenstore, where that is for us to do, and the toolstack the files of
 * OUTPUTS, which have their names, and ARGS. 0, or -1 with ERR. */
int boot_deliver(const struct boot_context *run, const struct outputs *outputs, const char *args,
                 struct error *err) must_check;

/* The end of a run: delivers, then makes CHANGES (none when it is empty); the files of OUTPUTS stay
 * then. 0, or -1 with ERR. */
int boot_finish(const struct boot_context *run, struct outputs *outputs, const char *args,
                const json_t *changes, struct error *err) must_check;

/* An installed VM, and the second round of an installation: see installed.c and decide.c. 0, or
 * -1 with ERR. */
int boot_installed(const struct boot_context *run, struct error *err) must_check;
/* Finds out who boots the VM, boots it so, and records that. */
int boot_decide(const struct boot_context *run, struct error *err) must_check;

/* The loader itself boots the VM, and its record says so from now on: VM_DONE's own boot, and what
 * is left where pygrub is not wanted, or not there. 0, or -1 with ERR. */
int boot_native(const struct boot_context *run, struct error *err) must_check;

/* Adds to ERR, of a VM whose disks hold nothing that boots, what a person can do about it.
 * Returns -1. */
int boot_hint(const struct boot_context *run, struct error *err);

/* ERR becomes what to say where neither the loader (OWN) nor pygrub (PYGRUB) could boot. Returns
 * -1. */
int boot_both_failed(const struct boot_context *run, const struct error *own,
                     const struct error *pygrub, struct error *err);

/* Whether the guest may be an Oracle Linux 5, by its family. */
bool boot_is_rhlike(const struct boot_context *run) must_check;

/* Before pygrub boots an installed Red Hat-like guest: Oracle Linux 5's default kernel
 * (…el5uek) cannot run as a PV guest, so that another entry is wanted. Sets PLAN's entry for
 * pygrub. INDEX, which the caller frees, is the entry's storage, and stays NULL where a guest does
 * not need it, or cannot be looked into. 0, or -1 with ERR. */
int boot_avoid_uek(const struct boot_context *run, struct boot_plan *plan, char **index,
                   struct error *err) must_check;
/* True when PROBED has an entry with such a kernel. */
bool boot_has_uek(const struct probed *probed) must_check;

#endif
