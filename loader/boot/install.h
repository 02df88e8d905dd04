/* Round one: what a VM's record asks for is fetched, and given to the toolstack with the
 * installer's arguments. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_INSTALL_H
#define LOADER_BOOT_INSTALL_H

#include "common/error.h"
#include "loader/boot/context.h"
#include "loader/media/inject.h"

/* A VM_FIRST_ROUND: gets both files, says what the installer's kernel is told (the family's own
 * arguments, install-args, the record's PV_args where the toolstack does not add them, and what
 * came on the command line), and moves the record to the next round. 0; or -1 with ERR, which names
 * the key that is missing or wrong, or the file. */
int boot_first_round(const struct boot_context *boot, struct error *err) must_check;

/* Opens the files that are to be put into the ramdisk, as the command line names them, else the
 * record (its words, its install-inject), else the configuration. 0; or -1 with ERR, as
 * inject_open() has it, or that an editor named them. The caller frees INJECT in either case. */
int boot_open_injected(const struct boot_context *boot, struct inject *inject,
                       struct error *err) must_check;

#endif
