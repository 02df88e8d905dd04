/* What the commands "eliloader vm …" share: what one of them works on. Private to this folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_VM_VM_CALL_H
#define LOADER_COMMANDS_VM_VM_CALL_H

#include <jansson.h>
#include <stdbool.h>

#include "loader/record/store.h"
#include "loader/settings/options.h"

/* What a command works on: it is called once for each ID. */
struct vm_call {
    const struct settings *settings;
    struct record_store store; /* where ID's record is */
    const char *id;            /* NULL for list */
    bool several;              /* it is one of several */
    json_t *changes;           /* what the KEY=VALUE ask for; owned; NULL: the command takes none */
    json_t *shown;             /* with --json and several: the records to print; owned, or NULL */
};

#endif
