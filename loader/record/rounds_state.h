/* Where a VM stands, by its record: which round it is in, and what the end of an installation
 * recorded. Nothing here changes anything.
 *
 * What the end of an installation removes or overwrites in the record is remembered in
 * other_config, under the keys below, so that a VM can be installed again with any backend.
 *
 * Texts belong to the record. 0, or -1 with ERR when a value that is needed is unusable, as
 * record_get() says, unless another meaning is given.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_ROUNDS_STATE_H
#define LOADER_RECORD_ROUNDS_STATE_H

#include "loader/record/record.h"

/* install-round: no family has so many; a larger number is a mistake. */
#define ROUNDS_MAX 99
/* install-round of a VM that the loader itself boots. */
#define ROUNDS_DONE "done"

/* What is remembered: keys of other_config. A value that was absent is remembered as "". */
#define ROUNDS_DISTRO          "eliloader-installed-distro" /* install-distro */
#define ROUNDS_BOOTLOADER_ARGS "eliloader-bootloader-args"  /* before paths were recorded */
#define ROUNDS_PV_ARGS         "eliloader-PV-args"          /* PV_args, likewise */
/* "true": the loader itself boots the VM from now on. Added before install-round becomes "done", so
 * that the VM still counts as installed where a backend was stopped while it replaced that key. An
 * install-round that is a number says more than this. */
#define ROUNDS_NATIVE "eliloader-native"
/* The userdevices of the disks that were bootable, separated by spaces. */
#define ROUNDS_BOOTABLE "eliloader-bootable"
/* platform's pv-kernel-max-size and pv-ramdisk-max-size before the values of
 * pv-postinstall-kernel-max-size and pv-postinstall-ramdisk-max-size moved there, and these
 * values. */
#define ROUNDS_KERNEL_MAX              "eliloader-kernel-max-size"
#define ROUNDS_RAMDISK_MAX             "eliloader-ramdisk-max-size"
#define ROUNDS_POSTINSTALL_KERNEL_MAX  "eliloader-postinstall-kernel-max-size"
#define ROUNDS_POSTINSTALL_RAMDISK_MAX "eliloader-postinstall-ramdisk-max-size"

/* Where a VM stands, by its record. Only a VM in its first round is ever installed. */
enum vm_state {
    VM_FIRST_ROUND,
    VM_SECOND_ROUND,
    VM_UNDECIDED, /* installed, and nobody has found out yet who can boot it: there is no
                     install-repository, or the round is past the family's last */
    VM_DONE,      /* installed; the loader itself boots it: install-round is "done" */
    VM_LEFT,      /* installed: PV_bootloader is another program, pygrub */
};
/* *STATE of RECORD. -1 too when install-round is neither a round nor "done". */
int rounds_state(const struct record *record, enum vm_state *state, struct error *err) must_check;

/* True when PV_bootloader is set, and is not eliloader (by name, or by path). */
bool rounds_installed(const struct record *record) must_check;

/* False when there is no install-repository, or an empty one. */
bool rounds_has_repository(const struct record *record) must_check;

/* The family that install-distro names; where a run that was stopped may have taken that out
 * already, the remembered one. NULL: none. */
int rounds_family(const struct record *record, const char **family, struct error *err) must_check;

/* True when PV_bootloader_args (and PV_args) are what the end of an installation recorded for
 * pygrub. */
bool rounds_recorded(const struct record *record) must_check;
/* These fields as they were before that. NULL: absent. */
int rounds_bootloader_args(const struct record *record, const char **value,
                           struct error *err) must_check;
int rounds_pv_args(const struct record *record, const char **value, struct error *err) must_check;
/* *VALUE is FIELD of the record as it was before paths were recorded: what other_config's key
 * MEMORY remembers; FIELD's own value where no paths are recorded or nothing is remembered. NULL:
 * absent. */
int rounds_before(const struct record *record, const char *field, const char *memory,
                  const char **value, struct error *err) must_check;

/* True when the marker ROUNDS_NATIVE is there. */
bool rounds_marked(const struct record *record) must_check;

/* True when both are the same text, or neither is there. */
bool rounds_same(const char *a, const char *b) must_check;

#endif
