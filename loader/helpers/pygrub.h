/* Booting an installed guest through pygrub: started as a child that is watched, its answer
 * checked before it is passed on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_PYGRUB_H
#define LOADER_HELPERS_PYGRUB_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* What pygrub is asked; strings belong to the caller. */
struct handoff {
    const char *disk;   /* path or device */
    const char *kernel; /* --kernel and --ramdisk, or NULL: pygrub looks by itself */
    const char *ramdisk;
    const char *offset; /* --offset, bytes; or NULL */
    const char *entry;  /* --entry, or NULL */
    bool interactive;
    const char *args;                 /* --args: from dom0, after the entry's own; or NULL */
    uint64_t kernel_max, ramdisk_max; /* bytes */
    const char *vm;                   /* whose limits they are; or NULL */
};

/* Whether there is a pygrub that can be run. */
bool handoff_has_pygrub(const struct settings *settings) must_check;

/* Runs pygrub and takes its files over into OUTPUTS, which it names; *ARGS is the guest's whole
 * command line, which the caller frees. 0; or -1 with ERR: ERROR_HANDOFF when pygrub found
 * nothing, failed, or answered what it must not. */
int handoff_pygrub(const struct settings *settings, const struct handoff *handoff,
                   struct outputs *outputs, char **args, struct error *err) must_check;

#endif
