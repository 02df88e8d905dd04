/* What is asked of whoever boots an installed guest, and what is said when nobody can.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_PLAN_H
#define LOADER_BOOT_PLAN_H

#include <stddef.h>

#include "common/error.h"
#include "loader/boot/context.h"
#include "loader/helpers/fsprobe.h"
#include "loader/helpers/pygrub.h"

/* Starts as PLAN_INIT; freed by boot_plan_free(). */
struct boot_plan {
    struct handoff handoff; /* of pygrub */
    struct probe_want want; /* of ourselves; its outputs are not set */
    char **disks;           /* for ourselves: those that can be opened; the strings are settings' */
    size_t disk_count;
    char *instead; /* a sentence: an entry is named that pygrub would not boot by itself; or NULL */
    char *args;    /* what comes from dom0 (PV_args, --args), for both; never NULL */
    struct settings words; /* of the record, to which strings of the other members belong */
};
#define PLAN_INIT      \
    (struct boot_plan) \
    {                  \
        .args = NULL,  \
    }

/* Whether what an earlier end of the installation recorded for pygrub (paths, arguments) is asked
 * for too. */
enum plan_recorded { PLAN_WITHOUT_RECORDED, PLAN_WITH_RECORDED };

/* The toolstack's own options, else those of the record, into PLAN, which the caller frees in
 * either case, and which must not outlive BOOT. 0; or -1 with ERR: no disk, no number as offset, a
 * record that cannot be used. */
int boot_plan(const struct boot_context *boot, enum plan_recorded recorded, struct boot_plan *plan,
              struct error *err) must_check;
void boot_plan_free(struct boot_plan *plan);
#define auto_boot_plan __attribute__((cleanup(boot_plan_free)))

/* Adds to ERR, of a VM whose disks hold nothing that boots, what a person can do about it. BLANK:
 * nothing at all is on any of them, so that nothing is lost by installing again. Returns -1. */
int boot_hint(const struct boot_context *boot, bool blank, struct error *err);

/* ERR becomes what to say where neither the loader (OWN) nor pygrub (PYGRUB) could boot; BLANK as
 * above. Returns -1. */
int boot_both_failed(const struct boot_context *boot, const struct error *own,
                     const struct error *pygrub, bool blank, struct error *err);

#endif
