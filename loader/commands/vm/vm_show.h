/* eliloader vm show ID…
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_VM_VM_SHOW_H
#define LOADER_COMMANDS_VM_VM_SHOW_H

#include "loader/commands/vm/vm_call.h"

/* Prints the record of CALL's VM, in the words of `vm set`, or adds it to what is printed as JSON
 * in the end. 0, or -1 with ERR. */
int vm_show(struct vm_call *call, struct error *err) must_check;

#endif
