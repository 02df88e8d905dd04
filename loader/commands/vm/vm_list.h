/* eliloader vm list: a row for each VM of this host's record files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_VM_VM_LIST_H
#define LOADER_COMMANDS_VM_VM_LIST_H

#include "loader/commands/vm/vm_call.h"

/* Prints ID, name, state, family and repository of every VM, as a table or as JSON; of a record
 * that cannot be used, its row says so, and stderr why. Nothing secret: of a repository, neither a
 * user name nor a password. 0; 1 when a record cannot be used; or -1 with ERR. */
int vm_list(struct vm_call *call, struct error *err) must_check;

#endif
