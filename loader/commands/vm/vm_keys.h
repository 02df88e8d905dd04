/* The keys of a VM's record that eliloader knows, and what may stand in them: what a start would
 * refuse is refused when it is set.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_VM_VM_KEYS_H
#define LOADER_COMMANDS_VM_VM_KEYS_H

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"

/* ERR: NAME, as a person gave it, is no key at all. Returns -1. */
int vm_key_unknown(const char *name, struct error *err);

/* Whether a start takes VALUE for the key KEY of MAP (NULL: KEY is a field). An empty one removes
 * the key. A key that nobody here knows may hold anything; when it looks like one that is known,
 * that is a warning. 0; or -1 with ERR (ERROR_USAGE). */
int vm_key_check(const char *map, const char *key, const char *value, struct error *err) must_check;

/* What a new RECORD lacks for an installation, behind "VM ID has"; NULL: nothing. */
const char *vm_keys_lacking(const json_t *record) must_check;

/* Calls OFFER with the name of each field and key, in the shortest form that people may write. */
typedef void vm_keys_offer(void *context, const char *name);
void vm_keys_each(vm_keys_offer *offer, void *context);

/* What the key KEY of MAP (NULL: KEY is a field, as the record calls it) may be, as the table of
 * options calls such a value: "FAMILY"; "TEXT" when it may be anything. */
const char *vm_key_value(const char *map, const char *key) must_check;

#endif
