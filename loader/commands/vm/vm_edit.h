/* eliloader vm edit ID
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_VM_VM_EDIT_H
#define LOADER_COMMANDS_VM_VM_EDIT_H

#include "loader/commands/vm/vm_call.h"

/* Lets a person edit the JSON of the record of CALL's VM, as often as it takes until it is right,
 * and makes the changes, together or not at all. 0, or -1 with ERR. */
int vm_edit(struct vm_call *call, struct error *err) must_check;

#endif
