/* How a VM with a record is booted, from the toolstack's call to the end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_VM_H
#define LOADER_BOOT_VM_H

#include <stdbool.h>

#include "common/error.h"
#include "loader/settings/options.h"

/* Loads the record of the VM that SETTINGS name, finds out where the VM stands and who boots it,
 * boots it so, and moves the record. Signals are held from here on. 0; or -1 with ERR, where no
 * file is left behind. */
int boot_vm(const struct settings *settings, struct error *err) must_check;

/* Whether SETTINGS (of a command line, or of a record's words) name a place for kernel and ramdisk
 * that is no disk of the guest: a location, or a URL as the kernel. */
bool boot_names_location(const struct settings *settings) must_check;

#endif
