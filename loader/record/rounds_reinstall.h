/* Back to round 1, and which of a VM's disks are bootable on the way from a CD and back. Both add
 * to CHANGES, as the functions of rounds.h do; 0, or -1 with ERR when a value that they need is
 * unusable, as record_get() says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_ROUNDS_REINSTALL_H
#define LOADER_RECORD_ROUNDS_REINSTALL_H

#include "loader/record/record.h"

/* An installation from the CD is started: the next boot is from the disk, so of the VM's VBDs
 * only userdevice 0 is bootable from now on. No tests: goes before or after one of the
 * functions of rounds.h. */
int rounds_boot_from_disk(const struct record *record, json_t *changes,
                          struct error *err) must_check;

/* Back to round 1, whatever state an interrupted or finished installation left. What a
 * person has set since then stays. Adds nothing but tests when the VM is there already.
 * -1 too when there is no install-repository. */
int rounds_reinstall(const struct record *record, json_t *changes, struct error *err) must_check;

#endif
