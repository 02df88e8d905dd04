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
#include "loader/helpers/medium.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* What a start would end with, noted in the place of ending it so: where SETTINGS have one, nobody
 * is told anything, no record moves, and the files go. Starts zeroed. */
struct rehearsal {
    bool done;            /* the start would succeed; all else is set then */
    char *args;           /* the guest's whole command line */
    uint64_t kernel_size; /* bytes */
    bool has_ramdisk;
    uint64_t ramdisk_size; /* bytes */
    size_t changes;        /* of the record */
    bool looked;           /* into the kernel: */
    struct kernel_support support;
    char *why_not; /* it could not be looked into: a sentence; or NULL */
};
void rehearsal_free(struct rehearsal *rehearsal);
#define auto_rehearsal __attribute__((cleanup(rehearsal_free)))

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
