/* What a person changed in the JSON of a VM's record.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_VM_VM_DIFFERENCE_H
#define LOADER_COMMANDS_VM_VM_DIFFERENCE_H

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"

/* Adds to CHANGES (record/changes.h) what makes AFTER of the record BEFORE, and a test of every
 * value that it changes, so that somebody else's change meanwhile is seen. What is changed is
 * checked as `vm set` does. 0; or -1 with ERR (ERROR_USAGE): it is no record, or something is
 * changed that cannot be, or to what no start would take. */
int vm_difference(json_t *before, json_t *after, json_t *changes, struct error *err) must_check;

#endif
