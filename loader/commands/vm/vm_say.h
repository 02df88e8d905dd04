/* What the commands "eliloader vm …" say: to whoever reads their output, and of what failed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_VM_VM_SAY_H
#define LOADER_COMMANDS_VM_VM_SAY_H

#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"

/* Prints LENGTH bytes of TEXT, which is fit to be shown. 0, or -1 with ERR. */
int vm_print(const char *text, size_t length, struct error *err) must_check;

/* Says on stderr what went wrong with one VM of several: the command goes on with the next. */
void vm_complain(const struct error *err);

#endif
