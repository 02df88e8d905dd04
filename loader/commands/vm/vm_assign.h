/* KEY=VALUE, as people write it: the changes to a VM's record that it asks for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_VM_VM_ASSIGN_H
#define LOADER_COMMANDS_VM_VM_ASSIGN_H

#include <jansson.h>
#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"

/* Whether the key KEY of MAP (NULL: KEY is a field) may get VALUE; NAME is what people call it.
 * Said of what eliloader does not know, too. 0; or -1 with ERR (ERROR_USAGE): too long, no text,
 * or what a start would refuse. */
int vm_check_value(const char *name, const char *map, const char *key, const char *value,
                   struct error *err) must_check;

/* The changes (record/changes.h) that COUNT words of the form KEY=VALUE ask for, which the caller
 * frees by json_decref(); NULL with ERR (ERROR_USAGE). */
json_t *vm_changes_of(char *const *words, size_t count, struct error *err) must_check;

#endif
