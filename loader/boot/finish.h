/* The end of a boot: the toolstack is told, and only then does the record move.
 *
 * The order of effects is the same for all: the files get their names, the guest its data in
 * xenstore, the toolstack the answer, the record its changes, and the files stay. What fails
 * anywhere takes the files away again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_FINISH_H
#define LOADER_BOOT_FINISH_H

#include <jansson.h>

#include "common/error.h"
#include "loader/boot/context.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* Without a record: names those files of OUTPUTS that have no name yet, and answers with them and
 * ARGS (the guest's whole command line), in the FORMAT for which SETTINGS name no other. 0, and the
 * files stay; or -1 with ERR (ERROR_INTERRUPTED when a signal came before the answer). OUTPUTS
 * stays the caller's to free. */
int boot_deliver(const struct settings *settings, enum answer_format format,
                 struct outputs *outputs, const char *args, struct error *err) must_check;

/* The same for a VM, whose record then gets CHANGES (record_changes_new(); none when it is empty),
 * and which gets its data in xenstore, where that is for us to do. -1 too when these fail. */
int boot_finish(const struct boot_context *boot, struct outputs *outputs, const char *args,
                const json_t *changes, struct error *err) must_check;

#endif
