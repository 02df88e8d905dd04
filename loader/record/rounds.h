/* How a VM's record moves from round to round, and back to the first.
 *
 * What the end of an installation removes or overwrites in the record is remembered in
 * other_config, under the keys below, so that a VM can be installed again with any backend.
 * Each list of changes is in an order in which every beginning of it leaves a VM that still
 * starts, for backends that cannot make all changes at once (and replace a key of a map by removing
 * it and adding it, so that it is absent in between); and each begins with tests of
 * install-round and PV_bootloader as they were loaded, so that of two hosts that start the
 * same VM one is told.
 *
 * All of the functions add to CHANGES (record_changes_new()) and change nothing themselves;
 * 0, or -1 with ERR when a value that they need is unusable, as record_get() says.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_ROUNDS_H
#define LOADER_RECORD_ROUNDS_H

#include <stdbool.h>

#include <jansson.h>

#include "common/error.h"
#include "loader/record/record.h"

/* The memory: keys of other_config. A value that was absent is remembered as "". */
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

/* An installation from the CD is started: the next boot is from the disk, so of the VM's VBDs
 * only userdevice 0 is bootable from now on. No tests: goes before or after one of the
 * functions above. */
int rounds_boot_from_disk(const struct record *record, json_t *changes,
                          struct error *err) must_check;

/* Back to round 1, whatever state an interrupted or finished installation left. What a
 * person has set since then stays. Adds nothing but tests when the VM is there already.
 * -1 too when there is no install-repository. */
int rounds_reinstall(const struct record *record, json_t *changes, struct error *err) must_check;

#endif
