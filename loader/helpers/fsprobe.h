/* What is on a guest's disks: runs the helper `fsprobe` and checks what it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_FSPROBE_H
#define LOADER_HELPERS_FSPROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/helpers/limits.h"
#include "loader/helpers/probed.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* What is wanted of the disks; all members may be 0 or NULL. Strings belong to the caller. */
struct probe_want {
    const char *family, *arch; /* whose well-known names come first; NULL: nobody's */
    bool well_known;           /* these also where the boot configuration boots nothing */
    /* What shall be booted, as "select" of common/protocol/fsprobe.h. */
    const char *entry, *kernel, *ramdisk;
    const char *args; /* what is booted instead of the chosen entry's own arguments; or NULL */
    bool has_offset, has_partition;
    uint64_t offset; /* bytes into the first disk */
    unsigned partition;
    const char *volume; /* one that is made of others, by its name; or NULL */
    bool subvolumes;    /* they shall be listed */
    /* Where the chosen kernel and ramdisk are copied to (made here, not named); NULL: nowhere. */
    struct outputs *outputs;
    uint64_t kernel_max, ramdisk_max; /* bytes; 0: those of the settings */
    const char *vm;                   /* whose platform keys could raise them; NULL: none */
    enum limit_reason kernel_reason, ramdisk_reason;
    enum guest_kind kind; /* what the kernel has to start as */
};

/* Probes DISKS (paths of files or devices); WANT may be NULL. 0; or -1 with ERR when a disk cannot
 * be opened, the helper failed, or what was chosen could not be copied (ERROR_LIMITS with a hint
 * how the limit is raised): a disk on which nothing boots is no error. WANT->outputs has both files
 * afterwards, the kernel alone where the entry has no ramdisk, and none when nothing boots or
 * something failed. PROBED must be empty; the caller frees it in both cases. */
int probe_disks(const struct settings *settings, char *const *disks, size_t count,
                const struct probe_want *want, struct probed *probed, struct error *err) must_check;

#endif
